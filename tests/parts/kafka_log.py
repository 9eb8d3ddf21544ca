"""A partition's log on a stopped broker's disk, cut as a power failure cuts it."""

from pathlib import Path

# What Kafka keeps beside the records to be quick; without it the broker reads all of the log again.
BESIDE = (
    "*/*.index",
    "*/*.timeindex",
    "*/*.snapshot",
    "*/leader-epoch-checkpoint",
    "*-checkpoint",
    ".kafka_cleanshutdown",
)
LENGTH_AT, HEAD = 8, 12  # a batch: 8 bytes of its first offset, 4 bytes of the length of all that follows


def lose_last_batches(data: Path) -> None:
    """Cut the last batch off the log of every partition that is not Kafka's own."""
    for log in data.glob("*/*.log"):
        if not log.parent.name.startswith("__"):
            _cut(log)
    for pattern in BESIDE:
        for file in data.glob(pattern):
            if not file.parent.name.startswith("__"):
                file.unlink()


def _cut(log: Path) -> None:
    written = log.read_bytes()
    batch = after = 0
    while after + HEAD <= len(written):
        batch = after
        after += HEAD + int.from_bytes(written[batch + LENGTH_AT : batch + HEAD], "big")
    with log.open("r+b") as file:
        file.truncate(batch)
