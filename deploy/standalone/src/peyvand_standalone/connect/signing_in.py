"""Trying a connector's sign-in, with a deadline: what `connect` does once, and `check` for all side by side."""

import asyncio
from dataclasses import dataclass

from peyvand.app import source_of, with_access
from peyvand.errors import PeyvandError, Unavailable
from peyvand.oauth import Accounts
from peyvand.settings import Connector
from peyvand.source import PullSource
from peyvand_standalone.sources import SOURCES

DEADLINE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a connector works, in one sentence."""

    connector: Connector
    works: bool
    said: str


async def signed_in(connector: Connector, seconds: float = DEADLINE_SECONDS, accounts: Accounts | None = None) -> str:
    """Return what the source says of the sign-in; raises SignInFailed, or Unavailable."""
    source = source_of(connector, SOURCES)
    if isinstance(source, PullSource):
        source = with_access(connector, source, accounts)
    try:
        return await asyncio.wait_for(source.check(connector.settings), seconds)
    except TimeoutError as error:
        raise Unavailable(f"no answer within {seconds:g} s; is the address right, and is a proxy needed?") from error


async def outcome(connector: Connector, seconds: float = DEADLINE_SECONDS, accounts: Accounts | None = None) -> Outcome:
    """Return how the sign-in went, whatever the source does."""
    try:
        return Outcome(connector, True, await signed_in(connector, seconds, accounts))
    except PeyvandError as error:
        return Outcome(connector, False, str(error))
    except Exception as error:  # noqa: BLE001 - one source's fault must not hide what the others say
        return Outcome(connector, False, f"an unexpected {type(error).__name__}")
