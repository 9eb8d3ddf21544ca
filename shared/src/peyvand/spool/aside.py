"""What cannot be delivered is set aside: a file of its own, and one beside it that says why."""

import secrets
from contextlib import suppress
from pathlib import Path

import structlog

from peyvand.spool import metrics
from peyvand.spool.files import put, sync_folder
from peyvand.spool.frames import framed
from peyvand.spool.segments import Segment, name_of

log = structlog.get_logger("peyvand.spool")

FOLDER = "aside"
WHY = ".why"


def count_aside(folder: Path) -> int:
    """Return how many files of a spool wait for a human; raises OSError."""
    with suppress(FileNotFoundError):
        return sum(path.suffix != WHY for path in (folder / FOLDER).iterdir())
    return 0


def record_aside(folder: Path, payload: bytes, why: str) -> None:
    """Keep a record as a segment of its own: moved back into the spool's folder, it is tried again; raises OSError."""
    path = folder / FOLDER / name_of(0)
    put(path, framed(Segment(path).mark, payload))
    _say(path, why)


def damage_aside(segment: Segment, at: int, content: bytes) -> None:
    """Keep damaged bytes under a name that follows from their place; raises OSError."""
    path = segment.path.parent / FOLDER / f"{segment.path.stem}-{at}.damaged"
    put(path, content)
    _say(
        path, f"{len(content)} bytes at {at} of {segment.path.name} do not match their checksum: the disk changed them"
    )


def segment_aside(segment: Segment, error: OSError) -> None:
    """Move a segment that the disk cannot read out of the way; raises OSError."""
    path = segment.path.parent / FOLDER / f"{segment.path.name}.{secrets.token_hex(4)}"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    segment.path.rename(path)
    sync_folder(segment.path.parent)
    _say(path, f"the disk cannot read it: {error.strerror}")


def _say(path: Path, why: str) -> None:
    put(path.with_name(f"{path.name}{WHY}"), f"{why}\n".encode())
    metrics.SET_ASIDE.inc()
    log.error("set aside", file=str(path), why=why)
