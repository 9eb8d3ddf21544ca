"""What Prometheus sees of what is handed on."""

from prometheus_client import Counter, Gauge

RELAYED = Counter("peyvand_relayed_total", "Deliveries handed on, by how that ended", ["connector", "outcome"])
FAILING = Gauge("peyvand_relay_failing", "1 while deliveries cannot be handed on", ["connector"])
