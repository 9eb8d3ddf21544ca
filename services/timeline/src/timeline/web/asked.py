"""What a page's address asks for: filters that stand in the URL, so that a view can be kept and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from peyvand.event import Direction
from timeline.days import start_of
from timeline.folds.interaction import Interaction
from timeline.ports import Filters
from timeline.web.moments import read_day

MOST_CHANNELS = 50


class NotUnderstood(Exception):
    """A part of the address cannot be understood: its name, and what stood there."""

    def __init__(self, name: str, given: str) -> None:
        super().__init__(name)
        self.name = name
        self.given = given


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of a timeline, in the order in which they stand in the address."""

    channels: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        """Return whether anything is filtered."""
        return self != Asked()

    def toggled(self, **flipped: str) -> "Asked":
        """Return the filters with a channel or direction put in or taken out."""
        channels, directions = list(self.channels), list(self.directions)
        if channel := flipped.get("channel"):
            channels = [c for c in channels if c != channel] if channel in channels else [*channels, channel]
        if given := flipped.get("direction"):
            wanted = Direction(given)
            directions = [d for d in directions if d != wanted] if wanted in directions else [*directions, wanted]
        return replace(self, channels=tuple(channels), directions=tuple(directions))

    def undated(self) -> "Asked":
        """Return the filters without dates."""
        return replace(self, since=None, until=None)

    def query(self, **more: str) -> str:
        """Return the filters as they stand in an address, with the question mark, or nothing."""
        pairs = [*(("channel", c) for c in self.channels), *(("direction", str(d)) for d in self.directions)]
        pairs += [(name, day.isoformat()) for name, day in (("from", self.since), ("to", self.until)) if day]
        pairs += more.items()
        return f"?{urlencode(pairs)}" if pairs else ""

    def filters(self, zone: ZoneInfo) -> Filters:
        """Return the filters for the store; both days are whole. Raises NotUnderstood at the ends of the calendar."""
        try:
            return Filters(
                channels=frozenset(self.channels),
                directions=frozenset(self.directions),
                since=start_of(self.since, zone) if self.since else None,
                until=start_of(self.until + timedelta(days=1), zone) if self.until else None,
            )
        except OverflowError as error:
            raise NotUnderstood("date", str(self.since or self.until)) from error


def asked_of(query: QueryParams) -> Asked:
    """Return what an address asks for; raises NotUnderstood."""
    return Asked(
        channels=tuple(dict.fromkeys(c[:64] for c in query.getlist("channel")[:MOST_CHANNELS] if c)),
        directions=tuple(dict.fromkeys(_direction(d) for d in query.getlist("direction") if d)),
        since=_day(query, "from"),
        until=_day(query, "to"),
    )


def deliveries_query(connector: str | None, outcome: str | None, cursor: str | None = None) -> str:
    """Return which deliveries are wanted as it stands in an address, with the question mark, or nothing."""
    pairs = [("connector", connector), ("outcome", outcome), ("cursor", cursor)]
    given = [(name, str(value)) for name, value in pairs if value]
    return f"?{urlencode(given)}" if given else ""


def passes(filters: Filters, interaction: Interaction) -> bool:
    """Return whether an interaction is among what is wanted."""
    return (
        (not filters.channels or interaction.channel in filters.channels)
        and (not filters.directions or interaction.direction in filters.directions)
        and (filters.since is None or interaction.occurred_at >= filters.since)
        and (filters.until is None or interaction.occurred_at < filters.until)
    )


def _direction(given: str) -> Direction:
    try:
        return Direction(given)
    except ValueError as error:
        raise NotUnderstood("direction", given) from error


def _day(query: Mapping[str, str], name: str) -> date | None:
    given = query.get(name, "").strip()
    if not given:
        return None
    try:
        return read_day(given)
    except ValueError as error:
        raise NotUnderstood("date", given) from error
