"""The queue log beside the call log: it adds to calls, and makes none."""

import asyncio
from itertools import permutations
from pathlib import Path

import pytest

from captures import FIXTURES
from ingest_phone.channels.asterisk import QUEUE_LOG, SOURCE
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.event import CallResult, Direction, InteractionEvent
from peyvand.source import normalised
from peyvand.testing import captured
from phone.cdr_rows import ORGANISATION
from timeline.folds.interaction import fold

FOLDER = FIXTURES / "phone" / "asterisk"
CDR = Settings(cdr=Path("/var/log/asterisk/cdr-csv/Master.csv"), timezone="Asia/Tehran")
LOG = Settings(queue_log=Path("/var/log/asterisk/queue_log"))


def delivered(name: str) -> Delivery:
    return captured(FOLDER / name, "asterisk")


def told(name: str) -> InteractionEvent:
    source, settings = (SOURCE, CDR) if name.endswith(".csv") else (QUEUE_LOG, LOG)
    return normalised(source, delivered(name), settings, ORGANISATION)[0]


ABANDONED = [told(n) for n in ("abandoned_in_queue.csv", "queue_log/queue_enter.txt", "queue_log/queue_abandon.txt")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_who_left_the_queue_is_told_by_its_log_and_for_how_long_by_the_call_log(order: tuple[int, ...]) -> None:
    made = fold([ABANDONED[i] for i in (*order, *order)])
    assert made.call is not None
    assert (made.call.result, made.call.queue, made.direction) == (CallResult.ABANDONED, "600", Direction.INBOUND)
    assert made.call.wait_seconds == 48
    assert len(made.call.legs) == 1


def test_without_its_log_nobody_says_that_the_caller_left() -> None:
    made = fold(ABANDONED[:1])
    assert made.call is not None
    assert made.call.result is CallResult.MISSED


async def _read(path: Path, number: int, cursor: Cursor | None = None) -> tuple[list[bytes], Cursor | None]:
    found: list[bytes] = []
    settings = Settings(queue_log=path, poll_seconds=0.01)
    async with asyncio.timeout(10):
        async for batch in QUEUE_LOG.fetch(settings, cursor):
            found += [a.body for a in batch.arrivals]
            cursor = batch.cursor
            if len(found) >= number:
                break
    return found, cursor


async def test_the_log_is_followed_through_rotation_and_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1791000000|NONE|NONE|NONE|QUEUESTART|\n1|half")
    found, cursor = await _read(path, 1)
    assert found == [b"1791000000|NONE|NONE|NONE|QUEUESTART|"]
    with path.open("ab") as opened:
        opened.write(b' "of it\n2|second\n')
    path.rename(tmp_path / "queue_log.1")
    path.write_bytes(b"3|third\n")
    found, _ = await _read(path, 3, cursor)
    assert found == [b'1|half "of it', b"2|second", b"3|third"]


async def test_a_check_says_what_stands_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    with pytest.raises(Unavailable, match="is not there"):
        await QUEUE_LOG.check(Settings(queue_log=path))
    path.write_bytes(b"")
    assert "holds no line yet" in await QUEUE_LOG.check(Settings(queue_log=path))
    path.write_bytes(b"1791000000|NONE|NONE|NONE|QUEUESTART|\n1791019848|1791019800.480|600|NONE|ABANDON|1|2|47\n")
    assert "has 2 lines" in await QUEUE_LOG.check(Settings(queue_log=path))
    path.write_bytes(b'"","0912"\n')
    with pytest.raises(Unavailable, match="none of a queue log"):
        await QUEUE_LOG.check(Settings(queue_log=path))
