"""One account, for as long as its connection lasts: every folder in turn, then the wait for news.

What was there before a mailbox was connected, and what came while we were away, are gaps in what was read. They are
read a few seconds at a time, the newest first, and between that every folder is looked at: a million old mails do not
keep today's waiting.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from ingest_email.imap.folders import SENT, Choice, Folder, chosen
from ingest_email.imap.line import Line
from ingest_email.imap.listing import listed, statuses
from ingest_email.imap.mailbox import Standing
from ingest_email.imap.progress import Progress
from ingest_email.imap.seats import Seat
from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import Refused, not_now, unavailable
from ingest_email.imap.visit import Visits
from peyvand.source import Arrival, Batch

_LIST_SECONDS = 300.0
# The folder of sent mail may be made only when the first mail is sent.
_LIST_SOON_SECONDS = 30.0


@dataclass(slots=True)
class Sync:
    """What is known of the account's folders now."""

    settings: Settings
    asked: Line
    progress: Progress
    choice: Choice = field(default_factory=lambda: Choice(()))
    closed: dict[str, str] = field(default_factory=dict)
    list_at: float = 0.0
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        self.visits = Visits(self.settings, self.asked, self.progress)

    async def batches(self, seat: Seat) -> AsyncGenerator[Batch, None]:
        """Yield what is new, for ever, or until another mailbox waits for the connection."""
        while True:
            await self._list()
            watched, *others = reversed(self.choice.folders)
            due = [watched, *await self._changed(others)]
            for folder in due:
                async with aclosing(self._visited(folder)) as came:
                    async for arrivals in came:
                        yield self._batch(arrivals)
            yield self._batch(())
            if seat.wanted():
                return
            if len(due) == 1 and not self._behind():
                await self._rest()

    async def _visited(self, folder: Folder) -> AsyncGenerator[tuple[Arrival, ...], None]:
        """Yield what a folder brings; one that cannot be opened is told of, and keeps nobody from the others."""
        try:
            async with aclosing(self.visits.visit(folder)) as came:
                async for arrivals in came:
                    yield arrivals
            self.closed.pop(folder.name, None)
        except Refused as error:
            if folder == self.choice.folders[-1]:
                raise unavailable(error.__cause__ or error, self.settings) from error
            if later := not_now(str(error)):
                raise later from error
            self.closed[folder.name] = f"the folder {folder.name!r} cannot be opened: {str(error)[:200]}"
            self.list_at = 0.0

    async def _list(self) -> None:
        """Look which folders there are, now and then."""
        if time.monotonic() < self.list_at:
            return
        self.choice = chosen(await self.asked.do(listed, self.asked.mailbox), self.settings.folders)
        if not self.choice.folders:
            raise unavailable(Refused(self.choice.complaint() or "there is no folder to read"), self.settings)
        self.closed = {f.name: self.closed[f.name] for f in self.choice.folders if f.name in self.closed}
        whole = self.settings.folders is not None or any(f.special_use == SENT for f in self.choice.folders)
        self.list_at = time.monotonic() + (_LIST_SECONDS if whole else _LIST_SOON_SECONDS)

    async def _changed(self, others: Sequence[Folder]) -> list[Folder]:
        """Return folders that have something to read, as the server states it for all of them at once."""
        if not others:
            return []
        found = await self.asked.do(statuses, self.asked.mailbox, [f.name for f in others])
        if len(found) < len(others):
            self.list_at = 0.0
        return [f for f in others if f.name in found and self._differs(f.name, found[f.name])]

    def _differs(self, name: str, standing: Standing) -> bool:
        mark = self.progress.marks.get(name)
        if mark is None or mark.uidvalidity != standing.uidvalidity or standing.uidvalidity == 0:
            return True
        more = self.visits.gap(name) is not None or bool(mark.due(time.time()))
        return more or standing.uidnext != mark.uid + 1

    def _behind(self) -> bool:
        """Return whether some folder has more to read that may be fetched today."""
        return any(self.visits.gap(f.name) for f in self.choice.folders)

    def _batch(self, arrivals: tuple[Arrival, ...]) -> Batch:
        wrong = [self.choice.complaint(), *self.closed.values(), self._spent()]
        return Batch(arrivals, self.progress.cursor(), "; ".join(filter(None, wrong)) or None)

    def _spent(self) -> str | None:
        if self.settings.a_day is None or not self.visits.paused():
            return None
        most = f"{self.settings.a_day / 1e6:,.0f} MB"
        return f"what may be fetched of this mailbox in a day ({most}) is used up; older mail is read on tomorrow (UTC)"

    async def _rest(self) -> None:
        """Wait for news of the folder that is watched; the others are looked at when the time is over."""
        if self.settings.idle and await self.asked.do(self.asked.mailbox.can_idle):
            await self.asked.do(self.asked.mailbox.wait, self.settings.poll_seconds)
        else:
            await asyncio.sleep(self.settings.poll_seconds)
