"""A mail that came inside another delivery: the same delivery, as if the mail alone had been handed over."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from peyvand.delivery import Delivery
from peyvand.event import Flag, InteractionEvent
from peyvand.source import IMPORTED

ENVELOPE_FROM = "envelope-from"
ENVELOPE_TO = "envelope-to"


def letter(delivery: Delivery, mail: bytes, sender: str = "", recipients: Iterable[str] = (), **said: str) -> Delivery:
    """Return the delivery of the mail itself: its bytes, its envelope, and what else is `said` of it, as headers.

    Nothing else of the outer headers stays: what a caller wrote there must not pass for what a mailbox says.
    """
    headers = {**said, **({IMPORTED: delivery.headers[IMPORTED]} if IMPORTED in delivery.headers else {})}
    if sender.strip("<> "):
        headers[ENVELOPE_FROM] = sender.strip("<> ")
    if to := ", ".join(dict.fromkeys(r.strip("<> ") for r in recipients if r.strip("<> "))):
        headers[ENVELOPE_TO] = to
    return replace(delivery, body=mail, headers=headers)


def in_part(events: Sequence[InteractionEvent], why: str) -> list[InteractionEvent]:
    """Return events that say that not all of the mail is here, and where the rest is."""
    return [e.model_copy(update={"flags": (*e.flags, Flag(name="partial", why=why))}) for e in events]
