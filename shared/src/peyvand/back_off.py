"""How long a connector waits after a failure: for its source longer and longer, for us a few seconds."""

import random
from dataclasses import dataclass

from peyvand.errors import NotSignedIn, SignInFailed, Unavailable


def jittered(failures: int, first: float, most: float) -> float:
    """Return how long to wait after so many failures in a row: half to all of a time that grows by half, up to most."""
    grown: float = min(most, first * 1.5 ** min(failures, 20))
    return random.uniform(grown / 2, grown)  # noqa: S311 - jitter, not a secret


@dataclass(frozen=True, slots=True)
class BackOff:
    """Full jitter over a delay that grows by half up to a cap; a refused sign-in waits longest.

    Providers lock accounts at which a wrong password is tried again and again, so that wait doubles. Where a person has
    to sign in first, the source is not even asked, and whether somebody did is looked at often.

    Our own database or bus is asked again soon, however long it was away: nobody is hammered, and every source waits.
    """

    first: float = 1.0
    most: float = 300.0
    ours: float = 10.0
    refused: float = 300.0
    most_refused: float = 3600.0
    signed_out: float = 20.0

    def of_source(self, failures: int, error: Exception) -> float:
        """Return how long to wait after so many failures in a row."""
        if isinstance(error, NotSignedIn):
            return min(self.signed_out, self.refused)
        if isinstance(error, SignInFailed):
            return min(self.most_refused, self.refused * 2.0 ** min(failures, 20))
        asked = error.retry_after if isinstance(error, Unavailable) and error.retry_after > 5 else 0
        return asked + jittered(failures, self.first, self.most)

    def of_ours(self, failures: int) -> float:
        """Return how long to wait for what is not the source's doing."""
        return jittered(failures, self.first, min(self.ours, self.most))
