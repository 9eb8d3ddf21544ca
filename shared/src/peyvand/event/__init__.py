"""The interaction event: what a delivery means, in one shape for all channels (contract v1; additions only)."""

from peyvand.event.build import event as event
from peyvand.event.build import event_id, happened, interaction_id, keyed_id, party
from peyvand.event.files import AT_THE_VENDOR, asking, told
from peyvand.event.model import (
    Attachment,
    Call,
    CallResult,
    Change,
    Clock,
    Direction,
    Flag,
    Form,
    InteractionEvent,
    Kind,
    Outcome,
    Party,
    Purchase,
    Report,
    Reported,
    Role,
    Status,
)

__all__ = [
    "AT_THE_VENDOR",
    "Attachment",
    "Call",
    "CallResult",
    "Change",
    "Clock",
    "Direction",
    "Flag",
    "Form",
    "InteractionEvent",
    "Kind",
    "Outcome",
    "Party",
    "Purchase",
    "Report",
    "Reported",
    "Role",
    "Status",
    "asking",
    "event",
    "event_id",
    "happened",
    "interaction_id",
    "keyed_id",
    "party",
    "told",
]
