"""The spooled publisher: the bus while it takes, the disk while it does not, and in order from one to the other."""

import asyncio
import os
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from peyvand.errors import Unavailable
from peyvand.spool import SpooledPublisher, Taken
from spool.numbered import LATE, SOON, Bus, is_empty, numbers, reading, spooled, until


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.spool"))


async def published(publisher: SpooledPublisher, *which: int) -> None:
    for number in which:
        await publisher.publish([reading(number)])


async def test_what_the_bus_takes_never_touches_the_disk(tmp_path: Path) -> None:
    bus = Bus()
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 1, 2)
        assert (numbers(bus.readings), publisher.left(), segments(tmp_path)) == ([1, 2], 0, [])
        assert publisher.aside() == 0


async def test_while_the_bus_is_away_readings_wait_on_the_disk(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 1, 2)
        assert (bus.readings, publisher.left(), await publisher.ready()) == ([], 2, None)
        assert REGISTRY.get_sample_value("peyvand_spool_records") == 2
        assert REGISTRY.get_sample_value("peyvand_spool_bytes") == segments(tmp_path)[0].stat().st_size


async def test_once_the_bus_is_back_everything_arrives_in_order_and_the_disk_is_free(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, *range(20))
        bus.away = False
        await is_empty(publisher)
        assert (numbers(bus.readings), segments(tmp_path)) == (list(range(20)), [])
        await until(lambda: REGISTRY.get_sample_value("peyvand_spool_records") == 0, "nothing being shown")
        await published(publisher, 20)
    assert numbers(bus.readings) == list(range(21))


async def test_the_age_of_the_oldest_is_shown(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 1)
        received = reading(1).delivery.received_at.timestamp()
        await until(lambda: REGISTRY.get_sample_value(OLDEST) == received, "the age of the oldest being shown")
        bus.away = False
        await is_empty(publisher)
        await until(lambda: REGISTRY.get_sample_value(OLDEST) == 0, "nothing being shown")


OLDEST = "peyvand_spool_oldest_timestamp_seconds"


async def test_while_the_spool_drains_new_readings_queue_behind_it(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 1, 2)
        bus.gate.clear()
        bus.away = False
        asked = bus.asked
        await until(lambda: bus.asked > asked, "the drain asking the bus")
        await published(publisher, 3)
        assert publisher.left() == 3
        bus.gate.set()
        await is_empty(publisher)
    assert numbers(bus.readings) == [1, 2, 3]


async def test_an_absent_bus_is_not_asked_again_by_every_caller(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path, LATE).running() as publisher:
        await published(publisher, 1)
        await until(lambda: bus.asked == 2, "one caller and the drain asking the bus")
        await published(publisher, *range(2, 20))
        assert bus.asked == 2


async def test_a_busy_process_comes_back_from_its_disk(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 0)
        stopped = asyncio.Event()

        async def caller(first: int) -> None:
            number = first
            while not stopped.is_set():
                await publisher.publish([reading(number)])
                await asyncio.sleep(0)
                number += 1

        callers = [asyncio.create_task(caller(100_000 * n)) for n in range(1, 9)]
        await until(lambda: publisher.left() > 50, "a load of readings being spooled")
        bus.away = False
        await is_empty(publisher)
        asked = len(bus.readings)
        await until(lambda: len(bus.readings) > asked + 100 and publisher.left() == 0, "direct publishing")
        stopped.set()
        await asyncio.gather(*callers)
    for n in range(1, 9):
        theirs = [number for number in numbers(bus.readings) if number // 100_000 == n]
        assert theirs == list(range(100_000 * n, 100_000 * n + len(theirs)))


async def test_a_restart_drains_what_was_left(tmp_path: Path) -> None:
    async with spooled(Bus(away=True), tmp_path).running() as publisher:
        await published(publisher, 1, 2)
        await publisher.publish([reading(3), reading(4)])
    bus = Bus()
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 5)
        await is_empty(publisher)
    assert numbers(bus.readings) == [1, 2, 3, 4, 5]


async def test_stopping_waits_for_a_bus_that_takes(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path, LATE).running() as publisher:
        await published(publisher, *range(30))
        bus.away = False
    assert (numbers(bus.readings), publisher.left()) == (list(range(30)), 0)


async def test_stopping_ends_with_what_is_left_on_the_disk_and_says_how_much(tmp_path: Path) -> None:
    bus = Bus(away=True)
    publisher = SpooledPublisher(bus, tmp_path, pause=SOON, stopping_seconds=0.05)
    with capture_logs() as said:
        async with publisher.running():
            await published(publisher, 1, 2)
            bus.gate.clear()
    assert said[-1] == {"event": "spool closed", "left": 2, "log_level": "warning"}
    assert publisher.left() == 2
    with pytest.raises(Unavailable, match="stopping"):
        await published(publisher, 3)


async def test_stopping_sees_to_whoever_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peyvand.spool.spool.MOST_WRITTEN", 1)  # a write for each caller
    async with spooled(Bus(away=True), tmp_path, LATE).running() as publisher:
        await published(publisher, 0)
        callers = [asyncio.create_task(publisher.publish([reading(n)])) for n in range(1, 40)]
        await until(lambda: publisher.left() == 40, "every caller bringing something")
    assert [caller.done() for caller in callers] == [True] * 39
    await asyncio.gather(*callers)
    bus = Bus()
    async with spooled(bus, tmp_path).running() as publisher:
        await is_empty(publisher)
    assert numbers(bus.readings) == list(range(40))


