"""The tables. Columns of the record are kept until erased; all else can be folded from it again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from timeline.store.columns import Id, Utc, Words

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
_JSON = JSON().with_variant(JSONB(), "postgresql")
_JSON_OR_NULL = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_BIG = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only in an INTEGER key
_AWAITS = "awaited IS NOT NULL"
_REFUSED = "refused IS NOT NULL"
_WEIGHED = ("strength", "first_at", "a", "b")  # the order in which refused links are reviewed, backwards
_LARGE = "refused = 'large'"
_AT_DOMAIN = "domain IS NOT NULL"
_STRANGER = "stranger IS NOT NULL"
_UNDONE = "done_at IS NULL"
_CALLING = "calling IS NOT NULL"
_CALLS = ("handle_id", "calling", "occurred_at", "interaction_id")
# Written into the queries as it stands here: SQLite takes an index of some rows only for the very words.
GIVEN = "kind IN ('name', 'tag') AND revoked_at IS NULL"
_KEY_ORDER = {"sqlite_with_rowid": False}  # the rows stand in the order of their key, without an index beside them


class DeliveryRow(SQLModel, table=True):
    """The record: what arrived, as it arrived, and what became of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_books", "connector", "outcome", "rule", "stored"),
        Index("ix_delivery_outcome", "connector", "outcome", "received_at", "id"),
        Index("ix_delivery_awaited", "id", postgresql_where=text(_AWAITS), sqlite_where=text(_AWAITS)),
    )

    id: UUID = Field(sa_type=Id, primary_key=True)
    connector: str
    channel: str
    received_at: datetime = Field(sa_type=Utc)
    method: str = ""
    url: str = Field(default="", sa_type=Words)
    headers: dict[str, str] = Field(sa_column=Column("headers", _JSON, nullable=False))
    body: bytes = Field(sa_type=LargeBinary)
    body_ref: str | None = None
    outcome: str  # stored | duplicate | skipped | kept | arriving
    rule: str | None = None  # which rule skipped it
    why: str | None = Field(default=None, sa_type=Words)  # why it is kept
    announced: int | None = None  # how many events its receipt speaks of; None while there is none
    awaited: list[str] | None = Field(default=None, sa_column=Column("awaited", _JSON_OR_NULL))  # those not here yet
    stored: int = 0  # how many events stand because of it


class EventRow(SQLModel, table=True):
    """The record: one sighting of one change."""

    __tablename__ = "event"

    id: UUID = Field(sa_type=Id, primary_key=True)
    interaction_id: UUID = Field(sa_type=Id, index=True)
    delivery_id: UUID = Field(sa_type=Id, index=True)
    connector: str = Field(index=True)
    source_revision: int
    normaliser: int
    received_at: datetime = Field(sa_type=Utc)
    content: bytes = Field(sa_type=LargeBinary)


class EvidenceRow(SQLModel, table=True):
    """The record: one handle of one party of one event."""

    __tablename__ = "evidence"
    __table_args__ = (_KEY_ORDER,)

    event_id: UUID = Field(sa_type=Id, primary_key=True)
    party: int = Field(primary_key=True, sa_type=Integer)
    handle_id: UUID = Field(sa_type=Id, primary_key=True, index=True)
    role: str
    proof: str
    name: str | None = Field(default=None, sa_type=Words)
    occurred_at: datetime = Field(sa_type=Utc)


class DecisionRow(SQLModel, table=True):
    """The record: what a human decided about identity."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_at", "at", "id"),
        Index("ix_decision_given", "at", postgresql_where=text(GIVEN), sqlite_where=text(GIVEN)),
    )

    id: UUID = Field(sa_type=Id, primary_key=True)
    kind: str
    a: UUID | None = Field(default=None, sa_type=Id, index=True)
    b: UUID | None = Field(default=None, sa_type=Id, index=True)
    value: str | None = Field(default=None, sa_type=Words)
    act: UUID = Field(sa_type=Id, index=True)
    actor: str
    at: datetime = Field(sa_type=Utc)
    why: str | None = Field(default=None, sa_type=Words)
    revoked_at: datetime | None = Field(default=None, sa_type=Utc)
    revoked_by: str | None = None


class CardRow(SQLModel, table=True):
    """The record: a person as another system or an agent knows them; evidence stands under its id as event."""

    __tablename__ = "card"

    id: UUID = Field(sa_type=Id, primary_key=True)
    source: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    content: dict[str, Any] = Field(sa_column=Column("content", _JSON, nullable=False))
    at: datetime = Field(sa_type=Utc)


class CardTeamRow(SQLModel, table=True):
    """The record: a team whose agent wrote a card; who sees only a part sees the cards of their own teams."""

    __tablename__ = "card_team"
    __table_args__ = (_KEY_ORDER,)

    card_id: UUID = Field(sa_type=Id, primary_key=True)
    team: str = Field(primary_key=True, sa_type=Words)


class InteractionRow(SQLModel, table=True):
    """Derived: an interaction as folded; without content only inside the transaction that adds it."""

    __tablename__ = "interaction"

    seq: int | None = Field(default=None, sa_column=Column("seq", _BIG, primary_key=True, autoincrement=True))
    id: UUID = Field(sa_type=Id, unique=True)
    occurred_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)


class ParticipationRow(SQLModel, table=True):
    """Derived: one row per customer-side handle of an interaction; `NOBODY`'s where there is none of these."""

    __tablename__ = "participation"
    __table_args__ = (
        # the direction stands last, so that a filter by it reads the index alone
        Index("ix_participation_channel", "handle_id", "channel", "occurred_at", "interaction_id", "direction"),
        Index("ix_participation_direction", "handle_id", "direction", "occurred_at", "interaction_id"),
        Index("ix_participation_calls", *_CALLS, postgresql_where=text(_CALLING), sqlite_where=text(_CALLING)),
        Index("ix_participation_calling", *_CALLS[1:], postgresql_where=text(_CALLING), sqlite_where=text(_CALLING)),
        _KEY_ORDER,
    )

    handle_id: UUID = Field(sa_type=Id, primary_key=True)
    occurred_at: datetime = Field(sa_type=Utc, primary_key=True)
    interaction_id: UUID = Field(sa_type=Id, primary_key=True, index=True)
    channel: str
    direction: str
    role: str
    calling: str | None = None  # what it is among calls, as in `folds.call_backs`


