"""Recordings: found by what the call log says, fetched from where they lie and nowhere else, played by browsers."""

import io
import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import soundfile
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest_phone.channels.asterisk import SOURCE, TABLE
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.channels.asterisk.table_row import body
from ingest_phone.recordings import Place, as_opus, below
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.event import AT_THE_VENDOR, Attachment, InteractionEvent
from peyvand.fetching import TooLarge
from peyvand.source import Remote, normalised
from phone.cdr_rows import INBOUND, ORGANISATION, delivered, line
from phone.sounds import FORMATS, RATE, tone

ROOT = "/var/spool/asterisk/monitor"
NAME = "q-600-09121112233-20261003-101500-1791009900.412.WAV"
PATH = PurePosixPath("2026/10/03", NAME)
COLUMNS = (*INBOUND, "recordingfile")


def settings(**more: Any) -> Settings:
    return Settings.model_validate({"cdr": "Master.csv", "recordings": "/mnt", "columns": COLUMNS, **more})


def leg(settings: Settings, **columns: str) -> InteractionEvent:
    row = INBOUND | {"recordingfile": ""} | columns
    return normalised(SOURCE, delivered(line(row)), settings, ORGANISATION)[0]


@pytest.mark.parametrize("name", FORMATS)
def test_what_telephones_write_is_made_into_what_browsers_play(name: str) -> None:
    into = io.BytesIO()
    assert as_opus(io.BytesIO(tone(2, name)), name, into)
    into.seek(0)
    assert into.getvalue().startswith(b"OggS")
    assert b"OpusHead" in into.getvalue()[:64]
    with soundfile.SoundFile(into) as played:
        assert played.frames / played.samplerate == pytest.approx(2, abs=0.1)
        samples = played.read(dtype="float32")
    assert 0.2 < abs(samples).max() < 0.4  # the tone, as loud as it was
    assert len(into.getvalue()) < 2 * RATE


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound at all" * 100, tone(1)[:40]])
def test_what_is_no_sound_is_left_as_it_is(content: bytes) -> None:
    assert not as_opus(io.BytesIO(content), "x.WAV", io.BytesIO())


def test_what_browsers_play_is_left_as_it_is() -> None:
    into, again = io.BytesIO(), io.BytesIO()
    assert as_opus(io.BytesIO(tone(1)), "x.WAV", into)
    into.seek(0)
    assert not as_opus(into, "x.ogg", again)


@pytest.mark.parametrize(
    ("columns", "at"),
    [
        ({"recordingfile": NAME}, f"asterisk:{PATH}"),
        ({"recordingfile": f"2026/10/03/{NAME}"}, f"asterisk:{PATH}"),
        ({"recordingfile": f"{ROOT}/2026/10/03/{NAME}"}, f"asterisk:{PATH}"),
        ({"recordingfile": "1791009900.412.gsm"}, "asterisk:2026/10/03/1791009900.412.gsm"),
        ({"userfield": "audio:OUT201-20261003-101500-1791009900.412.wav"},
         "asterisk:2026/10/03/OUT201-20261003-101500-1791009900.412.wav"),
        ({"recordingfile": "../../../etc/shadow"}, None),
        ({"recordingfile": "/etc/shadow"}, None),
        ({"recordingfile": "http://169.254.169.254/x.wav"}, None),
        ({"recordingfile": "${MIXMONITOR_FILENAME}"}, None),
        ({"userfield": "vip"}, None),
        ({"recordingfile": NAME, "disposition": "NO ANSWER", "billsec": "0"}, None),
    ],
)  # fmt: skip
def test_a_row_names_the_file_in_which_its_talk_was_recorded(columns: dict[str, str], at: str | None) -> None:
    told = leg(settings(), **columns)
    assert told.call is not None
    assert told.call.recording == at
    assert [(a.at, a.state) for a in told.attachments] == ([(at, AT_THE_VENDOR)] if at else [])


def test_without_a_place_of_recordings_none_is_asked_for() -> None:
    assert leg(settings(recordings=None), recordingfile=NAME).attachments == ()


def test_a_row_of_the_table_that_names_its_recording_later_stands() -> None:
    known = Settings.model_validate({"database": "mysql://h/d", "password": "x", "recordings": "/mnt"})
    row = {name: value for name, value in INBOUND.items() if name not in ("amaflags", "accountcode", "peeraccount")}
    before, after = (
        normalised(TABLE, delivered(body(row | {"recordingfile": file})), known, ORGANISATION)[0] for file in ("", NAME)
    )
    assert before.event_id == after.event_id
    assert after.rank[:2] > before.rank[:2]


def a_file(folder: Path, content: bytes = b"", name: PurePosixPath = PATH, age: float = 60) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


async def fetched(at: Path | str, path: PurePosixPath = PATH, largest: int = 1_000_000) -> bytes:
    where = await SOURCE.locate(settings(recordings=str(at)), Attachment(at=f"asterisk:{path}"))  # type: ignore[misc]
    assert not isinstance(where, Remote)
    into = io.BytesIO()
    await where(into, largest)
    return into.getvalue()


async def test_a_recording_is_brought_from_a_folder(tmp_path: Path) -> None:
    a_file(tmp_path, tone(1))
    assert await fetched(tmp_path) == tone(1)
    assert await fetched(tmp_path.as_uri()) == tone(1)


