"""What `peyvand check` says of recordings: whether they can be had, by the newest of which a call log tells."""

import asyncio
import os
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile

import httpx

from ingest_phone.recordings.opus import as_opus
from ingest_phone.recordings.place import Place
from ingest_phone.recordings.sftp import require_folder
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.fetching import Download, download
from peyvand.source import Remote

_LARGEST = 100 * 1024 * 1024
_REFUSED = (401, 403)


async def check_recordings(place: Place, newest: PurePosixPath | None) -> str:
    """Return in a sentence whether recordings can be had; raises Unavailable, SignInFailed in words."""
    if (folder := place.folder) is not None:
        await asyncio.to_thread(_require_folder, folder)
    elif (server := place.server) is not None:
        await require_folder(server)
    else:
        await _require_sign_in(place)
    if newest is None:
        return "recordings can be reached; no row names one yet"
    try:
        return await _fetched(place, newest)
    except Gone as error:
        raise Unavailable(f"the newest recording, {newest}, is not at {place.at}: {error}") from error
    except Unavailable as error:
        raise Unavailable(f"the newest recording, {newest}, cannot be had from {place.at}: {error}") from error


async def _fetched(place: Place, path: PurePosixPath) -> str:
    where = place.of(path)
    with TemporaryFile() as into, TemporaryFile() as played:
        if isinstance(where, Remote):
            await download(where, into, Download(_LARGEST))
        else:
            await where(into, _LARGEST)
        into.seek(0)
        made = await asyncio.to_thread(as_opus, into, path.name, played)
        size = into.seek(0, os.SEEK_END)
    plays = "made playable in browsers" if made else "left as it is"
    return f"the newest recording was fetched ({max(1, size // 1024)} kB, {plays})"


def _require_folder(folder: Path) -> None:
    try:
        with os.scandir(folder) as there:
            next(there, None)
    except FileNotFoundError:
        raise Unavailable(
            f"the folder of recordings {folder} is not there; is the path right, is it mounted?"
        ) from None
    except NotADirectoryError:
        raise Unavailable(f"{folder} is a file; `recordings` is the folder in which they lie") from None
    except OSError as error:
        raise Unavailable(
            f"the folder of recordings {folder} may not be read ({error.strerror}); let the user that Peyvand runs as"
            " list and read it"
        ) from error


async def _require_sign_in(place: Place) -> None:
    """Ask the address itself: whatever it answers but a refusal, it is there."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            answer = await client.get(place.at, headers=place.headers)
    except httpx.HTTPError as error:
        raise Unavailable(f"{place.at} does not answer: {type(error).__name__}") from error
    if answer.status_code in _REFUSED:
        raise SignInFailed(
            f"{place.at} refuses user {place.user!r} ({answer.status_code}): see `recordings_user` and"
            " `recordings_password`"
        )
