"""Short messages as events, both ways: a line of ours at one end, somebody's number or name at the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, Party, Role, Status, event, party
from peyvand.identity import Handle, Organisation, Proof, phone, whatsapp_phone

FAMILY = "sms"
# The order of what becomes of a message of ours.
ORDER = {status: f"{rank}" for rank, status in enumerate(Status)}


class Wire(BaseModel):
    """What a panel says: more than we read, numbers as text or as numbers, and no value in any error."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True, populate_by_name=True
    )


def _or_none(value: object) -> object:
    return None if value in ("", 0, "0", "null") else value


# What is left out in one of the ways in which panels leave out.
Maybe = Annotated[str | None, BeforeValidator(_or_none)]


@dataclass(frozen=True, slots=True)
class Short:
    """One short message: `theirs` and `ours` as the panel writes them; `key` tells panel and direction."""

    key: str
    direction: Direction
    theirs: str
    ours: str
    text: str
    at: datetime | None
    family: str = FAMILY
    flags: tuple[Flag, ...] = ()
    name: str | None = None  # as they call themselves, where a messenger tells
    more: dict[str, Any] = field(default_factory=dict)


def written(delivery: Delivery, organisation: Organisation, short: Short) -> InteractionEvent:
    """Return a message that was written; one of us who writes to the company's line writes among us."""
    parties = _parties(short, organisation)
    return event(
        delivery,
        organisation,
        key=short.key,
        family=short.family,
        kind=Kind.MESSAGE,
        direction=Direction.INTERNAL if all(p.ours for p in parties) else short.direction,
        occurred_at=short.at,
        parties=parties,
        message_key=short.key,
        text=short.text or None,
        flags=short.flags,
        **short.more,
    )


def became(delivery: Delivery, organisation: Organisation, short: Short, status: Status) -> InteractionEvent:
    """Return what became of a message of ours."""
    return event(
        delivery,
        organisation,
        key=short.key,
        family=short.family,
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND,
        occurred_at=short.at,
        change=Change.STATUS,
        change_key=status,
        order=ORDER[status],
        parties=_parties(short, organisation),
        status=status,
    )


def number(written: str, organisation: Organisation) -> Handle | None:
    """Return the handle of a sender or recipient: short codes, panels' lines and senders' names are nobody's number."""
    if written.startswith("whatsapp:"):
        return whatsapp_phone(written)
    if any(c.isalpha() for c in written):  # a name may hold digits, and letters stand for digits on a keypad
        return None
    return phone(written, organisation.region, Proof.VIA)


def required(theirs: str | None) -> str:
    """Return who is at the other end; raises BadPayload when nobody is named."""
    if not theirs or not theirs.strip():
        raise BadPayload("a message without a number at its other end")
    return theirs.strip()


def _parties(short: Short, organisation: Organisation) -> Sequence[Party]:
    inbound = short.direction is Direction.INBOUND
    them, us = number(short.theirs, organisation), number(short.ours, organisation)
    called = short.name or (None if them else short.theirs.strip()[:100])
    other = party(Role.FROM if inbound else Role.TO, [them], organisation, called)
    if not short.ours.strip():
        return (other,)
    line = party(Role.TO if inbound else Role.FROM, [us], organisation, None if us else short.ours.strip()[:100],
                 ours=True)  # fmt: skip
    return (other, line) if inbound else (line, other)