async def test_a_recording_that_is_not_there_yet_is_waited_for_and_an_old_one_is_not(tmp_path: Path) -> None:
    today = PurePosixPath(f"{datetime.now(UTC):%Y/%m/%d}/x.wav")
    with pytest.raises(Unavailable, match="yet"):
        await fetched(tmp_path, today)
    old = PurePosixPath(f"{datetime.now(UTC) - timedelta(days=9):%Y/%m/%d}/x.wav")
    with pytest.raises(Gone):
        await fetched(tmp_path, old)
    with pytest.raises(Unavailable, match="cannot be read"):
        await fetched(tmp_path / "unmounted")


async def test_a_recording_that_grows_is_waited_for(tmp_path: Path) -> None:
    path = a_file(tmp_path, tone(1), age=0)
    with pytest.raises(Unavailable, match="still being written"):
        await fetched(tmp_path)
    os.utime(path, (time.time() - 9,) * 2)
    assert await fetched(tmp_path)


async def test_nothing_outside_the_folder_and_nothing_too_large_is_brought(tmp_path: Path) -> None:
    (tmp_path / "secret.WAV").write_bytes(b"secret")
    inside = tmp_path / "monitor"
    inside.mkdir()
    (inside / "x.WAV").symlink_to(tmp_path / "secret.WAV")
    with pytest.raises(Gone, match="out of the folder"):
        await fetched(inside, PurePosixPath("x.WAV"))
    with pytest.raises(Gone):
        await fetched(inside, PurePosixPath("../secret.WAV"))
    a_file(tmp_path, bytes(1000))
    with pytest.raises(TooLarge):
        await fetched(tmp_path, largest=999)


async def test_a_recording_at_an_address_is_asked_for_with_its_password() -> None:
    known = settings(recordings="https://pbx.example.ir/monitor/", recordings_password="secret")
    where = await SOURCE.locate(known, Attachment(at=f"asterisk:{PATH}"))  # type: ignore[misc]
    assert isinstance(where, Remote)
    assert where.url == f"https://pbx.example.ir/monitor/{PATH}"
    assert where.headers["Authorization"].startswith("Basic ")
    assert where.trusted


@pytest.mark.parametrize("at", ["ftp://h/x", "relative/folder", "https://user:word@h/x", "s3://bucket"])
def test_a_place_that_cannot_be_meant_is_refused(at: str) -> None:
    with pytest.raises(ValidationError):
        settings(recordings=at)


def test_paths_stay_below_the_switchboards_folder() -> None:
    assert below("a/b.wav", ROOT) == PurePosixPath("a/b.wav")
    assert below(f"{ROOT}/a/b.wav", ROOT) == PurePosixPath("a/b.wav")
    for written in ("", "a\0b", "/a.wav", f"{ROOT}/../a.wav", "a/../b.wav", ROOT, "file:///a"):
        assert below(written, ROOT) is None, written


def call_log(folder: Path, **columns: str) -> Path:
    path = folder / "Master.csv"
    now = datetime.now(UTC)
    times = {"start": f"{now:%Y-%m-%d %H:%M:%S}", "answer": "", "end": "", "uniqueid": f"{int(now.timestamp())}.1"}
    path.write_bytes(line(INBOUND | {"recordingfile": ""} | times | columns))
    return path


async def check(folder: Path, **more: Any) -> str:
    return await SOURCE.check(settings(**{"cdr": folder / "Master.csv", "utc": True, "recordings": folder, **more}))


async def test_a_check_fetches_the_newest_recording_and_says_what_is_wrong(tmp_path: Path) -> None:
    call_log(tmp_path)
    assert "no row names one yet" in await check(tmp_path, recordings=str(tmp_path))
    call_log(tmp_path, recordingfile=str(PATH))
    with pytest.raises(Unavailable, match=r"the newest recording, .* is not at|cannot be had"):
        await check(tmp_path, recordings=str(tmp_path))
    a_file(tmp_path, tone(1))
    assert "was fetched (1 kB, made playable in browsers)" in await check(tmp_path, recordings=str(tmp_path))
    with pytest.raises(Unavailable, match="is it mounted"):
        await check(tmp_path, recordings=str(tmp_path / "nowhere"))
    with pytest.raises(Unavailable, match="is a file"):
        await check(tmp_path, recordings=str(tmp_path / "Master.csv"))


def monitor(content: bytes) -> Starlette:
    async def answer(request: Request) -> Response:
        place = Place("", "peyvand", SecretStr("right"))
        if request.headers.get("authorization") != place.headers["Authorization"]:
            return Response(status_code=401)
        return Response(content) if request.url.path.endswith(NAME) else Response(status_code=404)

    return Starlette(routes=[Route("/{path:path}", answer)])


async def test_a_check_signs_in_where_recordings_are_served(tmp_path: Path) -> None:
    call_log(tmp_path, recordingfile=str(PATH))
    with served(monitor(tone(1))) as url:
        there = partial(check, tmp_path, recordings=f"{url}/monitor")
        assert "was fetched" in await there(recordings_password="right")
        with pytest.raises(SignInFailed, match="refuses user 'peyvand'"):
            await there(recordings_password="wrong")
    with pytest.raises(Unavailable, match="does not answer"):
        await there(recordings_password="right")


def test_the_delivery_is_what_it_was() -> None:
    """A row without a recording gives the event that it always gave."""
    plain = Settings.model_validate({"cdr": "Master.csv", "timezone": "Asia/Tehran"})
    recorded = plain.model_copy(update={"recordings": "/mnt"})
    made: Delivery = delivered(line(INBOUND))
    assert normalised(SOURCE, made, plain, ORGANISATION) == normalised(SOURCE, made, recorded, ORGANISATION)
