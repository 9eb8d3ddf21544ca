"""How often a key may be used: so many requests within so many seconds, counted in windows of that length.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (revision 10)
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_WRITTEN = re.compile(r"([0-9]{1,9}) */ *(second|minute|hour|day)\Z")


class Limit(BaseModel):
    """So many requests in so many seconds; written as 600/minute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=1)]
    seconds: int

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, written: Any) -> Any:
        if not isinstance(written, str):
            return written
        found = _WRITTEN.match(written.strip())
        if found is None:
            raise ValueError("is no limit; one looks like 600/minute (second, minute, hour, day)")
        return {"count": int(found[1]), "seconds": UNITS[found[2]]}


@dataclass(slots=True)
class _Window:
    """How many came since it began, in seconds of the clock that counts."""

    began: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left for a key: the headers that say so, and the seconds to wait when there is nothing."""

    headers: dict[str, str]
    wait: int | None = None


@dataclass(slots=True)
class Counting:
    """Counts the requests of each key in this process; `now` is a clock that never goes back, in seconds."""

    now: Callable[[], float]
    _windows: dict[tuple[str, Limit], _Window] = field(default_factory=dict)

    def take(self, name: str, limits: Sequence[Limit]) -> Allowance:
        """Count one request, unless a limit is used up."""
        now = self.now()
        windows = [(limit, self._window(name, limit, now)) for limit in limits]
        full = [(limit, window) for limit, window in windows if window.used >= limit.count]
        if not full:
            for _, window in windows:
                window.used += 1
        left = [
            (f"{limit.count}-{limit.seconds}s", limit.count - window.used, _left(limit, window, now), limit)
            for limit, window in windows
        ]
        headers = {
            "RateLimit-Policy": ", ".join(
                f'"{called}";q={limit.count};w={limit.seconds}' for called, _, _, limit in left
            ),
            "RateLimit": ", ".join(f'"{called}";r={rest};t={seconds}' for called, rest, seconds, _ in left),
        }
        wait = max((_left(limit, window, now) for limit, window in full), default=None)
        return Allowance(headers, wait)

    def _window(self, name: str, limit: Limit, now: float) -> _Window:
        window = self._windows.get((name, limit))
        if window is None or now >= window.began + limit.seconds:
            window = self._windows[name, limit] = _Window(now)
        return window


def _left(limit: Limit, window: _Window, now: float) -> int:
    return max(1, math.ceil(window.began + limit.seconds - now))
