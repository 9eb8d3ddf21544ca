"""One row of a call, read: what it means, or why its caller is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from ingest_social.partners.account import Key, PartnerAccount
from ingest_social.partners.answer import FORBIDDEN, UNREADABLE, Answer, refused
from ingest_social.partners.envelope import JSON, Row
from ingest_social.partners.meaning import meant
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.register import Standing
from peyvand.webhook import Hook


@dataclass(frozen=True, slots=True)
class Call:
    """A proved request: the whole of it as a delivery, its connector, and the key that came along."""

    delivery: Delivery
    hook: Hook
    key: Key

    @property
    def account(self) -> PartnerAccount:
        """Return the partner as peyvand.yaml names it."""
        assert isinstance(self.hook.settings, PartnerAccount)
        return self.hook.settings

    @property
    def connector(self) -> str:
        """Return the connector's name."""
        return self.delivery.connector


@dataclass(frozen=True, slots=True)
class Read:
    """A row and its delivery's reading; `refused` says why it is not taken."""

    row: Row
    reading: Reading
    refused: Answer | None = None


def read_row(call: Call, row: Row, made: UUID, organisation: Organisation, *, as_it_came: bool) -> Read:
    """Read a row; as it came, its delivery has the very bytes of the call."""
    delivery = replace(call.delivery, id=made)
    if not as_it_came:
        headers: Mapping[str, str] = {**call.delivery.headers, "content-type": JSON}
        delivery = replace(delivery, body=row.body, headers=headers)
    try:
        event = meant(row, delivery, call.account, organisation)
    except BadPayload as error:
        return Read(row, Reading(delivery), refused(row.id, UNREADABLE, str(error), error.faults))
    except Exception as error:  # noqa: BLE001 - a fault of ours in reading costs nobody the event: it is kept
        return Read(row, Reading(delivery, kept=f"the partner normaliser failed: {type(error).__name__}"))
    return Read(row, Reading(delivery, events=(event,)), _outside(call.key, event, row))


def as_standing(read: Read, standing: Standing, call: Call, organisation: Organisation) -> Reading:
    """Return a reading as of the delivery that claimed its id first, so that bringing it again adds nothing."""
    claim, delivery = standing.claim, read.reading.delivery
    if claim.delivery_id == delivery.id:
        return read.reading
    known = replace(delivery, id=claim.delivery_id, received_at=claim.received_at)
    if read.reading.kept is not None:
        return replace(read.reading, delivery=known)
    return Reading(known, events=(meant(read.row, known, call.account, organisation),))


def _outside(key: Key, event: InteractionEvent, row: Row) -> Answer | None:
    """Return the refusal of what a key may not say."""
    if event.kind not in key.types:
        why = f"this key may not say anything of type {event.kind}; it may: {', '.join(key.types)}"
        return refused(row.id, FORBIDDEN, why, [Fault(row.at("/type"), why)])
    if event.direction not in key.directions:
        why = f"this key may not say anything {event.direction}; it may: {', '.join(key.directions)}"
        return refused(row.id, FORBIDDEN, why, [Fault(row.at("/direction"), why)])
    return None
