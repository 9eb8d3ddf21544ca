"""An entry of a timeline as a page shows it: what is said of the interaction beside its own words."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from peyvand.event import Clock, Direction, Flag, Kind, Status
from timeline.folds.interaction import Interaction
from timeline.folds.quoting import confirmed
from timeline.folds.thread import Around
from timeline.ports import Customer
from timeline.web import wording
from timeline.web.moments import Moment, Moments
from timeline.web.people import Line, line_of

# What comes later than this was held up somewhere; what comes later still was brought in from an archive.
LATE = timedelta(minutes=30)
ARCHIVED = timedelta(days=7)
# The flag of what was brought in by `peyvand import`.
IMPORTED = "imported"
# What stands elsewhere on the page than among the remarks: beside the time, or in how entries hang together.
SHOWN_ELSEWHERE = (IMPORTED, "album")
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
    around: Around

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Return what there is to know of it, and is not said elsewhere."""
        return tuple(flag for flag in self.interaction.flags if flag.name not in SHOWN_ELSEWHERE)

    @property
    def missed(self) -> bool:
        """Return whether a customer called and nobody answered."""
        return wording.missed(self.interaction)

    @property
    def title(self) -> str | None:
        """Return what a call, or another kind that is no message, is called."""
        return None if self.interaction.kind is Kind.MESSAGE else wording.title(self.interaction)


def entry_of(
    interaction: Interaction,
    moments: Moments,
    customer: Customer | None,
    around: Around,
    most: int | None = MOST_TEXT,
) -> Entry:
    """Return the entry of an interaction on a customer's timeline, with so much of its text (None: all of it)."""
    text, quoted = _parted(interaction, around)
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
        around=around,
    )


def _parted(interaction: Interaction, around: Around) -> tuple[str, str]:
    """Return the new words and the old; where the mail alone tells none apart, what it answers may."""
    text, quoted = interaction.text or "", interaction.quoted
    if quoted is None and around.answers is not None and around.answers.text:
        text, quoted = confirmed(text, around.answers.text)
    return text, quoted or ""


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


def _imported(interaction: Interaction) -> bool:
    """Return whether it was brought in from an archive: it did not come late, it is history."""
    return any(flag.name == IMPORTED for flag in interaction.flags)


def _clock_badges(interaction: Interaction, moments: Moments) -> list[Badge]:
    """Return what there is to know of the two clocks."""
    language, held_up = moments.language, interaction.received_at - interaction.occurred_at
    arrived = moments.full(interaction.received_at)
    if interaction.occurred_from is Clock.RECEIPT:
        return [
            Badge("calm", language.gettext("time of receipt"), language.gettext("The source gave no time of its own"))
        ]
    if held_up >= ARCHIVED or (held_up >= LATE and _imported(interaction)):
        return [Badge("calm", language.gettext("brought in on %(day)s") % {"day": arrived.text}, arrived.exact)]
    if held_up >= LATE:
        late = language.gettext("arrived %(span)s late") % {"span": wording.span(language, held_up)}
        return [Badge("warm", late, arrived.exact)]
    return []
