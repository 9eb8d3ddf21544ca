"""The composition root of ingest-social as a process of its own: `python -m ingest_social.main`."""

import os
import sys

from ingest_social.registry import SOURCES
from peyvand import service
from peyvand.errors import Misconfigured


def main() -> int:
    """Serve until told to stop; a broken configuration is printed whole and ends with 2."""
    try:
        service.run(SOURCES, os.environ)
    except Misconfigured as mistakes:
        sys.stderr.write(f"{mistakes}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
