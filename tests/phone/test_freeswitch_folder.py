"""What FreeSWITCH could not post: read from its folder, each file once, over a restart, and left where it is."""

import io
import json
import os
import shutil
from pathlib import Path

import pytest

from ingest_phone.channels.freeswitch import KEPT, POSTED, fetch
from ingest_phone.freeswitch import spool
from ingest_phone.freeswitch.check import check
from ingest_phone.freeswitch.recording import locate
from ingest_phone.freeswitch.settings import Settings
from ingest_phone.freeswitch.spool import Place, look
from ingest_phone.recordings import as_opus
from peyvand.errors import Unavailable
from peyvand.event import Attachment
from peyvand.source import Remote
from phone.freeswitch_cdrs import RECORDS, answered, configured, document, meant
from phone.sounds import tone


@pytest.fixture(autouse=True)
def written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be read at once that FreeSWITCH would be given two seconds to write."""
    monkeypatch.setattr(spool, "_WRITTEN_OUT_NS", -1_000_000_000)


def put(folder: Path, name: str, of: str = "kept_encoded.cdr.json") -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copyfile(RECORDS / of, folder / name))


def read(folder: Path, place: Place | None = None) -> tuple[list[str], Place]:
    arrivals, now = look(folder, place or Place())
    return [a.url.partition("#")[0].rpartition("/")[2] for a in arrivals], now


def test_each_file_is_read_once_and_left_where_it_is(tmp_path: Path) -> None:
    put(tmp_path, "a_1.cdr.json")
    put(tmp_path, "2.cdr.xml", "kept_base64.cdr.xml")
    put(tmp_path, "notes.txt")
    first, place = read(tmp_path)
    assert sorted(first) == ["2.cdr.xml", "a_1.cdr.json"]
    assert read(tmp_path, Place.of(place.cursor()))[0] == []
    assert len(list(tmp_path.iterdir())) == 3


def test_files_that_come_later_are_read_whatever_date_they_bear(tmp_path: Path) -> None:
    put(tmp_path, "1.cdr.json")
    _, place = read(tmp_path)
    os.utime(put(tmp_path, "0.cdr.json"), (1_600_000_000, 1_600_000_000))
    put(tmp_path / "2026-10-04-08-00-00", "3.cdr.json")
    assert sorted(read(tmp_path, place)[0]) == ["0.cdr.json", "3.cdr.json"]


def test_a_long_outage_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_MOST_FILES", 2)
    for number in range(5):
        put(tmp_path, f"{number}.cdr.json")
    first, place = read(tmp_path)
    second, place = read(tmp_path, place)
    third, place = read(tmp_path, place)
    assert [len(first), len(second), len(third)] == [2, 2, 1]
    assert sorted([*first, *second, *third]) == [f"{n}.cdr.json" for n in range(5)]


def test_a_file_that_is_still_being_written_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "1.cdr.json")
    monkeypatch.setattr(spool, "_WRITTEN_OUT_NS", 60_000_000_000)
    assert read(tmp_path)[0] == []


async def test_the_source_goes_on_where_its_cursor_is(tmp_path: Path) -> None:
    put(tmp_path, "1.cdr.json")
    batches = fetch(kept(tmp_path), None)
    batch = await anext(batches)
    assert len(batch.arrivals) == 1
    assert (await anext(batches)).arrivals == ()
    put(tmp_path, "2.cdr.json")
    resumed = await anext(fetch(kept(tmp_path), batch.cursor))
    assert [a.url.partition("#")[0].rpartition("/")[2] for a in resumed.arrivals] == ["2.cdr.json"]


def test_a_file_means_what_its_post_would_have_meant() -> None:
    body = (RECORDS / "kept_encoded.cdr.json").read_bytes()
    assert meant(body).model_dump() == meant(b"cdr=" + body.strip()).model_dump()


def test_a_connector_either_is_called_or_reads(tmp_path: Path) -> None:
    assert [source.serves(configured()) for source in (POSTED, KEPT)] == [True, False]
    assert [source.serves(kept(tmp_path)) for source in (POSTED, KEPT)] == [False, True]


async def test_check_says_what_is_in_the_folder(tmp_path: Path) -> None:
    assert "holds no call record" in await check(kept(tmp_path))
    put(tmp_path, "1.cdr.json")
    assert "has 1 call records; the newest is of a call at 2026-10-04" in await check(kept(tmp_path))
    assert "ready for posts by the user peyvand" in await check(configured())


async def test_check_tries_the_recording_that_the_newest_record_names(tmp_path: Path) -> None:
    monitor = tmp_path / "recordings"
    recorded = {"app_log": {"applications": [{"app_name": "record_session", "app_data": "/r/2026/c.wav"}]}}
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "1.cdr.json").write_bytes(json.dumps(document(answered(1, 9)) | recorded).encode())
    settings = configured(secret=(), folder=tmp_path / "kept", recordings=str(monitor), recordings_folder="/r")
    with pytest.raises(Unavailable, match=r"the folder of recordings .* is not there"):
        await check(settings)
    (monitor / "2026").mkdir(parents=True)
    with pytest.raises(Unavailable, match=r"the newest recording, 2026/c\.wav, cannot be had"):
        await check(settings)
    (monitor / "2026" / "c.wav").write_bytes(tone(1, "plain.wav"))
    os.utime(monitor / "2026" / "c.wav", (1_791_000_000,) * 2)
    assert (await check(settings)).endswith("; the newest recording was fetched (15 kB, made playable in browsers)")
    posting = configured(recordings=str(monitor))
    assert (await check(posting)).endswith("; recordings can be reached; no row names one yet")


async def test_a_recording_in_a_folder_is_brought_by_its_path_below_it_or_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    for name in ("2026/c.wav", "c.wav"):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, (1_791_000_000,) * 2)
    settings = configured(recordings=str(tmp_path), recordings_folder="/r")
    for written, found in (("/r/2026/c.wav", b"2026/c.wav"), ("/elsewhere/c.wav", b"c.wav")):
        where, into = await locate(settings, Attachment(name="c.wav", at=f"freeswitch:{written}")), io.BytesIO()
        assert not isinstance(where, Remote)
        await where(into, 1_000)
        assert into.getvalue() == found
    assert (POSTED.playable, KEPT.playable) == (as_opus, as_opus)


async def test_check_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is not there"):
        await check(kept(tmp_path / "nowhere"))
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="is no folder"):
        await check(kept(tmp_path / "file"))
    (tmp_path / "1.cdr.json").write_bytes(b"{")
    with pytest.raises(Unavailable, match=r"1\.cdr\.json cannot be read: not JSON"):
        await check(kept(tmp_path))


async def test_a_folder_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is not there"):
        await anext(fetch(kept(tmp_path / "nowhere"), None))


def kept(folder: Path) -> Settings:
    return Settings.model_validate({"folder": str(folder), "poll_seconds": 0.001})
