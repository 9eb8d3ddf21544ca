"""A mailbox for a coroutine: its own thread, so that twenty mailboxes do not wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import Dropped, Refused, TokenRefused, unavailable
from peyvand.access import Access

P = ParamSpec("P")
R = TypeVar("R")


class Line:
    """Asks a mailbox on a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.mailbox = Mailbox(settings)
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imap")
        self._asking = False

    async def open(self, access: Access | None) -> None:
        """Sign in; a token that is refused is renewed once. Raises Unavailable or SignInFailed in plain words."""
        if access is None:
            await self.do(self.mailbox.open)
            return
        try:
            await self.do(self.mailbox.open, await access.token())
        except TokenRefused:
            await self.do(self.mailbox.open, await access.renewed())

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a blocking question answers; raises Unavailable or SignInFailed in plain words."""
        try:
            return await self.tried(work, *args, **kwargs)
        except Refused as error:
            raise unavailable(error.__cause__ or error, self._settings) from error

    async def tried(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what `do` does; raises Refused where the server says no, after which it may be asked on."""
        self._asking = True
        try:
            answer = await asyncio.wrap_future(self._thread.submit(work, *args, **kwargs))
        except Dropped as error:
            raise unavailable(error.__cause__ or error, self._settings) from error
        except Refused:
            self._asking = False
            raise
        self._asking = False
        return answer

    def close(self) -> None:
        """Log out when nothing is being asked; else cut the connection, which ends the question at once."""
        self.mailbox.cut(politely=not self._asking)
        self._thread.submit(self.mailbox.release)
        self._thread.shutdown(wait=False)


@asynccontextmanager
async def line(settings: Settings, access: Access | None = None) -> AsyncIterator[Line]:
    """Open a mailbox for as long as the block runs; raises Unavailable or SignInFailed."""
    opened = Line(settings)
    try:
        await opened.open(access)
        yield opened
    finally:
        opened.close()
