"""One suite for every store of blobs: a folder, and an S3-compatible server."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from obstore.store import S3Store

from parts.s3 import S3
from peyvand.blobs import Blobs, ObjectStoreBlobs, by_reference, open_blobs, with_body
from peyvand.delivery import Delivery
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


async def test_what_is_not_there_is_a_key_error(blobs: Blobs) -> None:
    with pytest.raises(KeyError):
        await blobs.get("sha256:" + "0" * 64)


async def test_an_empty_blob_is_a_blob(blobs: Blobs) -> None:
    assert await blobs.get(await blobs.put(b"")) == b""


async def test_a_long_body_travels_by_reference_and_a_short_one_does_not(blobs: Blobs) -> None:
    sent = Delivery(UUID(int=1), "c", "x", datetime(2026, 1, 1, tzinfo=UTC), b"x" * 100)
    assert await by_reference(sent, blobs, limit=100) is sent
    put_away = await by_reference(sent, blobs, limit=99)
    assert (put_away.body, put_away.body_ref is not None) == (b"", True)
    assert await with_body(put_away, blobs) == sent


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


async def test_a_blob_in_a_folder_is_on_the_disk_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    fsync = os.fsync

    def watched(opened: int) -> None:
        synced.append(Path(f"/proc/self/fd/{opened}").resolve())
        fsync(opened)

    monkeypatch.setattr("os.fsync", watched)
    name = await open_blobs(str(tmp_path / "blobs")).put(b"x")
    digest = name.removeprefix("sha256:")
    folder = (tmp_path / "blobs").resolve()
    assert synced == [folder / digest[:2] / digest, folder / digest[:2], folder]
