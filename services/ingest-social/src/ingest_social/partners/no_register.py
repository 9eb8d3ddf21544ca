"""The register of a process that has no database: it knows nothing, so that nobody is told that something is safe."""

from collections.abc import Sequence

from peyvand.errors import Unavailable
from peyvand.register import Claim, Fate, Noted, Standing

_WHY = "this service runs without a database, so it cannot tell what is known already: set DATABASE_URL"
_SECONDS = 60


class NoRegister:
    """A register that refuses; callers hear 503 and keep what they have."""

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Refuse."""
        del connector, claims
        raise Unavailable(_WHY, _SECONDS)

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Refuse."""
        del connector, noted, durable
        raise Unavailable(_WHY, _SECONDS)

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Refuse."""
        del connector, own_id
        raise Unavailable(_WHY, _SECONDS)

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Refuse."""
        del connector, key
        raise Unavailable(_WHY, _SECONDS)
