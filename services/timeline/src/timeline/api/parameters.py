"""What may be asked of a timeline, and how a date is meant."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from peyvand.errors import BadPayload, Fault
from peyvand.event import Direction
from timeline.audit import Act, Result, Sought
from timeline.days import start_of
from timeline.deliveries import Outcome
from timeline.ports import Filters

MOST = 200


def _instant(given: object) -> date | datetime:
    """Return a date or a date with a time; raises ValueError in words."""
    text = str(given)
    try:
        return date.fromisoformat(text) if len(text) == len("2026-10-04") else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be an ISO 8601 date or time (2026-10-04, 2026-10-04T08:30:00Z; + as %2B)") from None


Instant = Annotated[date | datetime, BeforeValidator(_instant, json_schema_input_type=str)]
Cursor = Annotated[str, Field(max_length=500)]


class Asked(BaseModel):
    """Parameters of which an unknown one is an error: a misspelt filter must not show everything."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class CustomersAsked(Asked):
    """Which customers are looked for."""

    q: str | None = Field(
        None,
        max_length=200,
        description="A handle, a name, or words of a message; without it, the customers last heard from.",
        examples=["0912 123 4567"],
    )
    limit: int = Field(20, ge=1, le=100)


class TimelineAsked(Asked):
    """Which part of a timeline is wanted."""

    cursor: Cursor | None = Field(None, description="`older` of the page before; newest first without it.")
    limit: int = Field(50, ge=1, le=MOST)
    channel: list[Annotated[str, Field(max_length=64)]] = Field(
        [], max_length=50, description="May be repeated.", examples=[["email", "telegram"]]
    )
    direction: list[Direction] = Field([], max_length=3, description="May be repeated.")
    since: Instant | None = Field(
        None,
        alias="from",
        description="Inclusive. A date is its day in the organisation's time zone.",
        examples=["2026-10-04"],
    )
    until: Instant | None = Field(
        None,
        alias="to",
        description="A date is its whole day, inclusive; a time is exclusive.",
        examples=["2026-10-04T12:00:00Z"],
    )

    def filters(self, zone: ZoneInfo) -> Filters:
        """Return the filters; raises BadPayload for a time that no calendar of ours reaches."""
        return Filters(
            channels=frozenset(self.channel),
            directions=frozenset(self.direction),
            since=_moment("from", self.since, zone, days=0),
            until=_moment("to", self.until, zone, days=1),
        )


class DeliveriesAsked(Asked):
    """Which deliveries are wanted."""

    connector: str | None = Field(None, max_length=64, description="Of all connectors without it.")
    outcome: Outcome | None = Field(None, description="`kept` waits for repair.", examples=["kept"])
    cursor: Cursor | None = Field(None, description="`older` of the page before; newest first without it.")
    limit: int = Field(50, ge=1, le=MOST)


class AuditAsked(Asked):
    """Which lines of the audit log are wanted."""

    who: str | None = Field(None, max_length=200, description="The name of a token, or `local`.")
    person: str | None = Field(None, max_length=100, description="One of `people`.")
    act: Act | None = Field(None, description="What was done.")
    result: Result | None = Field(None, description="Whether it was granted.")
    interaction: UUID | None = Field(None, description="With what it was done.")
    since: Instant | None = Field(
        None,
        alias="from",
        description="Inclusive. A date is its day in the organisation's time zone.",
        examples=["2026-10-04"],
    )
    until: Instant | None = Field(
        None, alias="to", description="A date is its whole day, inclusive; a time is exclusive."
    )
    cursor: int | None = Field(None, ge=1, description="`older` of the page before; newest first without it.")
    limit: int = Field(50, ge=1, le=MOST)

    def sought(self, zone: ZoneInfo) -> Sought:
        """Return what is sought; raises BadPayload for a time that no calendar of ours reaches."""
        return Sought(
            who=self.who,
            person=self.person,
            act=self.act,
            result=self.result,
            interaction=self.interaction,
            since=_moment("from", self.since, zone, days=0),
            until=_moment("to", self.until, zone, days=1),
        )


class ListAsked(Asked):
    """How much of a list is wanted."""

    limit: int = Field(100, ge=1, le=1_000)


class SuggestionsAsked(ListAsked):
    """Which part of the review queue is wanted."""

    cursor: Cursor | None = Field(None, description="`further` of the page before; the weightiest first without it.")


class MissedAsked(Asked):
    """Which missed calls are wanted."""

    since: Instant | None = Field(
        None,
        alias="from",
        description="Of the last seven days without it. A date is its day in the organisation's time zone.",
        examples=["2026-10-04"],
    )
    limit: int = Field(50, ge=1, le=MOST)

    def first(self, zone: ZoneInfo) -> datetime | None:
        """Return since when; raises BadPayload for a time that no calendar of ours reaches."""
        return _moment("from", self.since, zone, days=0)


class StreamAsked(Asked):
    """Where a live stream begins."""

    after: Cursor | None = Field(
        None, description="`feed` of a timeline, or the id of the last event; from now on without it."
    )


class CallsAsked(StreamAsked):
    """Whose calls are wanted, and from where on."""

    user: str | None = Field(None, max_length=100, description="One of `people`; a person's token needs none.")


def _moment(name: str, given: date | datetime | None, zone: ZoneInfo, days: int) -> datetime | None:
    """Return a moment in UTC; of a date the start of its day, or of a later one."""
    if given is None:
        return None
    try:
        if not isinstance(given, datetime):
            return start_of(given + timedelta(days=days), zone)
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise BadPayload(f"{name} is out of range", [Fault(f"/query/{name}", "is out of range")]) from None
