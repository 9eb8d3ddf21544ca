"""What stands in a reading where, in the rows that are made of it, ids, times and the handles of somebody go."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from making import START
from peyvand.publish import Reading
from timeline.folds.identity import handle_id

PHONE, WRITTEN, EMAIL, TELEGRAM, NAME, KEY = (
    f"§{n}§" for n in ("phone", "written", "email", "telegram", "name", "key")
)
NUMBER = "marknumber"  # stands among the words to search, which have no signs
Marks = Mapping[UUID | datetime | str, str]  # and the name of the value that goes there


def marks_of(reading: Reading, key: str, organisation: UUID) -> Marks:
    """Return the marks of a reading of one event, whose key is a mark as well."""
    [event] = reading.events
    kinds = {"phone": PHONE, "email": EMAIL, "telegram": TELEGRAM}
    return {
        event.event_id: "event", event.interaction_id: "interaction", event.delivery_id: "delivery",
        START: "at", event.received_at: "received",
        **{handle_id(organisation, kind, "", mark): f"{kind}_id" for kind, mark in kinds.items()},
        **{mark: kind for kind, mark in kinds.items()},
        WRITTEN: "written", NAME: "name", NUMBER: "number", KEY: "key", key: "key",
    }  # fmt: skip


def template(text: str, marks: Marks) -> str:
    """Return a text with places for %; times stand in it as in JSON."""
    text = text.replace("%", "%%")
    for mark, name in marks.items():
        if isinstance(mark, datetime):
            text = text.replace(f"{mark:%Y-%m-%dT%H:%M:%SZ}", f"%({name}_text)s")
        else:
            text = text.replace(str(mark), f"%({name})s")
    return text
