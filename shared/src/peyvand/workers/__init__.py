"""Reading on several cores: large batches go to worker processes, which all connectors of a process share."""

from peyvand.workers.job import Job
from peyvand.workers.pool import Workers

__all__ = ["Job", "Workers"]
