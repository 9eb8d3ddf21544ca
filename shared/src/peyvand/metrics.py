"""What Prometheus sees of a connector; labels are configured names and outcomes, never a person's."""

from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

from peyvand.publish import Reading

DELIVERIES = Counter("peyvand_deliveries_total", "Deliveries by outcome", ["connector", "outcome"])
EVENTS = Counter("peyvand_events_published_total", "Events made durable", ["connector"])
REFUSED = Counter("peyvand_refused_total", "Requests refused before they were a delivery", ["connector", "status"])
SECONDS = Histogram("peyvand_webhook_seconds", "Webhook request to answer", ["connector"])
LAST_POLL = Gauge("peyvand_last_poll_timestamp_seconds", "When a pulled source last answered", ["connector"])
FAILING = Gauge("peyvand_connector_failing", "1 while a pulled source cannot be read", ["connector"])


def outcome(reading: Reading) -> str:
    """Return the outcome of a delivery in one word: events, skipped or kept."""
    if reading.kept is not None:
        return "kept"
    return "events" if reading.events else "skipped"


def count(readings: Sequence[Reading]) -> None:
    """Count readings that have become durable."""
    for (connector, how), n in Tally((r.delivery.connector, outcome(r)) for r in readings).items():
        DELIVERIES.labels(connector, how).inc(n)
    for r in readings:
        EVENTS.labels(r.delivery.connector).inc(len(r.events))