class MentionRow(SQLModel, table=True):
    """Derived: a key that an interaction goes by in threads, or names; `how` as in `folds.thread`."""

    __tablename__ = "mention"
    __table_args__ = (_KEY_ORDER,)

    key: UUID = Field(sa_type=Id, primary_key=True)
    interaction_id: UUID = Field(sa_type=Id, primary_key=True, index=True)
    how: str = Field(primary_key=True)


class HandleRow(SQLModel, table=True):
    """Derived: a handle, since when, and whose it is; `own` is the customer's id if this handle is the earliest.

    `shared` says why it links nobody; `component`, the smallest id among all that links could join to it, is how a
    neighbourhood is found. `stranger` is true of a number under which no name was seen, `domain` that of an address.
    """

    __tablename__ = "handle"
    __table_args__ = (
        Index("ix_handle_domain", "domain", postgresql_where=text(_AT_DOMAIN), sqlite_where=text(_AT_DOMAIN)),
        Index("ix_handle_stranger", "customer", "id", postgresql_where=text(_STRANGER), sqlite_where=text(_STRANGER)),
    )

    id: UUID = Field(sa_type=Id, primary_key=True)
    kind: str
    scope: str = Field(sa_type=Words)
    value: str = Field(index=True, sa_type=Words)
    first_at: datetime = Field(sa_type=Utc)
    first_event: UUID = Field(sa_type=Id)
    own: UUID = Field(sa_type=Id, index=True)
    customer: UUID = Field(sa_type=Id, index=True)
    component: UUID = Field(sa_type=Id, index=True)
    shared: str | None = None
    stranger: bool | None = None  # true or nothing, so that an index holds those alone
    domain: str | None = Field(default=None, sa_type=Words)


class LinkRow(SQLModel, table=True):
    """Derived: two handles of one party, the smaller id first; `refused` is the rule that keeps them apart."""

    __tablename__ = "link"
    __table_args__ = (
        Index("ix_link_refused", *_WEIGHED, postgresql_where=text(_REFUSED), sqlite_where=text(_REFUSED)),
        Index("ix_link_large", "a", postgresql_where=text(_LARGE), sqlite_where=text(_LARGE)),
        _KEY_ORDER,
    )

    a: UUID = Field(sa_type=Id, primary_key=True)
    b: UUID = Field(sa_type=Id, primary_key=True, index=True)
    strength: int = Field(sa_type=Integer)
    first_at: datetime = Field(sa_type=Utc)
    first_event: UUID = Field(sa_type=Id)
    refused: str | None = None


class HandleNameRow(SQLModel, table=True):
    """Derived: a name seen with a handle; `via` when the channel itself said so."""

    __tablename__ = "handle_name"
    __table_args__ = (_KEY_ORDER,)

    handle_id: UUID = Field(sa_type=Id, primary_key=True)
    name: str = Field(primary_key=True, sa_type=Words)
    via: bool = Field(primary_key=True)
    first_at: datetime = Field(sa_type=Utc)
    folded: str


