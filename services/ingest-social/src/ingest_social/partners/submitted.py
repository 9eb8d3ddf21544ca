"""What a partner may say: the fields of POST /v1/events. Additions only within v1; an unknown field is an error."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ingest_social.partners.account import Type
from peyvand.event import CallResult, Direction

LONGEST_TEXT = 200_000
MOST_FIELDS = 500


def _blank_is_none(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value


def _number_as_text(value: Any) -> Any:
    """Return an id that came as a number as text; true is none."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _blank_is_none(value)


def _exact(value: Any) -> Any:
    """Return an amount as it was written; a JSON number keeps fifteen digits only."""
    if isinstance(value, bool):
        raise ValueError('is no amount; write it as text, such as "1250000"')
    if isinstance(value, float) and abs(value) >= 10**13:
        raise ValueError("is too long for a JSON number; write it as text")
    return value


Short = Annotated[Annotated[str, Field(max_length=1_000)] | None, BeforeValidator(_blank_is_none)]
OwnId = Annotated[
    str, BeforeValidator(_number_as_text), StringConstraints(min_length=1, max_length=400, pattern=r"^[^\s\x00-\x1f]+$")
]
ForeignId = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_number_as_text)]
Amount = Annotated[Annotated[Decimal, Field(max_digits=28, decimal_places=8)], BeforeValidator(_exact)]
Answered = Annotated[str, StringConstraints(max_length=20_000)] | bool | int | float | None


class Wire(BaseModel):
    """What arrives is not repeated in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Customer(Wire):
    """Who it is about; what is given is one person's. A number or address that nobody can have is passed over."""

    crm_id: ForeignId = Field(None, description="Your number of the customer.", examples=["4711"])
    phone: Short = Field(None, description="As it is written; several are parted by commas.", examples=["09121112233"])
    email: Short = Field(None, examples=["maryam@example.com"])
    name: Short = Field(None, examples=["مریم احمدی"])
    telegram: ForeignId = Field(None, description="The number of the customer on Telegram, not the @name.")
    bale: ForeignId = Field(None, description="The number of the customer on Bale.")
    rubika: ForeignId = Field(None, description="The customer's `sender_id` on Rubika (u0…).")


class Form(Wire):
    """What a visitor filled in."""

    name: str = Field("", max_length=1_000)
    page: str = Field("", max_length=4_000)
    fields: Annotated[Mapping[str, Answered | tuple[Answered, ...]], Field(max_length=MOST_FIELDS)] = {}


class Line(Wire):
    """One line of an order."""

    name: str = Field(max_length=1_000)
    quantity: Amount | None = None


class Purchase(Wire):
    """An order: amounts with their unit. Toman (`IRT`, or `toman`) is stored as ten times as many rials."""

    number: OwnId = Field(examples=["A-4711"])
    state: str = Field("", max_length=200, examples=["paid"])
    total: Amount | None = Field(None, examples=["1250000"])
    currency: Short = Field(None, description="ISO 4217, or IRT (toman). Needed with a total.", examples=["IRT"])
    lines: Annotated[tuple[Annotated[str, StringConstraints(max_length=2_000)] | Line, ...], Field(max_length=500)] = ()


class Call(Wire):
    """A call: `occurred_at` is its beginning, times are in seconds."""

    result: CallResult
    wait_seconds: int | None = Field(None, ge=0, le=604_800)
    talk_seconds: int | None = Field(None, ge=0, le=604_800)
    extension: Short = None
    queue: Short = None
    recording: Short = Field(None, description="Its name or address, as you know it; it is not fetched.")


class Event(Wire):
    """One thing that was said or done."""

    id: OwnId = Field(description="Your own id of it, the same when you send it again.", examples=["order-4711"])
    type: Type
    revision: int = Field(0, ge=0, le=2_000_000_000, description="Raise it when the same thing says something new.")
    occurred_at: AwareDatetime | None = Field(
        None,
        description="ISO 8601 with its offset; without it, the time of receipt.",
        examples=["2026-10-04T12:00:00+03:30"],
    )
    direction: Direction | None = Field(
        None,
        description="Who wrote or called; without it form and purchase are inbound, meeting and note internal.",
    )
    customer: Customer = Field(default_factory=Customer)
    agent: Short = Field(None, description="Who of you: a `user` of peyvand.yaml, or a name.", examples=["sara"])
    channel: Literal["telegram", "bale", "rubika", "whatsapp"] | None = Field(
        None, description="Where a bot of yours said it, so that it stands in the chat with what the customer said."
    )
    account: ForeignId = Field(None, description="The bot's own number: what stands before the colon of its token.")
    conversation: ForeignId = Field(
        None, description="With a channel: the chat's number there. Else, your own word for it."
    )
    message_id: ForeignId = Field(None, description="With a channel: the number that the message got there.")
    reply_to: ForeignId = Field(
        None, description="What it answers: with a channel a message's number there, else an id that you sent."
    )
    subject: Short = None
    text: Annotated[Annotated[str, Field(max_length=LONGEST_TEXT)] | None, BeforeValidator(_blank_is_none)] = None
    form: Form | None = None
    purchase: Purchase | None = None
    call: Call | None = None
    imported: bool = Field(False, description="It is history, and was not sent when it happened.")
