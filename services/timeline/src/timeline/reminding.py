"""When customers have to be derived again, in words with what to do."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

import structlog

log = structlog.get_logger("timeline.reminding")


@dataclass(frozen=True, slots=True)
class DerivedWith:
    """The rules of matching, by their digest, and the revision of the code with which customers were derived."""

    rules: str
    revision: int


class Reminder(StrEnum):
    """Why a rebuild is due; until then everything goes on."""

    RULES = (
        "Not all customers were found by today's rules (identity: in peyvand.yaml). What is new follows them;"
        " ./peyvand rebuild applies them to all that is stored."
    )
    UPDATE = (
        "Not everything that is stored was worked out by this version of Peyvand. What is new is;"
        " ./peyvand rebuild brings the rest up to date."
    )


def reminder(found: Collection[DerivedWith], today: DerivedWith) -> Reminder | None:
    """Return why a rebuild is due, None when all that was derived was derived as it would be today."""
    others = set(found) - {today}
    if not others:
        return None
    return Reminder.UPDATE if any(o.revision != today.revision for o in others) else Reminder.RULES


async def warn(due: Callable[[], Awaitable[Reminder | None]]) -> None:
    """Log why a rebuild is due, if it is."""
    if (why := await due()) is not None:
        log.warning("a rebuild is due", why=str(why))
