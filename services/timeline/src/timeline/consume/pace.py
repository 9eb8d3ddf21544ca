"""How long the consumer waits for what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds.

    `most_wait` is the longest that a batch waits for the database before it is fetched anew; well below `most_poll`,
    after which the group takes a worker for dead that has fetched nothing. `most_idle` is how long a worker may have
    something to fetch and fetch nothing before it is started again.
    """

    first_pause: float = 0.05
    longest_pause: float = 5.0
    broken_pause: float = 30.0
    most_wait: float = 120.0
    most_poll: float = 300.0
    most_idle: float = 60.0
    most_rebalance: float = 15.0
    graceful: float = 15.0
    look: float = 2.0
    answer: float = 5.0


PACE = Pace()
