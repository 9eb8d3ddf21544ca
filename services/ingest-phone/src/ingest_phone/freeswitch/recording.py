"""The recording of a leg: which file it is, and where its bytes can be fetched."""

import re
from pathlib import PurePosixPath

from ingest_phone.freeswitch.cdr import Cdr
from ingest_phone.freeswitch.settings import Settings
from peyvand.errors import Gone
from peyvand.event import AT_THE_VENDOR, Attachment
from peyvand.source import Bring, Remote

_AT = "freeswitch:"
_FLAGS = re.compile(r"^(?:\{[^}]*\}|\[[^\]]*\])+")  # record_session's own parameters stand before the path


def recordings(cdr: Cdr, settings: Settings) -> tuple[Attachment, ...]:
    """Return the file in which a leg was recorded, where recordings can be fetched and the record names one."""
    path = path_of(cdr)
    if settings.recordings is None or path is None or cdr.at("answer") is None:
        return ()
    return (Attachment(name=path.name, at=f"{_AT}{path}", state=AT_THE_VENDOR),)


async def locate(settings: Settings, attachment: Attachment) -> Remote | Bring:
    """Return where a recording lies; raises Gone when peyvand.yaml names no place of recordings."""
    place = settings.recorded
    if place is None or not attachment.at.startswith(_AT):
        raise Gone("peyvand.yaml names no place of recordings")
    return place.of(within(PurePosixPath(attachment.at.removeprefix(_AT)), settings))


def within(path: PurePosixPath, settings: Settings) -> PurePosixPath:
    """Return a recording's path below the folder of recordings; what lies elsewhere is asked for by its name alone."""
    root = settings.recordings_folder
    return path.relative_to(root) if path.is_relative_to(root) else PurePosixPath(path.name)


def path_of(cdr: Cdr) -> PurePosixPath | None:
    """Return where FreeSWITCH wrote the recording: what it ran, a queue's own variable, or FusionPBX's two."""
    ran = next((data for name, data in cdr.applications if name == "record_session"), "")
    named = cdr.variable("record_name")
    in_folder = f"{cdr.variable('record_path')}/{named}" if named else ""
    written = _FLAGS.sub("", ran.strip()) or cdr.variable("cc_record_filename") or in_folder
    if not written or "${" in written or "\0" in written or "://" in written:
        return None
    path = PurePosixPath(written)
    return None if ".." in path.parts or not path.name else path
