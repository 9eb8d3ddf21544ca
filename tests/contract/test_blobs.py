"""One suite for every store of blobs: a folder, and an S3-compatible server."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from obstore.store import S3Store

from parts.s3 import S3
from peyvand.blobs import Blobs, ObjectStoreBlobs, open_blobs
from peyvand.errors import Rejected, Unavailable
from peyvand.testing import MemoryBlobs


@pytest.fixture(params=["memory", "folder", pytest.param("s3", marks=pytest.mark.real)])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    match request.param:
        case "memory":
            yield MemoryBlobs()
        case "folder":
            yield open_blobs(str(tmp_path / "blobs"))
        case _:
            s3: S3 = request.getfixturevalue("s3")
            yield ObjectStoreBlobs(s3_store(s3))


def s3_store(s3: S3) -> S3Store:
    return S3Store(
        s3.bucket(),
        endpoint=s3.url,
        region="us-east-1",
        access_key_id="test",
        secret_access_key="test",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )


async def test_bytes_come_back_under_the_name_that_they_were_given(blobs: Blobs) -> None:
    content = "پیوند".encode() * 100_000
    name = await blobs.put(content)
    assert name.startswith("sha256:")
    assert await blobs.get(name) == content
    assert await blobs.put(content) == name


CALL, ANOTHER = UUID(int=1), UUID(int=2)
DAYS = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 2)]


async def test_recordings_go_with_their_days_and_nothing_goes_with_them(blobs: Blobs) -> None:
    silence = b"the same bytes everywhere"
    shared = await blobs.put(silence)
    names = {day: await blobs.put_recording(silence, day, CALL) for day in DAYS}
    beside = await blobs.put_recording(b"another call's", DAYS[0], ANOTHER)
    assert len({shared, beside, *names.values()}) == 5
    assert await blobs.put_recording(silence, DAYS[0], CALL) == names[DAYS[0]]
    assert await blobs.drop_recordings(DAYS[0]) == 0
    assert await blobs.drop_recordings(DAYS[2]) == 2
    assert await blobs.drop_recordings(DAYS[2]) == 0
    for gone in (names[DAYS[0]], names[DAYS[1]], beside):
        with pytest.raises(KeyError):
            await blobs.get(gone)
    assert await blobs.get(names[DAYS[2]]) == silence
    assert await blobs.get(shared) == silence


async def test_a_store_without_recordings_has_none_to_drop(blobs: Blobs) -> None:
    await blobs.put(b"x")
    assert await blobs.drop_recordings(date(2100, 1, 1)) == 0


async def test_what_is_not_there_is_a_key_error(blobs: Blobs) -> None:
    with pytest.raises(KeyError):
        await blobs.get("sha256:" + "0" * 64)


async def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    assert await blobs.get(await blobs.put(b"")) == b""


async def test_many_are_put_at_once_and_what_is_there_already_is_put_again_without_harm(blobs: Blobs) -> None:
    contents = [b"%d" % (n % 40) * (n + 1) for n in range(60)]
    names = await blobs.put_all(contents)
    assert await blobs.put_all(contents[:5]) == names[:5]
    assert [await blobs.get(name) for name in names] == contents
    assert await blobs.put_all([]) == []


async def test_a_name_that_is_none_leads_nowhere(blobs: Blobs) -> None:
    odd = f"recording:2026-10-01/{CALL}/../../{'0' * 64}"
    for name in ("vendor:123", "sha256:../../../../etc/passwd", "sha256:", "", odd, f"recording:../{CALL}/{'0' * 64}"):
        with pytest.raises(KeyError):
            await blobs.get(name)


@pytest.mark.real
async def test_a_store_that_is_away_is_unavailable_not_lost() -> None:
    away = ObjectStoreBlobs(
        S3Store(
            "bucket",
            endpoint="http://127.0.0.1:9",
            region="us-east-1",
            access_key_id="a",
            secret_access_key="b",
            client_options={"allow_http": True, "timeout": "1s"},
            retry_config={"max_retries": 0},
        )
    )
    with pytest.raises(Unavailable):
        await away.put(b"x")
    with pytest.raises(Unavailable):
        await away.get("sha256:" + "0" * 64)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Rejected, match=r"the folder of blobs, .*/file/blobs, cannot be made: Not a directory"):
        open_blobs(str(tmp_path / "file" / "blobs"))


async def test_a_blob_in_a_folder_is_on_the_disk_before_it_has_its_name_and_then_its_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(opened: int) -> None:
        done.append(Path(f"/proc/self/fd/{opened}").resolve().relative_to(tmp_path).as_posix())
        fsync(opened)

    def renamed(self: Path, target: Path) -> Path:
        done.append("renamed")
        return replace(self, target)

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    digest = (await open_blobs(str(tmp_path / "blobs")).put(b"x")).removeprefix("sha256:")
    assert done[0].startswith(f"blobs/{digest[:2]}/.{digest}")
    assert done[1] == "renamed"
    assert set(done[2:]) == {f"blobs/{digest[:2]}", "blobs"}


async def test_a_blob_that_a_crash_cut_short_is_written_again(tmp_path: Path) -> None:
    blobs = open_blobs(str(tmp_path / "blobs"))
    digest = (await blobs.put(b"whole")).removeprefix("sha256:")
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(b"who")
    assert await blobs.get(await blobs.put(b"whole")) == b"whole"


async def test_a_disk_that_takes_nothing_is_unavailable_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_opened: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        await open_blobs(str(tmp_path / "blobs")).put_all([b"x", b"y"])
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []


async def test_what_lies_beside_the_days_is_left_alone_and_no_link_leads_out(tmp_path: Path) -> None:
    blobs = open_blobs(str(tmp_path / "blobs"))
    await blobs.put_recording(b"x", DAYS[0], CALL)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").touch()
    recordings = tmp_path / "blobs" / "recordings"
    (recordings / "1999-01-01").symlink_to(tmp_path / "elsewhere")
    (recordings / "notes").mkdir()
    (recordings / DAYS[0].isoformat() / "link").symlink_to(tmp_path / "elsewhere")
    assert await blobs.drop_recordings(DAYS[1]) == 1
    assert (tmp_path / "elsewhere" / "precious").exists()
    assert sorted(p.name for p in recordings.iterdir()) == ["1999-01-01", "notes"]


async def test_a_removal_that_was_broken_off_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = open_blobs(str(tmp_path / "blobs"))
    names = [await blobs.put_recording(b"%d" % n, DAYS[0], UUID(int=n)) for n in range(4)]
    unlink, calls = os.unlink, 0

    def dying(*given: Any, **more: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(5, "Input/output error")
        unlink(*given, **more)

    monkeypatch.setattr("os.unlink", dying)
    with pytest.raises(Unavailable, match="recordings cannot be removed: Input/output error"):
        await blobs.drop_recordings(DAYS[1])
    assert await blobs.drop_recordings(DAYS[1]) == 1
    for name in names:
        with pytest.raises(KeyError):
            await blobs.get(name)
