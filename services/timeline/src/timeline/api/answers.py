"""What the API answers with."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from peyvand.errands import Waiting
from peyvand.event import Change, Clock, InteractionEvent
from peyvand.identity import Proof
from timeline.api import examples
from timeline.folds.call_backs import CallsAround
from timeline.folds.interaction import Interaction
from timeline.placing import Placing
from timeline.ports import Customer, Health, Hit, KnownHandle, Page


class HandleAnswer(BaseModel):
    """A handle of a customer."""

    id: UUID
    kind: str
    scope: str
    value: str
    first_at: datetime
    names: tuple[str, ...]

    @classmethod
    def of(cls, handle: KnownHandle) -> "HandleAnswer":
        return cls(
            id=handle.id, kind=handle.kind, scope=handle.scope, value=handle.value,
            first_at=handle.first_at, names=handle.names,
        )  # fmt: skip


class CustomerAnswer(BaseModel):
    """A customer as of now; `id` is today's, whichever id was asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CUSTOMER]})

    id: UUID
    name: str | None
    last_at: datetime | None
    handles: tuple[HandleAnswer, ...]
    tags: tuple[str, ...] = ()
    not_a_customer: str | None = Field(None, description="spam, supplier or newsletter: hidden from lists and search.")

    @classmethod
    def of(cls, customer: Customer) -> "CustomerAnswer":
        return cls(
            id=customer.id, name=customer.name, last_at=customer.last_at,
            handles=tuple(HandleAnswer.of(h) for h in customer.handles), tags=customer.tags,
            not_a_customer=customer.not_a_customer,
        )  # fmt: skip


class HitAnswer(BaseModel):
    """A customer that was found: the line that matched, and the last interaction."""

    customer: CustomerAnswer
    line: str
    last: Interaction | None

    @classmethod
    def of(cls, hit: Hit) -> "HitAnswer":
        return cls(customer=CustomerAnswer.of(hit.customer), line=hit.line, last=hit.last)


class CustomersAnswer(BaseModel):
    """Customers, best or newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CUSTOMERS]})

    customers: tuple[HitAnswer, ...]

    @classmethod
    def of(cls, hits: Iterable[Hit]) -> "CustomersAnswer":
        return cls(customers=tuple(HitAnswer.of(hit) for hit in hits))


class TimelineAnswer(BaseModel):
    """A page of a timeline: `older` is the cursor of the next page; a stream that begins at `feed` leaves no gap."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TIMELINE]})

    entries: tuple[Interaction, ...]
    older: str | None
    feed: str

    @classmethod
    def of(cls, page: Page, feed: str) -> "TimelineAnswer":
        return cls(entries=page.entries, older=page.older, feed=feed)


class ThreadAnswer(BaseModel):
    """Messages that answer each other, the earliest first; of a very long conversation the nearest 500."""

    entries: tuple[Interaction, ...]


class CallsAnswer(BaseModel):
    """What stands beside a call, or a voicemail, among the customer's other calls."""

    called_back: Interaction | None = Field(description="The first talk within a week after a call that was missed.")
    calls_back: tuple[Interaction, ...] = Field(
        description="The missed calls, and voicemails, that a talk made up for."
    )
    voicemails: tuple[Interaction, ...] = Field(description="Those that were left on a missed call.")
    left_on: Interaction | None = Field(description="The missed call on which a voicemail was left.")

    @classmethod
    def of(cls, calls: CallsAround) -> "CallsAnswer":
        return cls(
            called_back=calls.called_back, calls_back=calls.calls_back, voicemails=calls.voicemails,
            left_on=calls.left_on,
        )  # fmt: skip


class PlacedBy(BaseModel):
    """A handle that places the interaction on a timeline: that of the customer who has the handle."""

    handle: UUID
    kind: str
    scope: str
    value: str
    role: str | None
    proof: Proof | None
    rule: str  # "exact handle", or "decided" of an interaction that somebody moved
    links: bool  # whether it is one person's own, so that handles beside it are the same customer's

    @classmethod
    def of(cls, placing: Placing) -> "PlacedBy":
        p = placing
        return cls(
            handle=p.id, kind=p.kind, scope=p.scope, value=p.value, role=p.role, proof=p.proof, rule=p.rule,
            links=p.links,
        )  # fmt: skip


class EvidenceAnswer(BaseModel):
    """An event that the interaction is made of, and where it came from."""

    event_id: UUID
    change: Change
    connector: str
    channel: str
    delivery_id: UUID
    occurred_at: datetime
    occurred_from: Clock
    received_at: datetime
    source_revision: int
    normaliser: int

    @classmethod
    def of(cls, event: InteractionEvent) -> "EvidenceAnswer":
        return cls(**event.model_dump(include=set(cls.model_fields)))


class WhyAnswer(BaseModel):
    """Why an interaction is here: what places it, and what it is made of."""

    interaction_id: UUID
    placed_by: tuple[PlacedBy, ...]
    events: tuple[EvidenceAnswer, ...]

    @classmethod
    def of(cls, interaction: UUID, placings: Iterable[Placing], events: Iterable[InteractionEvent]) -> "WhyAnswer":
        evidence = tuple(EvidenceAnswer.of(e) for e in events)
        return cls(interaction_id=interaction, placed_by=tuple(PlacedBy.of(p) for p in placings), events=evidence)


class WaitingAnswer(BaseModel):
    """What waits: how many, since when the oldest, and why it could not be done when it was last tried."""

    count: int
    oldest: datetime
    error: str | None

    @classmethod
    def of(cls, waiting: Waiting | None) -> "WaitingAnswer | None":
        return cls(count=waiting.count, oldest=waiting.oldest, error=waiting.error) if waiting else None


class ConnectorAnswer(BaseModel):
    """A connector's books (seen = stored + duplicate + skipped + kept + arriving) and state."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CONNECTOR]})

    name: str
    channel: str
    team: str | None
    seen: int
    stored: int
    duplicate: int
    skipped: dict[str, int]
    kept: int
    arriving: int
    balanced: bool
    last_at: datetime | None
    polled_at: datetime | None
    error: str | None
    error_since: datetime | None
    sees_outbound: bool = Field(description="False where only what customers say is seen, and not what we answer.")
    lost_from: datetime | None = Field(description="From when on the source throws away what nobody asked it for.")
    files: WaitingAnswer | None = Field(description="Files that are still to be fetched from the vendor.")
    relayed: WaitingAnswer | None = Field(description="Deliveries that are still to be handed on (relay_to).")

    @classmethod
    def of(cls, channel: str, team: str | None, health: Health) -> "ConnectorAnswer":
        books = health.books
        return cls(
            name=books.connector, channel=channel, team=team, seen=books.seen, stored=books.stored,
            duplicate=books.duplicate, skipped=dict(books.skipped), kept=books.kept, arriving=books.arriving,
            balanced=books.balanced, last_at=books.last_at, polled_at=health.polled_at, error=health.error,
            error_since=health.error_since, sees_outbound=health.sees_outbound, lost_from=health.lost_from,
            files=WaitingAnswer.of(health.files), relayed=WaitingAnswer.of(health.relayed),
        )  # fmt: skip


class BusAnswer(BaseModel):
    """Whether what the bus acknowledges is durable (null: it cannot be asked now), and why."""

    durable: bool | None
    words: str


class ConnectorsAnswer(BaseModel):
    """The configured connectors, in the file's order; and the bus, where there is one between them and the store."""

    connectors: tuple[ConnectorAnswer, ...]
    bus: BusAnswer | None = None
