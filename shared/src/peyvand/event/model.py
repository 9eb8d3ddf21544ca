"""The event's fields. Additions only within v1."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from peyvand.identity import Handle


class Change(StrEnum):
    """What happened to the interaction."""

    CREATED = "created"
    EDITED = "edited"
    DELETED = "deleted"
    STATUS = "status"
    REACTION = "reaction"
    LEG = "leg"
    FILES = "files"  # what became of files that lay at the vendor: each attachment tells by `origin` which it was


class Kind(StrEnum):
    """What sort of interaction it is."""

    MESSAGE = "message"
    CALL = "call"
    VOICEMAIL = "voicemail"
    FORM = "form"
    PURCHASE = "purchase"
    MEETING = "meeting"
    NOTE = "note"


class Direction(StrEnum):
    """Seen from us, and decided from who wrote or called."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class Clock(StrEnum):
    """Whose clock `occurred_at` is."""

    PROVIDER = "provider"
    RECEIPT = "receipt"  # the source gave no time, or one that cannot be true


class Status(StrEnum):
    """How far an outbound message came; the fold never goes back in this order."""

    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"


class Role(StrEnum):
    """What a party is in an interaction."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    REPLY_TO = "reply_to"
    CALLER = "caller"
    CALLEE = "callee"
    AGENT = "agent"
    MEMBER = "member"
    REACTOR = "reactor"
    ABOUT = "about"  # whom a report is about: the recipient whom a mail did not reach


class Frozen(BaseModel):
    """A value on the wire; what cannot be read is not repeated in an error, which may end in a log."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Party(Frozen):
    """One person in one role; all handles are that person's."""

    role: Role
    handles: tuple[Handle, ...] = ()
    name: str | None = None
    ours: bool = False


class Flag(Frozen):
    """Something to know about the interaction, and why it is said."""

    name: str
    why: str = ""


class Attachment(Frozen):
    """A file that came with it. `at` says where the bytes are: raw (in the delivery), or a blob's or vendor's name."""

    name: str = ""
    claimed_type: str = ""
    sniffed_type: str = ""
    size: int | None = None
    sha256: str | None = None
    at: str = "raw"
    state: str = "in raw"
    inline: bool = False
    content_id: str = ""  # by which the HTML body shows it (RFC 2392)
    title: str = ""  # of an attached mail: its subject, and who wrote it
    origin: str = ""  # of a file fetched from its vendor: what `at` said before
    playable: str = ""  # of a telephone's recording that browsers do not play: the blob of the same as Ogg Opus


class Outcome(StrEnum):
    """What a report says became of a message for one recipient."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    READ = "read"
    COMPLAINED = "complained"


class Reported(Frozen):
    """One recipient in a report: RFC 3464's status and diagnostic, as far as they are given."""

    recipient: str
    outcome: Outcome
    status: str = ""
    diagnostic: str = ""


class Report(Frozen):
    """What a mail server, or a reader's program, tells of a mail of ours; `original` is that mail's Message-ID."""

    recipients: tuple[Reported, ...] = ()
    original: str | None = None


class CallResult(StrEnum):
    """How a leg, or a call, ended."""

    ANSWERED = "answered"
    MISSED = "missed"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    ABANDONED = "abandoned"  # the caller left while waiting in a queue


class CallState(StrEnum):
    """Whether a call goes on."""

    RINGING = "ringing"
    TALKING = "talking"
    OVER = "over"


class Teller(StrEnum):
    """Who tells of a leg: the call log stands, what was heard live holds until it speaks, a queue's log adds to it."""

    LOG = "log"
    QUEUE = "queue"
    LIVE = "live"


class Call(Frozen):
    """One leg of a call: times in seconds. The fold makes the call of its legs.

    What is told live of a leg comes as several events, the last in `order` stands. `recording` is `at` (or `origin`) of
    the attachment that holds it.
    """

    leg: str = ""
    sequence: int = 0
    started_at: AwareDatetime | None = None
    result: CallResult = CallResult.MISSED
    wait_seconds: int | None = None
    talk_seconds: int | None = None
    queue: str | None = None
    agent: str | None = None
    extension: str | None = None
    recording: str | None = None
    detail: str = ""
    told_by: Teller = Teller.LOG
    state: CallState = CallState.OVER


class Form(Frozen):
    """What a visitor filled in, in the form's order."""

    name: str = ""
    page: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class Purchase(Frozen):
    """An order; the total is a decimal with its ISO 4217 currency."""

    number: str
    state: str = ""
    total: Decimal | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    lines: tuple[str, ...] = ()


class InteractionEvent(Frozen):
    """One sighting of one change of one interaction."""

    event_id: UUID
    interaction_id: UUID
    change: Change
    order: str = ""  # the source's own order within the interaction; compared as text, so pad numbers
    delivery_id: UUID
    source_revision: int = 0
    normaliser: int = 1
    channel: str
    connector: str
    kind: Kind
    direction: Direction
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    occurred_from: Clock = Clock.PROVIDER
    parties: tuple[Party, ...] = ()
    message_key: str | None = None
    replies_to: tuple[str, ...] = ()
    conversation: str | None = None
    subject: str | None = None
    text: str | None = None
    quoted: str | None = None
    html: str | None = None  # the HTML body as it was sent, hostile or not: cleaned when it is shown
    language: str | None = None
    flags: tuple[Flag, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    status: Status | None = None
    reactions: tuple[str, ...] | None = None  # all that the reactor shows now; empty when taken back
    call: Call | None = None
    form: Form | None = None
    purchase: Purchase | None = None
    report: Report | None = None

    @property
    def rank(self) -> tuple[int, int, datetime]:
        """Return source revision, normaliser and receive time; of two with one id the highest first two stand."""
        return (self.source_revision, self.normaliser, self.received_at)
