"""Free ports on loopback, and waiting for what listens there."""

import os
import random
import socket
import time
from collections.abc import Callable, Iterator

HOST = "127.0.0.1"
# Below those that systems give to outgoing connections, which would take a port between its choice and its use; and
# above the last that browsers refuse to open, 10080.
LOWEST, HIGHEST, EACH = 10_100, 31_100, 1_000


def free_port() -> int:
    """Return a port on which nothing listens, and which this process, and the others of this run, have not given."""
    for port in _PORTS:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise AssertionError("ports never end")


def _ports() -> Iterator[int]:
    """Give the ports of this process's share again and again, beginning anywhere: another run may go on beside."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    shares = (HIGHEST - LOWEST) // EACH
    first = LOWEST + EACH * (int(worker) % (shares - 1) if worker.isdecimal() else shares - 1)
    place = random.randrange(EACH)
    while True:
        yield first + place
        place = (place + 1) % EACH


_PORTS = _ports()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Return once it happened. Raises TimeoutError, naming what did not happen."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)
