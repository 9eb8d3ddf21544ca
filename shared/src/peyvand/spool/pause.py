"""The patience of a drain whose bus is away."""

from dataclasses import dataclass

from peyvand.back_off import jittered


@dataclass(frozen=True, slots=True)
class Pause:
    """How long an absent bus is left alone: a jittered time that grows from the first to the most."""

    first: float = 0.25
    most: float = 5.0

    def seconds(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row."""
        return jittered(failures, self.first, self.most)
