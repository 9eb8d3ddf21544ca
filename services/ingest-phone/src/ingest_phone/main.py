"""The composition root of ingest-phone as a process of its own: `python -m ingest_phone.main`."""

import sys

from ingest_phone.registry import SOURCES
from peyvand import service

if __name__ == "__main__":
    sys.exit(service.main(SOURCES))
