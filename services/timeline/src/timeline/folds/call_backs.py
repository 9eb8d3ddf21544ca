"""Calls that nobody took, the talks that made up for them, and voicemails that somebody left on them.

What is said here is of one customer's calls, whichever of his numbers he used. Nothing rests on the order in which they
came: a link is computed from when the calls were, each time it is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from peyvand.event import CallResult, CallState, Direction, Kind
from timeline.folds.interaction import Interaction

# Who was not called back for a week has called again, or elsewhere: a later talk is about something else.
WITHIN = timedelta(days=7)
# How long a caller listens and speaks before his voicemail is written down; and how far two clocks may be apart.
SPOKEN = timedelta(minutes=15)
CLOCKS = timedelta(minutes=1)


class Calling(StrEnum):
    """What an interaction is among calls."""

    MISSED = "missed"  # they called, and no person answered; be it that they reached a voicemail
    TALKED = "talked"
    VOICEMAIL = "voicemail"  # one that came by itself, not as the end of a call


@dataclass(frozen=True, slots=True, order=True)
class Called:
    """An interaction among the calls of one customer."""

    at: datetime
    id: UUID
    calling: Calling


@dataclass(frozen=True, slots=True)
class CallsAround:
    """What stands beside a call, or a voicemail, among the customer's other calls."""

    called_back: Interaction | None = None
    calls_back: tuple[Interaction, ...] = ()
    voicemails: tuple[Interaction, ...] = ()
    left_on: Interaction | None = None


NO_CALLS = CallsAround()


def calling_of(interaction: Interaction) -> Calling | None:
    """Return what an interaction is among calls: nothing, while it rings, or when no person outside takes part."""
    if interaction.deleted_at is not None or interaction.direction is Direction.INTERNAL:
        return None
    inbound, call = interaction.direction is Direction.INBOUND, interaction.call
    if call is None:
        return Calling.VOICEMAIL if inbound and interaction.kind is Kind.VOICEMAIL else None
    if call.result is CallResult.ANSWERED and call.state is not CallState.RINGING:
        return Calling.TALKED
    return Calling.MISSED if inbound and call.state is CallState.OVER else None


def called_back(missed: Called, others: Collection[Called]) -> UUID | None:
    """Return the talk that made up for a missed call, or a voicemail: the first one after it, within a week."""
    talks = (o for o in others if o.calling is Calling.TALKED and missed.at < o.at <= missed.at + WITHIN)
    return min(((o.at, o.id) for o in talks), default=(None, None))[1]


def left_on(voicemail: Called, others: Collection[Called]) -> UUID | None:
    """Return the missed call on which a voicemail was left: the last that began shortly before."""
    first, last = voicemail.at - SPOKEN, voicemail.at + CLOCKS
    calls = (o for o in others if o.calling is Calling.MISSED and first <= o.at <= last)
    return max(((o.at, o.id) for o in calls), default=(None, None))[1]
