"""The composition root of ingest-social as a process of its own: `python -m ingest_social.main`."""

import os
import sys

from ingest_social.registry import SOURCES
from peyvand import service
from peyvand.errors import PeyvandError


def main() -> int:
    """Serve until told to stop; what stands in the way is printed in words and ends with 2."""
    try:
        service.run(SOURCES, os.environ)
    except PeyvandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
