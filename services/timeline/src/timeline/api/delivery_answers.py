"""What the API answers with about deliveries."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from timeline.api import examples
from timeline.api.answers import EvidenceAnswer
from timeline.deliveries import Accounted, Arrived, DeliveryPage, Outcome


class ArrivedAnswer(BaseModel):
    """A delivery and what became of it: the `rule` that skipped it, or `why` it is kept for repair.

    `size` is null when the body is in the blob store as `body_ref`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ARRIVED]})

    id: UUID
    connector: str
    channel: str
    received_at: datetime
    outcome: Outcome
    rule: str | None
    why: str | None
    size: int | None
    body_ref: str | None

    @classmethod
    def of(cls, line: Arrived) -> "ArrivedAnswer":
        return cls(
            id=line.id, connector=line.connector, channel=line.channel, received_at=line.received_at,
            outcome=Outcome(line.outcome), rule=line.rule, why=line.why, size=line.size, body_ref=line.body_ref,
        )  # fmt: skip


class DeliveriesAnswer(BaseModel):
    """A page of deliveries, newest first; `older` is the cursor of the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DELIVERIES]})

    deliveries: tuple[ArrivedAnswer, ...]
    older: str | None

    @classmethod
    def of(cls, page: DeliveryPage) -> "DeliveriesAnswer":
        return cls(deliveries=tuple(ArrivedAnswer.of(line) for line in page.deliveries), older=page.older)


class StandingAnswer(EvidenceAnswer):
    """An event that stands because of the delivery, and the interaction that it is part of."""

    interaction_id: UUID


class DeliveryAnswer(ArrivedAnswer):
    """A delivery without its body: where it came to, with which headers, and the events that stand because of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DELIVERY]})

    method: str
    url: str
    headers: dict[str, str]
    raw: str
    events: tuple[StandingAnswer, ...]

    @classmethod
    def of(cls, found: Accounted) -> "DeliveryAnswer":  # type: ignore[override] # a delivery, not a line of a list
        sent = found.delivery
        return cls(
            **ArrivedAnswer.of(found.line).model_dump(),
            method=sent.method,
            url=sent.url,
            headers=dict(sent.headers),
            raw=f"/v1/deliveries/{sent.id}/raw",
            events=tuple(StandingAnswer.of(e) for e in found.events),
        )
