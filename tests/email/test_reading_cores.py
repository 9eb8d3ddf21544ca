"""A mailbox file read by worker processes, its files put into a folder: the same as when it is read here."""

import asyncio
from pathlib import Path

import pytest

from ingest_email.channels import mbox
from mails.generated import mails
from making import ORGANISATION
from peyvand.blobs import open_blobs
from peyvand.event import InteractionEvent
from peyvand.pull import Pull
from peyvand.testing import MemoryCursors, MemoryPublisher, golden
from peyvand.workers import Workers

COUNT = 60


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mail") / "box"
    with path.open("wb") as file:
        for raw in mails(COUNT, seed=3):
            lines = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            file.write(b"From x@example.com Thu Jan  1 00:00:00 2026\n" + lines.rstrip(b"\n") + b"\n\n")
    return path


async def taken(box: Path, folder: Path, workers: Workers) -> list[InteractionEvent]:
    """Return the events of all mails of the file, as a pull publishes them."""
    settings = mbox.Settings.model_validate({"path": str(box), "addresses": ["support@example.ir"]})
    publisher, cursors = MemoryPublisher(), MemoryCursors()
    pull = Pull("box", mbox.SOURCE, settings, ORGANISATION, publisher, cursors, open_blobs(str(folder)), "me", workers)
    running = asyncio.create_task(pull.run())
    async with asyncio.timeout(100):
        while len(publisher.readings) < COUNT and not cursors.errors:
            await asyncio.sleep(0.01)
    assert cursors.errors == {}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return [e.model_copy(update={"received_at": e.occurred_at}) for e in publisher.events]


@pytest.mark.real
async def test_a_mailbox_means_the_same_whoever_reads_it(box: Path, tmp_path: Path) -> None:
    async with Workers(2) as workers:
        there = await taken(box, tmp_path / "there", workers)
        assert workers.idle
    here = await taken(box, tmp_path / "here", Workers(1))
    assert golden(there) == golden(here)


async def test_all_files_of_a_mailbox_are_in_the_folder_under_their_hashes(box: Path, tmp_path: Path) -> None:
    events = await taken(box, tmp_path / "blobs", Workers(1))
    attached = [a for e in events for a in e.attachments]
    blobs = open_blobs(str(tmp_path / "blobs"))
    assert len(attached) > COUNT / 8
    assert {a.state for a in attached} == {"stored"}
    assert [len(await blobs.get(a.at)) for a in attached] == [a.size for a in attached]
    there = {path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()}
    assert {a.sha256 for a in attached} <= there
