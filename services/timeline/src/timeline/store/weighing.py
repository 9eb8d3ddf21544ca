"""Places in the review queue: what weighs more stands before what weighs less, what is newer before what is older."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, false, literal, true, tuple_

# In bits, of a refused link by its strength. In the made-up population of our tests a third of those between claimed
# handles were one person's, and every second of those with one proved. Where both are proved the link is refused only
# because one person would have too many of a kind: two numbers in one CRM.
WEIGHTS = {1: -1.0, 2: 0.0, 3: 4.0}
TIMELESS = datetime(1, 1, 1, tzinfo=UTC)  # likenesses have no time; they stand behind the links of their weight
_CURSOR = struct.Struct(">dq16s16s")

Place = tuple[float, datetime, UUID, UUID]  # weight, since when, the two handles


def encoded(place: Place) -> str:
    """Return a place in the queue as an opaque cursor."""
    weight, at, a, b = place
    microseconds = (at - TIMELESS) // timedelta(microseconds=1)
    return urlsafe_b64encode(_CURSOR.pack(weight, microseconds, a.bytes, b.bytes)).decode()


def decoded(cursor: str) -> Place:
    """Return the place of a cursor; raises ValueError when it is none of ours."""
    try:
        weight, microseconds, a, b = _CURSOR.unpack(urlsafe_b64decode(cursor.encode("ascii")))
        return weight, TIMELESS + timedelta(microseconds=microseconds), UUID(bytes=a), UUID(bytes=b)
    except (ValueError, struct.error, OverflowError) as error:
        raise ValueError("this is no cursor of suggestions") from error


def links_below(link: Table, place: Place | None) -> ColumnElement[bool]:
    """Return the condition that a refused link stands below a place."""
    if place is None:
        return true()
    weight, at, a, b = place
    same = next((strength for strength, weighs in WEIGHTS.items() if weighs == weight), None)
    if same is not None:
        return _below((link.c.strength, link.c.first_at, link.c.a, link.c.b), (same, at, a, b))
    less = max((strength for strength, weighs in WEIGHTS.items() if weighs < weight), default=None)
    return false() if less is None else link.c.strength <= less


def likenesses_below(likeness: Table, place: Place | None) -> ColumnElement[bool]:
    """Return the condition that a likeness stands below a place."""
    if place is None:
        return true()
    weight, at, a, b = place
    if at > TIMELESS:
        return likeness.c.score <= weight
    return _below((likeness.c.score, likeness.c.a, likeness.c.b), (weight, a, b))


def _below(columns: Sequence[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    return tuple_(*columns) < tuple_(*(literal(v, c.type) for c, v in zip(columns, values, strict=True)))
