"""An entry of a timeline as a page shows it: what is said of the interaction beside its own words."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from peyvand.event import Clock, Direction, Kind, Status
from timeline.folds.interaction import Interaction
from timeline.ports import Customer
from timeline.web import wording
from timeline.web.moments import Moment, Moments
from timeline.web.people import Line, line_of

# What comes later than this was held up somewhere; what comes later still was brought in from an archive.
LATE = timedelta(minutes=30)
ARCHIVED = timedelta(days=7)
LONG_TEXT = 1_200
LONG_LINES = 16
# A page of entries holds no more than this of one text; the entry's own page holds all.
MOST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Badge:
    """A short remark: its tone (calm, warm, bad), its words, and a sentence behind them."""

    tone: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One interaction on one visit's page."""

    interaction: Interaction
    line: Line
    at: Moment
    received: Moment
    sort: str  # the place among entries, as text that can be compared
    badges: tuple[Badge, ...]
    head: str
    rest: str
    quoted: str
    cut: bool  # whether there is more of the text or of what is quoted

    @property
    def missed(self) -> bool:
        """Return whether a customer called and nobody answered."""
        return wording.missed(self.interaction)

    @property
    def title(self) -> str | None:
        """Return what a call, or another kind that is no message, is called."""
        return None if self.interaction.kind is Kind.MESSAGE else wording.title(self.interaction)


def entry_of(
    interaction: Interaction, moments: Moments, customer: Customer | None, most: int | None = MOST_TEXT
) -> Entry:
    """Return the entry of an interaction on a customer's timeline, with so much of its text (None: all of it)."""
    text, quoted = interaction.text or "", interaction.quoted or ""
    head, rest = split(text[:most])
    return Entry(
        interaction=interaction,
        line=line_of(interaction, customer),
        at=moments.at(interaction.occurred_at),
        received=moments.full(interaction.received_at),
        sort=f"{interaction.occurred_at.astimezone(UTC).isoformat(timespec='microseconds')} {interaction.id}",
        badges=tuple(_badges(interaction, moments)),
        head=head,
        rest=rest,
        quoted=quoted[:most],
        cut=most is not None and max(len(text), len(quoted)) > most,
    )


def split(text: str) -> tuple[str, str]:
    """Return a text's beginning, and the rest of it when it is too long to read at a glance."""
    text = text.strip("\n")
    lines = text.splitlines(keepends=True)
    if len(text) <= LONG_TEXT and len(lines) <= LONG_LINES:
        return text, ""
    cut = min(len("".join(lines[:LONG_LINES])), LONG_TEXT)
    space = max(text.rfind(" ", cut // 2, cut), text.rfind("\n", cut // 2, cut))
    cut = space if space > 0 else cut
    return text[:cut].rstrip(), text[cut:].lstrip("\n")


def _badges(interaction: Interaction, moments: Moments) -> list[Badge]:
    say = moments.language.gettext
    badges = [*_clock_badges(interaction, moments)]
    if interaction.edited_at and not interaction.deleted_at:
        badges.append(Badge("calm", say("edited"), moments.full(interaction.edited_at).exact))
    if interaction.deleted_at:
        badges.append(Badge("bad", say("deleted"), moments.full(interaction.deleted_at).exact))
    if interaction.status and interaction.direction is Direction.OUTBOUND:
        tone = "bad" if interaction.status is Status.FAILED else "calm"
        badges.append(Badge(tone, say(wording.STATUSES[interaction.status])))
    return badges


def _clock_badges(interaction: Interaction, moments: Moments) -> list[Badge]:
    """Return what there is to know of the two clocks."""
    language, held_up = moments.language, interaction.received_at - interaction.occurred_at
    arrived = moments.full(interaction.received_at)
    if interaction.occurred_from is Clock.RECEIPT:
        return [
            Badge("calm", language.gettext("time of receipt"), language.gettext("The source gave no time of its own"))
        ]
    if held_up >= ARCHIVED:
        return [Badge("calm", language.gettext("brought in on %(day)s") % {"day": arrived.text}, arrived.exact)]
    if held_up >= LATE:
        late = language.gettext("arrived %(span)s late") % {"span": wording.span(language, held_up)}
        return [Badge("warm", late, arrived.exact)]
    return []
