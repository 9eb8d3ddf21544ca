"""Opening what may be away when a process starts: waited for in words, unless it can never be opened."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from peyvand.errors import PeyvandError, Unavailable
from timeline.door import Door

T = TypeVar("T")
log = structlog.get_logger("timeline.opening")

FIRST_SECONDS, MOST_SECONDS = 0.2, 10.0
# Of PostgreSQL's states: a name or password that is not accepted, and a database that does not exist.
REFUSED = ("28", "3D")


class NeverOpens(PeyvandError):
    """The database refuses us, and would the next time too; the message says what it said."""


async def patiently(open_: Callable[[], Awaitable[T]], door: Door, ended: asyncio.Task[None]) -> T | None:
    """Return what is opened, or None when the process has been told to end first; raises NeverOpens."""
    opening = asyncio.create_task(_opened(open_, door))
    await asyncio.wait({opening, ended}, return_when=asyncio.FIRST_COMPLETED)
    if opening.done():
        return opening.result()
    opening.cancel()
    await asyncio.wait({opening})
    return None


async def _opened(open_: Callable[[], Awaitable[T]], door: Door) -> T:
    wait = FIRST_SECONDS
    while True:
        try:
            return await open_()
        except Unavailable as error:
            if _is_refusal(error):
                raise NeverOpens(f"the database cannot be opened: {error}") from error
            door.why = f"the database cannot be opened yet: {error}"
            log.warning("waiting for the database", error=str(error), wait=round(wait, 1))
        except PeyvandError:
            raise
        except Exception as error:
            raise NeverOpens(f"the database cannot be opened: {_first_line(error)}") from error
        await asyncio.sleep(random.uniform(wait / 2, wait))  # noqa: S311 - jitter, not a secret
        wait = min(wait * 2, MOST_SECONDS)


def _is_refusal(error: BaseException) -> bool:
    """Return whether PostgreSQL itself answered, and what it refuses is what we are configured with."""
    cause: BaseException | None = error
    while cause is not None:
        if str(getattr(cause, "sqlstate", None) or "").startswith(REFUSED):
            return True
        cause = cause.__cause__
    return False


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
