"""What Prometheus sees of the spool."""

from prometheus_client import Counter, Gauge

from peyvand.publish import Reading

RECORDS = Gauge("peyvand_spool_records", "Readings that wait on the disk for the bus")
BYTES = Gauge("peyvand_spool_bytes", "Bytes of the disk that the spool takes")
OLDEST = Gauge("peyvand_spool_oldest_timestamp_seconds", "When the oldest waiting reading was received; 0 for none")
SET_ASIDE = Counter("peyvand_spool_set_aside_total", "Readings or damaged places set aside for a human")


def show(records: int, size: int) -> None:
    """Show how much waits."""
    RECORDS.set(records)
    BYTES.set(size)
    if records == 0:
        OLDEST.set(0)


def show_oldest(reading: Reading | None) -> None:
    """Show since when the oldest waits."""
    OLDEST.set(reading.delivery.received_at.timestamp() if reading else 0)
