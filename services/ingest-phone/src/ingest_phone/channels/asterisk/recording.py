"""The recording of a call, by what its row says of it: which file it is, and where that can be had."""

import re
from datetime import datetime
from pathlib import PurePosixPath

from ingest_phone.channels.asterisk.cdr import Row
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.recordings.place import below
from peyvand.errors import Gone
from peyvand.event import AT_THE_VENDOR, Attachment, CallResult
from peyvand.source import Bring, Remote

_AT = "asterisk:"
# Elastix's older form, in the column userfield.
_AUDIO = re.compile(r"audio:(\S+)", re.ASCII)
# FreePBX and Issabel: q-600-09121112233-20261003-101500-1791009900.412.wav, in a folder per day.
_DAY = re.compile(r"-(20\d\d)(\d\d)(\d\d)-\d{6}-", re.ASCII)


def recording(row: Row, settings: Settings) -> tuple[Attachment, ...]:
    """Return the file in which a row's talk was recorded, where recordings can be had and the row names one."""
    if settings.recordings is None or row.disposition is not CallResult.ANSWERED or not row.billsec:
        return ()
    path = path_of(row, settings)
    return () if path is None else (Attachment(name=path.name, at=f"{_AT}{path}", state=AT_THE_VENDOR),)


def path_of(row: Row, settings: Settings) -> PurePosixPath | None:
    """Return the recording's path below the folder of recordings; a bare name lies in the folder of its day."""
    audio = _AUDIO.search(row.userfield)
    path = below(row.recordingfile or (audio[1] if audio else ""), settings.recordings_folder)
    if path is None or len(path.parts) > 1:
        return path
    named = _DAY.search(path.name)
    return PurePosixPath(*(named.groups() if named else _day(row.start)), path.name)


async def locate(settings: Settings, attachment: Attachment) -> Remote | Bring:
    """Return where a recording lies; raises Gone when peyvand.yaml names no place of recordings."""
    place = settings.recorded
    path = below(attachment.at.removeprefix(_AT), settings.recordings_folder)
    if place is None or path is None or not attachment.at.startswith(_AT):
        raise Gone("peyvand.yaml names no place of recordings")
    return place.of(path)


def _day(start: datetime) -> tuple[str, str, str]:
    return (f"{start:%Y}", f"{start:%m}", f"{start:%d}")
