"""What was brought in from an archive is history: it did not come late, and it is no alarm."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from making import START, message
from peyvand.event import Flag
from timeline.folds.interaction import fold
from timeline.folds.thread import Around
from timeline.web.entry import Entry, entry_of
from timeline.web.language import load_languages
from timeline.web.moments import Moments


def entry(*flags: Flag, late: timedelta) -> Entry:
    event = message("1", (), flags=flags, minutes=0)
    received = event.model_copy(update={"received_at": START + late})
    moments = Moments(load_languages().by_code["en"], ZoneInfo("Asia/Tehran"), START + late)
    return entry_of(fold([received]), moments, None, Around())


IMPORTED = Flag(name="imported", why="brought in from old.mbox")


@pytest.mark.parametrize("late", [timedelta(hours=3), timedelta(days=2), timedelta(days=900)])
def test_what_was_brought_in_says_so_and_not_that_it_came_late(late: timedelta) -> None:
    (badge,) = entry(IMPORTED, late=late).badges
    assert (badge.tone, badge.text.startswith("brought in on ")) == ("calm", True)


def test_what_came_late_by_itself_says_so() -> None:
    (badge,) = entry(late=timedelta(hours=3)).badges
    assert (badge.tone, badge.text) == ("warm", "arrived 3 hours late")


def test_that_it_was_brought_in_is_no_flag_among_the_others() -> None:
    other = Flag(name="bounce")
    assert entry(IMPORTED, other, late=timedelta(0)).flags == (other,)
