"""What Prometheus sees of a connector; labels are configured names and outcomes, never a person's."""

from collections.abc import Sequence
from functools import cache

from prometheus_client import Counter, Gauge, Histogram

from peyvand.publish import Reading

DELIVERIES = Counter("peyvand_deliveries_total", "Deliveries by outcome", ["connector", "outcome"])
EVENTS = Counter("peyvand_events_published_total", "Events made durable", ["connector"])
REFUSED = Counter("peyvand_refused_total", "Requests refused before they were a delivery", ["connector", "status"])
SECONDS = Histogram("peyvand_webhook_seconds", "Webhook request to answer", ["connector"])
LAST_POLL = Gauge("peyvand_last_poll_timestamp_seconds", "When a pulled source last answered", ["connector"])
KEEPS = Gauge("peyvand_source_keeps_seconds", "How long a pulled source holds what nobody asked for", ["connector"])
FAILING = Gauge("peyvand_connector_failing", "1 while a pulled source cannot be read", ["connector"])


def outcome(reading: Reading) -> str:
    """Return the outcome of a delivery in one word: events, skipped or kept."""
    if reading.kept is not None:
        return "kept"
    return "events" if reading.events else "skipped"


def count(readings: Sequence[Reading]) -> None:
    """Count readings that have become durable."""
    for reading in readings:
        connector = reading.delivery.connector
        _deliveries(connector, outcome(reading)).inc()
        _events(connector).inc(len(reading.events))


# Finding a counter by its labels takes longer than counting.
@cache
def _deliveries(connector: str, how: str) -> Counter:
    return DELIVERIES.labels(connector, how)


@cache
def _events(connector: str) -> Counter:
    return EVENTS.labels(connector)
