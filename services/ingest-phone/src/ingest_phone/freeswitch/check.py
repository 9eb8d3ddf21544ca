"""What `peyvand check` says of a FreeSWITCH: it calls us, so only the folder and the event socket can be tried."""

import asyncio
from pathlib import Path

from ingest_phone.freeswitch.cdr import Cdr, read_cdr
from ingest_phone.freeswitch.heard import LISTEN
from ingest_phone.freeswitch.line import signed_in
from ingest_phone.freeswitch.recording import path_of, within
from ingest_phone.freeswitch.settings import Settings
from ingest_phone.freeswitch.spool import files
from ingest_phone.recordings import check_recordings
from peyvand.errors import BadPayload, Unavailable


async def check(settings: Settings) -> str:
    """Return in a sentence what there is; raises Unavailable, SignInFailed in words that say what to do."""
    if settings.esl is not None:
        return await _hear(settings)
    folder, newest = settings.folder, None
    if folder is None:
        told = f"ready for posts by the user {settings.user}; FreeSWITCH calls us, so there is no sign-in to try"
    else:
        try:
            told, newest = await asyncio.to_thread(_survey, folder.absolute())
        except OSError as error:
            raise in_words(error, folder) from error
    if (place := settings.recorded) is None:
        return told
    path = path_of(newest) if newest else None
    return f"{told}; {await check_recordings(place, within(path, settings) if path else None)}"


async def _hear(settings: Settings) -> str:
    async with signed_in(settings) as line:
        version = await line.ask("api version")
        events = version if version.reply.startswith("-") else await line.ask(LISTEN)
        if events.reply.startswith("-"):
            raise line.denied(events.reply)
        return f"signed in at {line.at}: {version.body.decode(errors='replace').strip().partition(chr(10))[0]}"


def in_words(error: OSError, folder: Path) -> Unavailable:
    """Return why a folder, or a file in it, cannot be read, and what to do."""
    at = error.filename or folder
    match error:
        case FileNotFoundError():
            return Unavailable(f"{at} is not there; is the path right?")
        case PermissionError():
            return Unavailable(f"{at} may not be read; let the user that Peyvand runs as read the folder and its files")
        case NotADirectoryError():
            return Unavailable(f"{at} is no folder; name the folder in which the files are")
        case _:
            return Unavailable(f"{at} cannot be read: {error.strerror or type(error).__name__}")


def _survey(folder: Path) -> tuple[str, Cdr | None]:
    found = sorted(files(folder))
    if not found:
        return f"{folder} may be read, and holds no call record: FreeSWITCH could post them all", None
    newest = folder / found[-1].name
    try:
        cdr = read_cdr(newest.read_bytes())
    except BadPayload as error:
        raise Unavailable(
            f"{folder} has {len(found)} call records, and {newest.name} cannot be read: {error}"
        ) from error
    return f"{folder} has {len(found)} call records; the newest is of a call at {cdr.started:%Y-%m-%d %H:%M} UTC", cdr
