"""The composition root of ingest-email as a process of its own: `python -m ingest_email.main`."""

import sys

from ingest_email.registry import SOURCES
from peyvand import service

if __name__ == "__main__":
    sys.exit(service.main(SOURCES))
