"""What the timeline needs of a store: to record with, and to read from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from peyvand.delivery import Delivery
from peyvand.errands import Waiting
from peyvand.event import Direction, InteractionEvent
from peyvand.publish import Receipt
from peyvand.settings import Sharing
from timeline.deliveries import Accounted, DeliveryPage
from timeline.folds.call_backs import CallsAround
from timeline.folds.interaction import Interaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who reads: a name for the log, the connectors whose content may be seen (None: all), and their teams.

    `partly` names connectors of other teams, and what those share. `user` is who of our people it is, if it is one;
    `local` is whoever sits at this machine, and may ask for anybody. `hears` names connectors whose recordings may be
    heard (None: all), `audits` says whether the audit log may be read; nobody may either who is not told so.
    """

    name: str
    connectors: frozenset[str] | None = None
    teams: frozenset[str] = frozenset()
    partly: Mapping[str, Sharing] = field(default_factory=dict)
    user: str | None = None
    local: bool = False
    hears: frozenset[str] | None = frozenset()
    audits: bool = False

    @property
    def seen(self) -> list[str]:
        """Return the connectors of which something may be seen, when not all may."""
        return sorted({*(self.connectors or ()), *self.partly})

    @property
    def read(self) -> list[str]:
        """Return the connectors of which everything that was said may be read, when not all may."""
        return sorted({*(self.connectors or ()), *(c for c, s in self.partly.items() if s is Sharing.ALL)})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch changed."""

    stored: int
    duplicate: int
    interactions: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Inserted:
    """What a batch brought: events that stand now and did not before, those that they replaced, and the rest."""

    standing: tuple[InteractionEvent, ...]
    replaced: tuple[InteractionEvent, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be stored: whose delivery is kept for repair because of it, and why."""

    delivery_id: UUID
    connector: str
    channel: str
    received_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come, and how many rows it has mended so far."""

    stage: str
    done: int
    total: int
    mended: int


class Transaction(Protocol):
    """One transaction of the record; everything in it stands together or not at all."""

    def insert(self, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]) -> Inserted:
        """Add deliveries and events, which need not come together; of two events with one id the higher stands."""
        ...

    def keep(self, refused: Sequence[Refused]) -> None:
        """Keep deliveries for repair, an event of which cannot be stored."""
        ...

    def locked_events(self, interactions: Collection[UUID]) -> Mapping[UUID, Sequence[InteractionEvent]]:
        """Lock interactions in the order of their ids, adding those that are missing, and return all their events."""
        ...

    def save(self, interactions: Sequence[Interaction]) -> None:
        """Store interactions as folded, with who takes part and the words to search, and tell the change feed."""
        ...

    def remove(self, interactions: Collection[UUID]) -> None:
        """Remove interactions that have no event left."""
        ...

    def said(self, delivery: UUID) -> Sequence[InteractionEvent]:
        """Lock the events that stand because of a delivery, and return them."""
        ...

    def retract(self, events: Collection[UUID]) -> Sequence[InteractionEvent]:
        """Remove events, evidence included, and return them."""
        ...

    def skip(self, delivery: UUID, rule: str) -> None:
        """Note that a delivery which once said something is skipped by a rule of today."""
        ...

    def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        """Bring handles, links, names and customers up to date with what was added and removed."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which deliveries: of one connector (None: all), received since then, only those kept for repair."""

    connector: str | None = None
    since: datetime | None = None
    only_kept: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """A delivery as it arrived."""

    delivery: Delivery


