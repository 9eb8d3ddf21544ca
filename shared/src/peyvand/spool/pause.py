"""The patience of a drain whose bus is away."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """How long an absent bus is left alone: a jittered time that grows from the first to the most."""

    first: float = 0.25
    most: float = 5.0

    def seconds(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row."""
        grown: float = min(self.most, self.first * 1.5 ** min(failures, 20))
        return random.uniform(grown / 2, grown)  # noqa: S311 - jitter, not a secret
