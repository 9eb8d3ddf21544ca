"""Making events: times that can be true, and texts of a size that can be shown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from peyvand.delivery import Delivery
from peyvand.event import Clock, Direction, InteractionEvent, Kind, event
from peyvand.event.build import TEXT_LIMIT
from peyvand.identity import Organisation

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SENT = Delivery(UUID(int=1), "support", "imap", NOW, b"raw")


def made(occurred_at: datetime | None = NOW, **fields: Any) -> InteractionEvent:
    kind, direction = Kind.MESSAGE, Direction.INBOUND
    return event(SENT, Organisation(), key="1", kind=kind, direction=direction, occurred_at=occurred_at, **fields)


@pytest.mark.parametrize("field", ["text", "quoted"])
def test_a_text_beyond_all_reading_is_cut_and_says_so(field: str) -> None:
    found = made(NOW, **{field: "x" * (TEXT_LIMIT + 1)})
    assert getattr(found, field) == "x" * TEXT_LIMIT
    assert [(f.name, f.why) for f in found.flags] == [
        ("cut", f"{TEXT_LIMIT + 1} characters; the whole is in the raw delivery")
    ]


@pytest.mark.parametrize("field", ["text", "quoted"])
def test_a_long_text_that_fits_stays_whole(field: str) -> None:
    found = made(NOW, **{field: "x" * TEXT_LIMIT})
    assert (getattr(found, field), found.flags) == ("x" * TEXT_LIMIT, ())


@pytest.mark.parametrize("claimed", [NOW + timedelta(minutes=11), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_time_that_cannot_be_true_gives_way_to_the_receipt_and_is_flagged(claimed: datetime) -> None:
    found = made(claimed)
    assert (found.occurred_at, found.occurred_from, [f.name for f in found.flags]) == (NOW, Clock.RECEIPT, ["clock"])


@pytest.mark.parametrize("claimed", [NOW + timedelta(minutes=9), NOW - timedelta(days=9_000)])
def test_a_time_that_can_be_true_stands(claimed: datetime) -> None:
    found = made(claimed)
    assert (found.occurred_at, found.occurred_from, found.flags) == (claimed, Clock.PROVIDER, ())


def test_without_a_time_the_receipt_stands_unflagged() -> None:
    found = made(None)
    assert (found.occurred_at, found.occurred_from, found.flags) == (NOW, Clock.RECEIPT, ())
