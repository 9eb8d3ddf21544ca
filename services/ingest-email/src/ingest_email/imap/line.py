"""A mailbox for a coroutine: its own thread, so that twenty mailboxes do not wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import Dropped, Refused, unavailable

P = ParamSpec("P")
R = TypeVar("R")


class Line:
    """Asks a mailbox on a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.mailbox = Mailbox(settings)
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        self._asking = False

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a blocking question answers; raises Unavailable or SignInFailed in plain words."""
        self._asking = True
        try:
            asked = self._thread.submit(work, *args, **kwargs)
            answer = await asyncio.wrap_future(asked)
        except (Dropped, Refused) as error:
            raise unavailable(error.__cause__ or error, self._settings) from error
        self._asking = False
        return answer

    def close(self) -> None:
        """Log out when nothing is being asked; else cut the connection, which ends the question at once."""
        self.mailbox.cut(politely=not self._asking)
        self._thread.submit(self.mailbox.release)
        self._thread.shutdown(wait=False)


@asynccontextmanager
async def line(settings: Settings) -> AsyncIterator[Line]:
    """Open a mailbox for as long as the block runs; raises Unavailable or SignInFailed."""
    opened = Line(settings)
    try:
        await opened.do(opened.mailbox.open)
        yield opened
    finally:
        opened.close()
