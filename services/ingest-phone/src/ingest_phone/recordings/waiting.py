"""What is not there yet: a switchboard mixes, converts and copies, so a recording may come after its call."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from peyvand.errors import Gone, Unavailable

AGE = timedelta(days=2)
WRITTEN_SECONDS = 3  # a file that grew so short a time ago is still being written
_DATED = re.compile(r"(?:^|\D)(20\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?:\D|$)", re.ASCII)


def missing(path: PurePosixPath) -> Gone | Unavailable:
    """Return what to say of a file that is not there: it may still come, unless its name says a day long ago."""
    if _is_old(path, datetime.now(UTC)):
        return Gone(f"there is no {path.name} in the folder of recordings")
    return Unavailable(f"there is no {path.name} in the folder of recordings yet")


def _is_old(path: PurePosixPath, now: datetime) -> bool:
    """Return whether a recording's name says a day so long ago that it will not come any more."""
    found = _DATED.search(str(path))
    if found is None:
        return False
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return False
    return now - day > AGE + timedelta(days=1)
