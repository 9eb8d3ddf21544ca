"""How long a connector waits after a failure: for its source longer and longer, for us a few seconds."""

import random
from dataclasses import dataclass

from peyvand.errors import SignInFailed, SourceStopped, Unavailable


@dataclass(frozen=True, slots=True)
class BackOff:
    """Full jitter over a delay that grows by half up to a cap; a refused sign-in waits longest.

    Our own database or bus is asked again soon, however long it was away: nobody is hammered, and every source waits.
    """

    first: float = 1.0
    most: float = 300.0
    ours: float = 10.0
    refused: float = 300.0

    def of_source(self, failures: int, error: Exception) -> float:
        """Return how long to wait after so many failures in a row."""
        if isinstance(error, SignInFailed | SourceStopped):
            return self.refused
        asked = error.retry_after if isinstance(error, Unavailable) and error.retry_after > 5 else 0
        return asked + self._grown(failures, self.most)

    def of_ours(self, failures: int, error: Exception) -> float:
        """Return how long to wait for what is not the source's doing."""
        return self.refused if isinstance(error, SourceStopped) else self._grown(failures, min(self.ours, self.most))

    def _grown(self, failures: int, most: float) -> float:
        grown: float = min(most, self.first * 1.5 ** min(failures, 20))
        return random.uniform(grown / 2, grown)  # noqa: S311 - jitter, not a secret
