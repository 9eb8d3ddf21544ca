"""How fast each channel's normaliser reads, beside the least that any reader of the same deliveries must do."""

import statistics
import time
from collections.abc import Callable, Sequence

import orjson
import pytest

from captures import Case, cases, organisation, sources
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.source import read

pytestmark = pytest.mark.bench
CASES = list(cases())
TURNS = 5
SECONDS = 0.2
CHANNELS = sorted({(service, source.name) for service in ("social", "phone") for source in sources(service)})


@pytest.mark.parametrize(("service", "channel"), CHANNELS)
def test_events_a_second_and_core(service: str, channel: str) -> None:
    """Print a channel's rate over its captured deliveries, and its share of decoding each and encoding its events."""
    mine = [case for case in CASES if (case.service, case.channel) == (service, channel)]
    carrying = [case for case in mine if case.reading().events]
    deliveries = [case.delivery for case in carrying]
    events = [list(case.reading().events) for case in carrying]
    readers = [reader(case) for case in carrying]
    count = sum(len(found) for found in events)

    def reading() -> None:
        for read_one, delivery in zip(readers, deliveries, strict=True):
            read_one(delivery)

    def least() -> None:
        for delivery, found in zip(deliveries, events, strict=True):
            decoded(delivery.body)
            encoded(found)

    rates = [(rate(reading, count), rate(least, count)) for _ in range(TURNS)]
    ours, floor = (statistics.median(column) for column in zip(*rates, strict=True))
    print(
        f"\n{channel}: {ours:,.0f} events/s on one core; decoding and encoding alone {floor:,.0f}/s: {ours / floor:.2f}"
    )
    assert ours > 0


def reader(case: Case) -> Callable[[Delivery], object]:
    source = case.source()
    account, ours = case.settings(source), organisation()
    return lambda delivery: read(source, delivery, account, ours)


def rate(work: Callable[[], None], count: int) -> float:
    """Return events per second of the processor's time."""
    turns, began = 0, time.process_time()
    while (took := time.process_time() - began) < SECONDS:
        work()
        turns += 1
    return turns * count / took


def decoded(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def encoded(events: Sequence[InteractionEvent]) -> list[str]:
    return [event.model_dump_json() for event in events]
