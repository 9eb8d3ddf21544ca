"""One turn of one folder: what is not read of it, the newest first, for a few seconds."""

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from ingest_email.imap.allowance import affordable
from ingest_email.imap.arrivals import Place, place
from ingest_email.imap.download import downloaded
from ingest_email.imap.fetched import Fetched
from ingest_email.imap.folders import Folder
from ingest_email.imap.line import Line
from ingest_email.imap.marks import Mark, continued
from ingest_email.imap.plan import planned
from ingest_email.imap.progress import Progress
from ingest_email.imap.questions import Head, top
from ingest_email.imap.settings import Settings
from ingest_email.imap.slices import Slice, again, newest, some
from ingest_email.imap.uids import Range
from peyvand.source import Arrival

# For how long one folder is read before the others are looked at.
TURN_SECONDS = 5.0
# Where UIDs mean nothing in the next session, mail of so many days is read again.
_DAYS_AGAIN = timedelta(days=2)


@dataclass(slots=True)
class Visits:
    """Turns of the folders of one account, over one connection."""

    settings: Settings
    asked: Line
    progress: Progress
    _paused: dict[str, tuple[date, int]] = field(default_factory=dict)
    _since: dict[str, date | None] = field(default_factory=dict)

    async def visit(self, folder: Folder) -> AsyncGenerator[tuple[Arrival, ...], None]:
        """Yield what has not been read, and move the folder's mark with it; raises Refused when it cannot be opened."""
        marks, until = self.progress.marks, time.monotonic() + TURN_SECONDS
        mark = marks[folder.name] = await self._opened(folder)
        where = place(self.settings, folder, mark.uidvalidity)
        if due := mark.due(time.time()):
            yield where.arrivals(self._settled_again(folder, due, await self.asked.do(again, self.asked.mailbox, due)))
        while gap := self.gap(folder.name):
            async for arrivals in self._slice(where, gap, until):
                yield arrivals
            if time.monotonic() >= until:
                break
        if not marks[folder.name].gaps and mark.uidvalidity == 0:
            marks[folder.name] = replace(marks[folder.name], day=_now().date())

    def gap(self, name: str) -> Range | None:
        """Return the newest gap of a folder that may be read today."""
        mark = self.progress.marks.get(name)
        if mark is None or not mark.gaps:
            return None
        low, high = mark.gaps[-1]
        day, below = self._paused.get(name, (date.min, 0))
        low = max(low, below + 1) if day == _now().date() else low
        return (low, high) if low <= high else None

    def paused(self) -> bool:
        """Return whether something has to wait until tomorrow."""
        return any(day == _now().date() for day, _ in self._paused.values())

    async def _opened(self, folder: Folder) -> Mark:
        """Return the folder's mark, with all that has come since as a gap."""
        mailbox, known = self.asked.mailbox, self.progress.marks.get(folder.name)
        if mailbox.selected is not None and mailbox.selected[0] == folder:
            await self.asked.do(mailbox.look)
            mark = continued(known, mailbox.selected[1].uidvalidity, None)
            return mark.reaching(await self.asked.do(top, mailbox))
        standing = await self.asked.tried(mailbox.examine, folder)
        highest = (standing.uidnext or 0) - 1
        # it was put back to an older state; or the server gives no UIDNEXT, or a wrong one
        if highest < (known.uid if known else 0):
            highest = await self.asked.do(top, mailbox)
        mark = continued(known, standing.uidvalidity, highest + 1 if standing.uidnext else None)
        return self._in_this_session(folder, mark).reaching(highest)

    def _in_this_session(self, folder: Folder, mark: Mark) -> Mark:
        """Return the mark to go on from where UIDs mean nothing in another session (UIDVALIDITY is 0 or missing)."""
        if mark.uidvalidity != 0 or folder.name in self._since:
            return mark
        self._since[folder.name] = mark.day - _DAYS_AGAIN if mark.day else None
        return Mark(0, day=mark.day)

    async def _slice(self, where: Place, gap: Range, until: float) -> AsyncGenerator[tuple[Arrival, ...], None]:
        """Yield the newest of a gap."""
        name, marks = where.folder.name, self.progress.marks
        since = max(filter(None, (self.settings.since, self._since.get(name))), default=None)
        part = await self.asked.do(newest, self.asked.mailbox, gap, since)
        wanted = self._affordable(name, part.heads)
        covered = _covered(part)
        marks[name] = marks[name].read(max(covered, default=part.low - 1) + 1, part.high)
        if part.failed:
            yield where.arrivals(self._settled(name, part.failed, covered))
        groups = planned(wanted, self.settings.max_message)
        coming = downloaded(self.asked.mailbox, groups, until)
        while came := await self.asked.do(some, coming):
            yield where.arrivals(self._settled(name, came, covered))
        if next(groups, None) is None and len(wanted) == len(part.heads):
            marks[name] = marks[name].read(part.low, part.high)

    def _affordable(self, name: str, heads: Sequence[Head]) -> list[Head]:
        """Return mails that may be fetched today; those below them wait until tomorrow."""
        a_day, largest = self.settings.a_day, self.settings.max_message
        wanted = affordable(heads, a_day, self.progress.spent, largest, _now())
        if len(wanted) < len(heads):
            self._paused[name] = (_now().date(), heads[len(heads) - len(wanted) - 1].uid)
        return wanted

    def _settled(self, name: str, came: Sequence[Fetched], covered: dict[int, int]) -> Sequence[Fetched]:
        """Return what came, and take it out of the gaps; what could not be had is asked for again tomorrow."""
        mark = self.progress.marks[name]
        for mail in came:
            mark = mark.read(covered[mail.uid], mail.uid)
            if mail.error is not None:
                mark = mark.holding(mail.uid, time.time())
        self.progress.marks[name] = mark
        self._count(came)
        return came

    def _settled_again(self, folder: Folder, due: Sequence[int], came: Sequence[Fetched]) -> list[Fetched]:
        """Return what came at last; what is gone is forgotten, and what still cannot be had was told of already."""
        mark, had = self.progress.marks[folder.name], [mail for mail in came if mail.error is None]
        for uid in due:
            mark = mark.released(uid)
        for mail in came:
            if mail.error is not None:
                mark = mark.holding(mail.uid, time.time())
        self.progress.marks[folder.name] = mark
        self._count(had)
        return had

    def _count(self, came: Sequence[Fetched]) -> None:
        if self.settings.a_day is not None:
            self.progress.spent = self.progress.spent.plus(sum(len(m.body) for m in came), _now().date())


def _covered(part: Slice) -> dict[int, int]:
    """Return for each mail the UID from which on nothing lies before it, so that reading it closes that too."""
    uids = sorted([h.uid for h in part.heads] + [f.uid for f in part.failed])
    return dict(zip(uids, [part.low, *(uid + 1 for uid in uids)], strict=False))


def _now() -> datetime:
    return datetime.now(UTC)