async def test_two_processes_never_share_a_spool(tmp_path: Path) -> None:
    async with spooled(Bus(), tmp_path).running():
        with pytest.raises(Taken, match="another process"):
            async with spooled(Bus(), tmp_path).running():
                pass


async def test_beyond_its_limit_the_spool_takes_nothing_and_drops_nothing(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with SpooledPublisher(bus, tmp_path, most_bytes=5000, pause=SOON).running() as publisher:
        tried = await asyncio.gather(*(published(publisher, n) for n in range(100)), return_exceptions=True)
        taken = tried.count(None)
        with pytest.raises(Unavailable, match="the spool is full: 5000 bytes") as refused:
            await published(publisher, taken)
        assert refused.value.retry_after == 30
        assert await publisher.ready() == "the bus is away, and the spool is full: 5000 bytes"
        assert sum(path.stat().st_size for path in segments(tmp_path)) <= 5000
        bus.away = False
        await is_empty(publisher)
        assert (numbers(bus.readings), await publisher.ready()) == (list(range(taken)), None)


async def test_a_reading_that_the_bus_cannot_bear_is_set_aside_alone(tmp_path: Path) -> None:
    bus = Bus(away=True, unbearable=lambda r: r.delivery.url == "13")
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, *range(20))
        bus.away = False
        await is_empty(publisher)
    assert sorted(numbers(bus.readings)) == [n for n in range(20) if n != 13]
    assert (publisher.left(), publisher.aside()) == (0, 1)
    [why] = (tmp_path / "aside").glob("*.why")
    assert why.read_text() == "the bus does not take it: ValueError\n"


async def test_what_was_set_aside_is_tried_again_once_it_is_moved_back(tmp_path: Path) -> None:
    bus = Bus(away=True, unbearable=lambda r: r.delivery.url == "2")
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, 1, 2)
        bus.away = False
        await is_empty(publisher)
    [kept] = segments(tmp_path / "aside")
    kept.rename(tmp_path / kept.name)
    bus = Bus()
    async with spooled(bus, tmp_path).running() as publisher:
        await is_empty(publisher)
    assert numbers(bus.readings) == [2]


async def test_a_bus_that_refuses_everything_does_not_empty_the_spool_into_files(tmp_path: Path) -> None:
    bus = Bus(away=True, unbearable=lambda _: True)
    async with spooled(bus, tmp_path).running() as publisher:
        await published(publisher, *range(60))
        with capture_logs() as said:
            bus.away = False
            await until(lambda: any("refuses everything" in line.get("why", "") for line in said), "a loud word")
        assert publisher.left() == 10
        bus.unbearable = lambda _: False
        await is_empty(publisher)
    assert numbers(bus.readings) == list(range(50, 60))


async def test_what_the_bus_cannot_bear_is_not_spooled_either(tmp_path: Path) -> None:
    async with spooled(Bus(unbearable=lambda _: True), tmp_path).running() as publisher:
        with pytest.raises(ValueError):
            await published(publisher, 1)
        assert publisher.left() == 0


async def test_a_caller_that_goes_away_leaves_nothing_half_written(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path, LATE).running() as publisher:
        await published(publisher, 0)
        callers = [asyncio.create_task(publisher.publish([reading(n, os.urandom(50_000))])) for n in range(1, 20)]
        await until(lambda: publisher.left() > 1, "a caller bringing something")
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await published(publisher, 20)
        bus.away = False
    assert numbers(bus.readings) == list(range(21))
    assert not (tmp_path / "aside").exists()


async def test_many_callers_share_one_fsync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        synced.append(descriptor)
        fsync(descriptor)

    async with spooled(Bus(away=True), tmp_path, LATE).running() as publisher:
        await published(publisher, 0)
        monkeypatch.setattr(os, "fsync", counted)
        await asyncio.gather(*(published(publisher, n) for n in range(1, 65)))
        monkeypatch.undo()
        assert publisher.left() == 65
    assert 1 <= len(synced) <= 2


async def test_a_slow_disk_does_not_hold_up_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, gate = asyncio.get_running_loop(), asyncio.Event()

    def slow(_descriptor: int) -> None:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

    async with spooled(Bus(away=True), tmp_path, LATE).running() as publisher:
        await published(publisher, 0)
        monkeypatch.setattr(os, "fsync", slow)
        caller = asyncio.create_task(publisher.publish([reading(1)]))
        await until(lambda: publisher.left() == 2, "the caller bringing something")
        assert not caller.done()
        gate.set()
        await caller
        monkeypatch.undo()


async def test_a_disk_that_refuses_is_told_until_it_takes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    async with spooled(Bus(away=True), tmp_path, LATE).running() as publisher:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(Unavailable, match="No space left on device"):
            await published(publisher, 1)
        assert await publisher.ready() == "the spool's disk refuses: No space left on device"
        assert publisher.left() == 0
        monkeypatch.undo()
        assert await publisher.ready() is None
        await published(publisher, 2)
        assert publisher.left() == 1


async def test_while_the_bus_takes_everything_the_disk_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    bus = Bus(away=True)
    async with spooled(bus, tmp_path, LATE).running() as publisher:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(Unavailable):
            await published(publisher, 1)
        bus.away = False
        await published(publisher, 2)
        assert await publisher.ready() is None


async def test_a_publisher_that_does_not_run_takes_nothing(tmp_path: Path) -> None:
    publisher = spooled(Bus(), tmp_path)
    with pytest.raises(Unavailable, match="just been started"):
        await published(publisher, 1)
    assert await publisher.ready() is not None
