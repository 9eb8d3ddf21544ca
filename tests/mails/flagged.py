"""Which flags the reader gives to generated mails that the generator did not put there."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from ingest_email.reading.interaction import mail_events, ours
from mails.generated import OURS, Sort, generated
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation

EXPECTED = {Sort.NEWSLETTER: {"newsletter"}, Sort.AUTO_REPLY: {"auto-reply"}, Sort.BOUNCE: {"bounce"}}
FLAGS = {
    "bounce", "delivery-report", "read-receipt", "complaint", "auto-reply", "out-of-office", "auto-generated",
    "newsletter", "list", "spoof-suspect", "misleading-name", "several-senders",
}  # fmt: skip


def flagged_wrongly(count: int) -> Counter[tuple[Sort, frozenset[str]]]:
    """Return how many of so many mails have other flags than they should, by their sort and flags."""
    return Counter(
        (sort, flags)
        for sort, found in _read(count)
        if (flags := frozenset(f.name for f in found.flags) & FLAGS) != EXPECTED.get(sort, set())
    )


def _read(count: int) -> Iterator[tuple[Sort, InteractionEvent]]:
    organisation = Organisation(name="Example", domains=("example.ir",))
    own = ours([OURS], internal="skip", trusted=["mx.example.ir"])
    for one in generated(count):
        delivery = Delivery(UUID(int=1), "support-inbox", "imap", datetime(2026, 10, 4, tzinfo=UTC), one.raw)
        (found,) = mail_events(delivery, own, organisation)
        yield one.sort, found
