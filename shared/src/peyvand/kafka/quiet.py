"""aiokafka's log, which says the same hundred times a second while Kafka is away."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

# One line of a kind in as many seconds.
EVERY = 10.0


class Seldom(logging.Filter):
    """Lets a line of each kind pass now and then, with the number of those that were left out since."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__()
        self._every = every
        self._passed_at: dict[tuple[str, object], float] = {}
        self._left_out: dict[tuple[str, object], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is written."""
        kind, now = (record.name, record.msg), time.monotonic()
        if now - self._passed_at.get(kind, -self._every) < self._every:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        self._passed_at[kind] = now
        if left_out := self._left_out.pop(kind, 0):
            record.msg = f"{record.msg} (and {left_out} times since the last such line)"
        return True


@contextmanager
def quiet() -> Iterator[None]:
    """Rate-limit aiokafka's loggers; a filter holds for its own logger only, so each of them gets it."""
    seldom = Seldom()
    known = logging.Logger.manager.loggerDict
    loggers = [logging.getLogger(name) for name in known if name.partition(".")[0] == "aiokafka"]
    for logger in loggers:
        logger.addFilter(seldom)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(seldom)
