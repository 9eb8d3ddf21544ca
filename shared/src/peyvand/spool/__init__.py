"""Where readings wait on the disk while the bus is away."""

from peyvand.spool.lock import Taken
from peyvand.spool.publisher import SpooledPublisher

__all__ = ["SpooledPublisher", "Taken"]