class ChangeRow(SQLModel, table=True):
    """The feed: what changed. By `txid`, PostgreSQL's transaction, a reader knows what may still commit below."""

    __tablename__ = "change"
    # ids are never used again, so that a reader's cursor stays true when old rows are pruned
    __table_args__ = (Index("ix_change_order", "txid", "id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, sa_column=Column("id", _BIG, primary_key=True, autoincrement=True))
    txid: int = Field(default=0, sa_type=BigInteger)
    kind: str  # interaction | customer
    ref: UUID = Field(sa_type=Id)


class RegroupingRow(SQLModel, table=True):
    """History: which handle passed from which customer to which, and through what."""

    __tablename__ = "change_log"

    id: int | None = Field(default=None, sa_column=Column("id", _BIG, primary_key=True, autoincrement=True))
    handle_id: UUID = Field(sa_type=Id, index=True)
    old_customer: UUID = Field(sa_type=Id)
    new_customer: UUID = Field(sa_type=Id)
    why: str = Field(sa_type=Words)
    cause: UUID | None = Field(default=None, sa_type=Id)  # an event, a card or an act
    at: datetime | None = Field(default=None, sa_type=Utc)


class LikenessRow(SQLModel, table=True):
    """Derived in the background: two handles whose customers may be one, and what speaks for it, in bits."""

    __tablename__ = "likeness"
    __table_args__ = (Index("ix_likeness_score", "score", "a", "b"), _KEY_ORDER)

    a: UUID = Field(sa_type=Id, primary_key=True)
    b: UUID = Field(sa_type=Id, primary_key=True, index=True)
    score: float
    parts: list[Any] = Field(sa_column=Column("parts", _JSON, nullable=False))


class DerivedWithRow(SQLModel, table=True):
    """With which rules, and which revision of the code, customers were derived since the last rebuild.

    `mending` while a rebuild replaces what was: at its end those rows go that nobody has written with meanwhile.
    """

    __tablename__ = "derived_with"
    __table_args__ = (_KEY_ORDER,)

    rules: str = Field(primary_key=True)
    revision: int = Field(primary_key=True, sa_type=Integer)
    mending: bool = False


class ConnectorStateRow(SQLModel, table=True):
    """How far a connector has come, who polls it, and how it fares."""

    __tablename__ = "connector_state"

    connector: str = Field(primary_key=True)
    cursor: dict[str, Any] | None = Field(default=None, sa_column=Column("cursor", _JSON))
    holder: str | None = None
    fence: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=Utc)
    polled_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str | None = Field(default=None, sa_type=Words)
    error_since: datetime | None = Field(default=None, sa_type=Utc)
    sees_outbound: bool | None = None  # whether what we write ourselves reaches it; None: it has not been started since
    keeps_seconds: int | None = Field(default=None, sa_type=Integer)  # how long its source waits to be asked


class PartnerEventRow(SQLModel, table=True):
    """The record: what a partner's own id stands for; nothing of what it says but a digest."""

    __tablename__ = "partner_event"
    __table_args__ = (_KEY_ORDER,)

    connector: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    revision: int
    digest: str
    event_id: UUID = Field(sa_type=Id)
    delivery_id: UUID = Field(sa_type=Id)
    received_at: datetime = Field(sa_type=Utc)
    durable: bool = False


class PartnerRequestRow(SQLModel, table=True):
    """One of the last requests of a partner's key, and how it was answered."""

    __tablename__ = "partner_request"
    __table_args__ = (Index("ix_partner_request_key", "connector", "key", "id"),)

    id: UUID = Field(sa_type=Id, primary_key=True)
    connector: str
    key: str
    at: datetime = Field(sa_type=Utc)
    method: str
    status: int
    why: str = Field(default="", sa_type=Words)
    events: int = 0
    rows: list[dict[str, Any]] = Field(sa_column=Column("rows", _JSON, nullable=False))


class ErrandRow(SQLModel, table=True):
    """What is to be done for a delivery: a file to fetch, a delivery to hand on. When done its key stays a while."""

    __tablename__ = "errand"
    __table_args__ = (
        Index("uq_errand_connector_task_key", "connector", "task", "key", unique=True),
        Index("ix_errand_due", "task", "connector", "due", postgresql_where=text(_UNDONE), sqlite_where=text(_UNDONE)),
        Index(
            "ix_errand_line", "task", "connector", "number", postgresql_where=text(_UNDONE), sqlite_where=text(_UNDONE)
        ),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, sa_column=Column("number", _BIG, primary_key=True, autoincrement=True))
    connector: str
    task: str  # fetch | relay
    key: UUID = Field(sa_type=Id)
    payload: bytes = Field(sa_type=LargeBinary)
    born: datetime = Field(sa_type=Utc)
    due: datetime = Field(sa_type=Utc)
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=Words)
    holder: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=Utc)
    done_at: datetime | None = Field(default=None, sa_type=Utc)


class AuditRow(SQLModel, table=True):
    """The record: what somebody did with what of a customer's; only ever added to."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_interaction", "interaction_id", "number"),
        Index("ix_audit_who", "who", "number"),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, sa_column=Column("number", _BIG, primary_key=True, autoincrement=True))
    at: datetime = Field(sa_type=Utc)
    who: str
    person: str | None = None
    act: str
    result: str
    address: str = ""
    interaction_id: UUID | None = Field(default=None, sa_type=Id)
    what: str = Field(default="", sa_type=Words)
