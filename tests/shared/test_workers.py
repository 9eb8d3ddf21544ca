"""Reading on several cores: the same readings, whatever becomes of the processes that read."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from fakes import strange
from peyvand.delivery import Delivery
from peyvand.files import Unpacked
from peyvand.identity import Organisation
from peyvand.source import Sense
from peyvand.workers import Job, Workers, process

pytestmark = pytest.mark.real

AT = datetime(2026, 1, 1, tzinfo=UTC)
LARGE = 20_000  # so that twenty deliveries make a batch that is worth it


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers(2) as some:
        yield some


def job(normalise: object = strange.normalise) -> Job:
    sense = Sense("strange", normalise, 1, strange.files)  # type: ignore[arg-type]  # also what is none
    return Job(sense, strange.Settings(reader=os.getpid()), Organisation())


def deliveries(*said: bytes) -> list[Delivery]:
    bodies = [*said, *(b"m%d|file %d" % (n, n) for n in range(20 - len(said)))]
    return [Delivery(UUID(int=n), "c", "strange", AT, b.ljust(LARGE, b".")) for n, b in enumerate(bodies)]


def readers(found: Sequence[Unpacked]) -> set[int]:
    """Return the processes that read."""
    return {int((e.text or "").split()[-1]) for one in found for e in one.reading.events}


async def test_a_large_batch_is_read_by_other_processes_and_means_the_same(workers: Workers) -> None:
    batch = deliveries(b"bad", b"skip", b"print")
    found = await workers.read(job(), batch)
    here = [job().read(delivery) for delivery in batch]
    assert os.getpid() not in readers(found)
    assert [f.reading.delivery for f in found] == batch
    assert [f.files for f in found] == [f.files for f in here]
    assert [(f.reading.kept, f.reading.skipped) for f in found] == [(f.reading.kept, f.reading.skipped) for f in here]
    ids = [[e.event_id for e in f.reading.events] for f in found]
    assert ids == [[e.event_id for e in f.reading.events] for f in here]


async def test_a_small_batch_is_read_here(workers: Workers) -> None:
    assert readers(await workers.read(job(), deliveries()[:3])) == {os.getpid()}
    assert workers.idle == []


async def test_with_one_core_everything_is_read_here() -> None:
    async with Workers(1) as none:
        assert readers(await none.read(job(), deliveries())) == {os.getpid()}


async def test_workers_are_used_again(workers: Workers) -> None:
    first = readers(await workers.read(job(), deliveries()))
    assert readers(await workers.read(job(), deliveries())) <= first | {w.process.pid for w in workers.idle}


async def test_what_kills_whoever_reads_it_is_kept_and_costs_no_other_a_thing(workers: Workers) -> None:
    found = await workers.read(job(), deliveries(b"m100", b"kill"))
    assert [f.reading.kept for f in found if f.reading.kept] == [
        "reading it ends the process, and did so again when it was tried alone"
    ]
    assert sum(len(f.reading.events) for f in found) == 19
    assert os.getpid() not in readers(found)


async def test_what_does_not_end_is_ended_and_kept(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "JOB_SECONDS", 0.5)
    found = await workers._alone(job(), deliveries(b"hang")[0])
    assert "had no end" in (found.reading.kept or "")
    assert workers.idle == []


async def test_a_worker_that_was_killed_while_it_had_nothing_to_do_costs_nothing(workers: Workers) -> None:
    await workers.read(job(), deliveries())
    for worker in workers.idle:
        worker.process.kill()
        await worker.process.wait()
    found = await workers.read(job(), deliveries())
    assert [f.reading.kept for f in found if f.reading.kept] == []


async def test_what_cannot_be_handed_to_another_process_is_read_here(workers: Workers) -> None:
    found = await workers.read(job(lambda *given: strange.normalise(*given)), deliveries())
    assert readers(found) == {os.getpid()}


async def test_where_no_process_can_be_started_everything_is_read_here(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert readers(await workers.read(job(), deliveries())) == {os.getpid()}


async def test_a_worker_knows_nothing_of_our_environment(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_BOT_TOKEN", "secret")
    await workers.read(job(), deliveries())
    known = [Path(f"/proc/{w.process.pid}/environ").read_bytes() for w in workers.idle]
    assert known
    assert not any(b"SHOP_BOT_TOKEN" in environment for environment in known)


async def test_workers_end_when_nobody_needs_them(workers: Workers) -> None:
    await workers.read(job(), deliveries())
    pids = [w.process.pid for w in workers.idle]
    async with workers:
        pass
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


async def test_who_gives_up_waiting_leaves_no_process_at_work(workers: Workers) -> None:
    others = _children()
    await workers.read(job(), deliveries())
    waiting = asyncio.create_task(workers.read(job(), deliveries(b"hang")))
    async with asyncio.timeout(60):
        while len(workers.idle) != 1 or workers.turns.locked():
            await asyncio.sleep(0.01)
    hanging = _children() - others - {w.process.pid for w in workers.idle}
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert hanging
    assert _children() & hanging == set()


def _children() -> set[int]:
    """Return the processes that this one has started, whichever of its threads it was."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}
