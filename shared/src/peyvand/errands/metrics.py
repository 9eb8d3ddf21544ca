"""What Prometheus sees of errands."""

from prometheus_client import Counter, Gauge

WAITING = Gauge("peyvand_errands_waiting", "Files to fetch and deliveries to hand on", ["connector", "task"])
OLDEST = Gauge("peyvand_errands_oldest_timestamp_seconds", "When the oldest that waits was born", ["connector", "task"])
UNNOTED = Gauge("peyvand_errands_in_memory", "Errands that the database could not take yet")
LOST = Counter("peyvand_errands_lost_total", "Errands that nobody could take down", ["connector", "task"])
