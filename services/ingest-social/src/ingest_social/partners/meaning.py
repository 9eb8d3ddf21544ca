"""What a partner's event means: one event of ours."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from pydantic import ValidationError

from ingest_social.partners.account import PartnerAccount
from ingest_social.partners.chat import place_of
from ingest_social.partners.envelope import JSON, Row, opened
from ingest_social.partners.money import money
from ingest_social.partners.people import Speaking, people
from ingest_social.partners.submitted import Event, Line
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault
from peyvand.event import (
    Call,
    CallResult,
    Direction,
    Flag,
    Form,
    InteractionEvent,
    Kind,
    Purchase,
    event,
)  # fmt: skip
from peyvand.identity import Organisation
from peyvand.source import unreadable

_BLOCKS = ("form", "purchase", "call")
_USUAL = {
    "form": Direction.INBOUND,
    "purchase": Direction.INBOUND,
    "meeting": Direction.INTERNAL,
    "note": Direction.INTERNAL,
}


def normalise(delivery: Delivery, account: PartnerAccount, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a request's events; raises BadPayload with a pointer for everything that is wrong in any row."""
    found: list[InteractionEvent] = []
    faults: list[Fault] = []
    for row in opened(delivery.headers.get("content-type", JSON), delivery.body).rows:
        try:
            found.append(meant(row, delivery, account, organisation))
        except BadPayload as error:
            faults += error.faults
    if faults:
        raise told(faults)
    return found


def told(faults: Sequence[Fault]) -> BadPayload:
    """Return what is wrong as one error."""
    return BadPayload("; ".join(f"{f.pointer or '/'}: {f.why}" for f in faults[:5]), faults)


def meant(row: Row, delivery: Delivery, account: PartnerAccount, organisation: Organisation) -> InteractionEvent:
    """Return what one row means; raises BadPayload whose pointers lead into the body that came."""
    try:
        if row.fault:
            raise BadPayload(row.fault.why, [row.fault])
        return _event(submitted(row), delivery, Speaking(organisation, account.crm or delivery.connector))
    except BadPayload as error:
        raise told([Fault(row.at(f.pointer), f.why) for f in error.faults]) from error


def submitted(row: Row) -> Event:
    """Return a row as checked against our contract; raises BadPayload."""
    try:
        return Event.model_validate(row.said)
    except ValidationError as error:
        raise unreadable(error) from error


def direction_of(said: Event) -> Direction:
    """Return who wrote or called; raises BadPayload where only the partner can know."""
    direction = said.direction or _USUAL.get(said.type)
    if direction is None:
        raise told([Fault("/direction", f"is missing: who wrote or called cannot be told of a {said.type}")])
    return direction


def _event(said: Event, delivery: Delivery, speaking: Speaking) -> InteractionEvent:
    _require_fitting(said)
    direction, place = direction_of(said), place_of(said, delivery)
    return event(
        delivery,
        speaking.organisation,
        key=place.key,
        family=place.family,
        kind=Kind(said.type),
        direction=direction,
        occurred_at=said.occurred_at and said.occurred_at.astimezone(UTC),
        source_revision=said.revision,
        parties=people(said, direction, speaking),
        message_key=place.message_key,
        replies_to=place.replies_to,
        conversation=place.conversation,
        subject=said.subject,
        text=said.text,
        flags=(Flag(name="imported", why="the partner says that it is history"),) if said.imported else (),
        **_blocks(said),
    )


def _require_fitting(said: Event) -> None:
    """Return when an event holds what its type needs, and nothing of another's; raises BadPayload."""
    faults = [
        Fault(f"/{name}", f"belongs to an event of type {name}")
        for name in _BLOCKS
        if getattr(said, name) is not None and name != said.type
    ]
    if said.type in ("purchase", "call") and getattr(said, said.type) is None:
        faults.append(Fault(f"/{said.type}", "is missing"))
    if said.type == "form" and not (said.form or said.text):
        faults.append(Fault("/form", "is missing, or text"))
    if said.type in ("message", "meeting", "note") and not (said.text or said.subject):
        faults.append(Fault("/text", "is missing"))
    if faults:
        raise told(faults)


def _blocks(said: Event) -> dict[str, Any]:
    """Return what only some types have, in our own shapes."""
    found: dict[str, Any] = {}
    if said.form:
        fields = tuple((name, text) for name, value in said.form.fields.items() if (text := _written(value)))
        found["form"] = Form(name=said.form.name, page=said.form.page, fields=fields)
    if said.purchase:
        total, currency = money(said.purchase.total, said.purchase.currency)
        bought = tuple(_line(line) for line in said.purchase.lines)
        found["purchase"] = Purchase(
            number=said.purchase.number, state=said.purchase.state, total=total, currency=currency, lines=bought
        )
    if said.call:
        found["call"] = _call(said)
    return found


def _call(said: Event) -> Call:
    assert said.call is not None
    told = said.call
    return Call(
        leg=said.id,
        started_at=said.occurred_at and said.occurred_at.astimezone(UTC),
        result=CallResult(told.result),
        wait_seconds=told.wait_seconds,
        talk_seconds=told.talk_seconds,
        queue=told.queue,
        agent=said.agent,
        extension=told.extension,
        recording=told.recording,
    )


def _line(line: str | Line) -> str:
    if isinstance(line, str):
        return line
    return line.name if line.quantity is None else f"{line.quantity.normalize():f} × {line.name}"


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return ", ".join(filter(None, map(_written, value)))
        case _:
            return str(value)
