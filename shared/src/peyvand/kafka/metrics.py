"""What Prometheus sees of the bus."""

from prometheus_client import Counter, Gauge

UP = Gauge("peyvand_bus_up", "1 while this process has a producer on the bus")
RECORDS = Counter("peyvand_bus_records_total", "Records that the bus acknowledged")
GIVEN_UP = Counter("peyvand_bus_producers_given_up_total", "Producers that were given up after an error or silence")
