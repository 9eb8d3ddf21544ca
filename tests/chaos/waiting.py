"""Waiting for what is asked of a busy product: now and then, so that the asking is no load of its own."""

import time
from collections.abc import Callable

PAUSE = 0.3


def wait_calmly(happened: Callable[[], bool], what: str, seconds: float) -> None:
    """Return once it happened. Raises TimeoutError, naming what did not happen."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(PAUSE)
