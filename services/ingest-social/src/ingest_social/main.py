"""The composition root of ingest-social as a process of its own: `python -m ingest_social.main`."""

import sys

from ingest_social.partners.routes import routes
from ingest_social.registry import SOURCES
from peyvand import service

if __name__ == "__main__":
    sys.exit(service.main(SOURCES, routes))
