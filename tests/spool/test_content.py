"""A reading on the disk is the reading that was published; one of another version is set aside and blocks nobody."""

from dataclasses import replace
from pathlib import Path

import cramjam
import orjson
import pytest

from making import customer, message, reading, telegram
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.spool.content import MOST_DECODED, decoded, payload_of, reading_of
from peyvand.spool.log import Log
from spool import numbered
from spool.numbered import Bus, is_empty, numbers, spooled

FIXTURES = Path(__file__).parent.parent / "fixtures"
# A golden file that is no list names the rule that skips its delivery.
GOLDEN = sorted(path for path in FIXTURES.rglob("*.events.json") if path.read_bytes().startswith(b"["))


def compressed(content: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(content))


def test_any_bytes_come_back() -> None:
    made = numbered.reading(1, bytes(range(256)))
    delivery = replace(made.delivery, headers={"x-نام": "سارا\x00"}, method="POST", body_ref="sha256:1")
    kept = Reading(delivery, kept="it has no date", unknown=True)
    assert reading_of(payload_of(kept)) == kept


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_captured_event_comes_back(path: Path) -> None:
    events = tuple(InteractionEvent.model_validate(each) for each in orjson.loads(path.read_bytes()))
    whole = replace(numbered.reading(1, b"{}"), events=events, skipped=None)
    assert reading_of(payload_of(whole)) == whole


@pytest.mark.parametrize(
    "payload",
    [b"", b"2" + compressed(b"{}"), b"1not compressed", b"1" + compressed(b'{"delivery": 1}')],
    ids=["empty", "another version", "not compressed", "another shape"],
)
def test_what_this_version_cannot_read_is_said_without_its_content(payload: bytes) -> None:
    with pytest.raises(BadPayload) as error:
        reading_of(payload)
    assert "delivery" not in str(error.value)


def test_what_is_long_once_decompressed_is_read_piece_by_piece() -> None:
    long = payload_of(numbered.reading(1, bytes(MOST_DECODED // 2)))
    assert len(long) < 10_000
    taken = [spooled.reading for spooled in decoded([long] * 100)]
    assert 1 <= len(taken) <= 2


async def test_long_readings_all_arrive(tmp_path: Path) -> None:
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await publisher.publish([numbered.reading(n, bytes(MOST_DECODED // 2)) for n in range(5)])
        bus.away = False
        await is_empty(publisher)
    assert numbers(bus.readings) == list(range(5))


async def test_a_reading_of_another_version_is_set_aside_and_those_behind_it_arrive(tmp_path: Path) -> None:
    log = Log(tmp_path)
    ours = [payload_of(numbered.reading(n)) for n in (1, 2)]
    log.append([ours[0], b"2 of the future", ours[1]])
    log.close()
    bus = Bus()
    async with spooled(bus, tmp_path).running() as publisher:
        await is_empty(publisher)
    assert numbers(bus.readings) == [1, 2]
    [kept] = (tmp_path / "aside").glob("*.spool")
    assert kept.read_bytes().endswith(b"2 of the future")
    assert "it is of version b'2'" in kept.with_name(kept.name + ".why").read_text()


async def test_events_arrive_from_the_disk_as_they_were(tmp_path: Path) -> None:
    said = reading(message("1", [customer(telegram(7))]))
    bus = Bus(away=True)
    async with spooled(bus, tmp_path).running() as publisher:
        await publisher.publish([said])
        bus.away = False
        await is_empty(publisher)
    assert bus.readings == [said]
