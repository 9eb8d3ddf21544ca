"""What a mail is beside what it says, each with its reason: a machine's answer, a newsletter, a report."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.answers import answers
from ingest_email.reading.marks.bounces import bounce
from ingest_email.reading.marks.complaints import complaint
from ingest_email.reading.marks.lists import lists
from ingest_email.reading.marks.receipts import receipt
from peyvand.event import Flag, Report

# What a mail server wrote: its sender is nobody.
_BY_SERVERS = frozenset({"bounce", "delivery-report", "complaint"})


@dataclass(frozen=True, slots=True)
class Marks:
    """Flags with their reasons, and what a report reports."""

    flags: tuple[Flag, ...]
    report: Report | None = None

    @property
    def by_server(self) -> bool:
        """Return whether a mail server wrote it, of whatever mailbox it bears the name."""
        return any(flag.name in _BY_SERVERS for flag in self.flags)

    @property
    def by_list(self) -> bool:
        """Return whether it came by a discussion list."""
        return any(flag.name == "list" for flag in self.flags)


def marks(mail: Mail) -> Marks:
    """Return what is to be known of a mail; of a report only what it reports, which says more."""
    for rule in _REPORTS:
        found = rule(mail)
        if found is not None:
            return Marks((found[0],), found[1])
    return Marks((*answers(mail), *lists(mail.root.headers)))


_REPORTS: tuple[Callable[[Mail], tuple[Flag, Report | None] | None], ...] = (complaint, receipt, bounce)
