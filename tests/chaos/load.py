"""The load under which everything fails: every source at work in a thread of its own, until told to pause or end."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

# Or else thousands are written while there is nobody to take them.
PACE = 0.1
ENDING_SECONDS = 90


class Source(Protocol):
    """Somebody who sends."""

    def step(self) -> None:
        """Send the next one, and return when it is sent."""
        ...


class Sending(threading.Thread):
    """One source at work; between two steps it can be held."""

    def __init__(self, source: Source, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self.source, self.ending = source, ending
        self.stepping = threading.Lock()
        self.failed: Exception | None = None

    def run(self) -> None:
        while not self.ending.wait(PACE):
            with self.stepping:
                try:
                    self.source.step()
                except Exception as error:  # noqa: BLE001 - told to the test, which would else wait for nothing
                    self.failed = error
                    return


@dataclass(slots=True)
class Load:
    """All sources, sending while the load is on."""

    sources: Sequence[Source]
    _ending: threading.Event = field(default_factory=threading.Event)
    _sending: list[Sending] = field(default_factory=list)

    @contextmanager
    def on(self) -> Iterator["Load"]:
        """Send while the body runs; at its end every source has finished its last step."""
        self._sending = [Sending(source, self._ending) for source in self.sources]
        for sending in self._sending:
            sending.start()
        try:
            yield self
        finally:
            self._end()
        for sending in self._sending:
            if sending.failed is not None:
                raise sending.failed
            assert not sending.is_alive(), f"{sending.source} did not end its step"

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold every source between two steps while the body runs."""
        with ExitStack() as held:
            for sending in self._sending:
                held.enter_context(sending.stepping)
            yield

    def flow(self, seconds: float) -> None:
        """Let it flow for so long: the moment is what is tested, so it is waited for and not for a condition."""
        time.sleep(max(0.0, seconds))

    def _end(self) -> None:
        self._ending.set()
        deadline = time.monotonic() + ENDING_SECONDS
        for sending in self._sending:
            sending.join(max(0.0, deadline - time.monotonic()))
