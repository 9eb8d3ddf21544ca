"""What Prometheus sees of the consumer; labels are topics, partitions and outcomes, never a person's."""

from prometheus_client import Counter, Gauge, Histogram

CONSUMED = Counter("peyvand_consumed_total", "Records of the bus that the timeline has taken in", ["topic"])
RECORDED = Counter("peyvand_recorded_total", "Events recorded from the bus", ["outcome"])
DEAD = Counter("peyvand_dead_letters_total", "Records that the timeline could not take", ["topic"])
SECONDS = Histogram("peyvand_batch_seconds", "One batch, from the bus to its commit")
LAG = Gauge("peyvand_consumer_lag", "Records on the bus that are not recorded yet", ["topic", "partition"])
WAITING = Gauge("peyvand_consumer_waiting", "1 while a batch waits for something that is away")
