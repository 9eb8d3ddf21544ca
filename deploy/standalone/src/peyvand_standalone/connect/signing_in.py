"""Trying a connector's sign-in, with a deadline: what `connect` does once, and `check` for all side by side."""

import asyncio
from dataclasses import dataclass
from typing import Any

from peyvand.app import source_of, with_access
from peyvand.errors import PeyvandError, Unavailable
from peyvand.oauth import Accounts
from peyvand.settings import Connector
from peyvand.source import Check, ListenSource, PullSource
from peyvand_standalone.sources import SOURCES

DEADLINE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Trying:
    """How a sign-in is tried: how long it may take, with whose tokens, and whether others' webhooks are taken over."""

    seconds: float = DEADLINE_SECONDS
    accounts: Accounts | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a connector works, in one sentence."""

    connector: Connector
    works: bool
    said: str


async def signed_in(connector: Connector, trying: Trying = Trying()) -> str:
    """Return what the source says of the sign-in; raises SignInFailed, or Unavailable."""
    try:
        return await asyncio.wait_for(_try(connector, trying)(connector.settings), trying.seconds)
    except TimeoutError as error:
        raise Unavailable(
            f"no answer within {trying.seconds:g} s; is the address right, and is a proxy needed?"
        ) from error


async def outcome(connector: Connector, trying: Trying) -> Outcome:
    """Return how the sign-in went, whatever the source does."""
    try:
        return Outcome(connector, True, await signed_in(connector, trying))
    except PeyvandError as error:
        return Outcome(connector, False, str(error))
    except Exception as error:  # noqa: BLE001 - one source's fault must not hide what the others say
        return Outcome(connector, False, f"an unexpected {type(error).__name__}")


def _try(connector: Connector, trying: Trying) -> Check[Any]:
    source = source_of(connector, SOURCES)
    if isinstance(source, PullSource):
        source = with_access(connector, source, trying.accounts)
    if trying.take_over and not isinstance(source, ListenSource) and source.take_over is not None:
        return source.take_over
    return source.check