class Store(Protocol):
    """The record and what is derived from it."""

    async def deliveries(self, chosen: Chosen, after: UUID | None, limit: int) -> Sequence[Raw]:
        """Return raw deliveries in the order of their ids, those after one."""
        ...

    async def settle(self, received_before: datetime) -> int:
        """Settle deliveries whose events others have brought meanwhile; return how many. Raises Unavailable."""
        ...

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do work in one transaction, off the event loop; what raises rolls back. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class KnownHandle:
    """A handle of a customer, the names seen with it, and since when."""

    id: UUID
    kind: str
    scope: str
    value: str
    first_at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as of now, the earliest handle first; `not_a_customer` says what it was decided to be instead."""

    id: UUID
    name: str | None
    handles: tuple[KnownHandle, ...]
    last_at: datetime | None = None
    tags: tuple[str, ...] = ()
    not_a_customer: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that was found, and why: the line that matched."""

    customer: Customer
    line: str
    last: Interaction | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a timeline is wanted; `since` is inclusive, `until` exclusive."""

    channels: frozenset[str] = field(default_factory=frozenset)
    directions: frozenset[Direction] = field(default_factory=frozenset)
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first, and the cursor of the next older ones (None: there are none)."""

    entries: tuple[Interaction, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed after a cursor: interactions as they stand, whether customers were regrouped, and where it ends."""

    entries: tuple[Interaction, ...]
    regrouped: bool
    cursor: str


@dataclass(frozen=True, slots=True)
class Books:
    """A connector's accounts: seen = stored + duplicate + skipped + kept + arriving, counted over delivery rows.

    Of an arriving one some event is still on the bus. `claimed` is how many events the deliveries say
    that they brought, `standing` how many are there.
    """

    connector: str
    seen: int
    stored: int
    duplicate: int
    skipped: Mapping[str, int]
    kept: int
    last_at: datetime | None
    claimed: int = 0
    standing: int = 0
    arriving: int = 0

    @property
    def unaccounted(self) -> int:
        """Return how many more deliveries were seen than it is known what became of; below 0: how many fewer."""
        return self.seen - self.stored - self.duplicate - sum(self.skipped.values()) - self.kept - self.arriving

    @property
    def balanced(self) -> bool:
        """Return whether everything that was seen is accounted for."""
        return self.unaccounted == 0 and self.claimed == self.standing


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a connector by evidence.

    `sees_outbound` is false where nobody tells us what we write ourselves: such a chat is only the customer's half, and
    says nothing of how fast we answer. `keeps` is how long the source waits to be asked. `files` are those that are
    still to be fetched from the vendor, `relayed` the deliveries that are still to be handed on.
    """

    books: Books
    polled_at: datetime | None = None
    error: str | None = None
    error_since: datetime | None = None
    sees_outbound: bool = True
    keeps: timedelta | None = None
    files: Waiting | None = None
    relayed: Waiting | None = None

    @property
    def lost_from(self) -> datetime | None:
        """Return from when on the source throws away what nobody has asked it for, if it ever does."""
        return self.polled_at + self.keeps if self.polled_at and self.keeps else None


class Timelines(Protocol):
    """Reading; every method shows only what the principal may see."""

    async def recent(self, who: Principal, limit: int) -> Sequence[Hit]:
        """Return the customers last heard from, newest first."""
        ...

    async def search(self, who: Principal, query: str, limit: int) -> Sequence[Hit]:
        """Return customers by handle, by name, then by words in any message, each with the line that matched."""
        ...

    async def customer(self, who: Principal, customer: UUID) -> Customer | None:
        """Return a customer, by today's id or by the id of any of its handles' former customers."""
        ...

    async def page(self, who: Principal, customer: UUID, filters: Filters, older_than: str | None, limit: int) -> Page:
        """Return a page of a timeline, newest first; raises ValueError for a cursor that is none of ours."""
        ...

    async def interaction(self, who: Principal, interaction: UUID) -> Interaction | None:
        """Return one interaction."""
        ...

    async def why(self, who: Principal, interaction: UUID) -> Sequence[InteractionEvent]:
        """Return the events that an interaction is made of, with the deliveries that they came from."""
        ...

    async def thread(self, who: Principal, interaction: Interaction) -> Sequence[Interaction]:
        """Return the thread of an interaction, itself among it, the earliest first; 500 at most."""
        ...

    async def beside(self, who: Principal, shown: Sequence[Interaction]) -> Sequence[Interaction]:
        """Return those interactions that some name as what they answer or report on, and those that name them."""
        ...

    async def calls_beside(self, who: Principal, shown: Sequence[Interaction]) -> Mapping[UUID, CallsAround]:
        """Return, of those that are calls or voicemails, the call that called back, and what else belongs to them."""
        ...

    async def not_called_back(self, who: Principal, since: datetime, limit: int) -> Sequence[Interaction]:
        """Return missed calls since then after which nobody has talked with the customer, the newest first."""
        ...

    async def feed_end(self) -> str:
        """Return the change feed's cursor of now; take it before reading a page, and nothing falls between."""
        ...

    async def changes(self, who: Principal, customer: UUID | None, after: str, limit: int) -> Changes:
        """Return what changed after a cursor, of one customer or of all; raises ValueError for a wrong cursor."""
        ...

    async def wait(self, seconds: float) -> None:
        """Return when something may have changed, or after so long."""
        ...

    async def health(self, who: Principal, connectors: Sequence[str]) -> Sequence[Health]:
        """Return each connector's books and state."""
        ...

    async def one_sided(self, who: Principal) -> frozenset[str]:
        """Return the connectors that never see what we write: how fast we answer there, nobody can tell."""
        ...

    async def deliveries(
        self, who: Principal, connector: str | None, outcome: str | None, older_than: str | None, limit: int
    ) -> DeliveryPage:
        """Return deliveries with what became of them, newest first; raises ValueError for a cursor that is none."""
        ...

    async def delivery(self, who: Principal, delivery: UUID) -> Accounted | None:
        """Return one delivery as it arrived, and what became of it."""
        ...

    async def ready(self) -> str | None:
        """Return None when the store answers, else what is wrong in words."""
        ...
