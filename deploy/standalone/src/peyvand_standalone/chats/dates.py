"""Which number of a date is the day: settled by the file as a whole, or asked."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from persiantools.jdatetime import JalaliDate

from peyvand.errors import PeyvandError
from peyvand_standalone.chats.heads import Head

# Years of the Iranian calendar in which there were telephones, which no Gregorian date has.
_JALALI = range(1380, 1500)
_WIDE = 4


class Ambiguous(PeyvandError):
    """A file whose dates may mean two things."""


class Order(StrEnum):
    """In which order day, month and year stand."""

    DAY = "day-first"
    MONTH = "month-first"
    YEAR = "year-first"


def settled(heads: Sequence[Head], said: Order | None = None) -> Order:
    """Return the order that fits all dates of a file; raises Ambiguous when two do and nobody said which.

    An export goes forward in time: of two orders that fit, the one in which fewer messages go back is it.
    """
    if said is not None:
        return said
    if all(head.widths[0] == _WIDE for head in heads):
        return Order.YEAR
    if all(head.separator == "." for head in heads):
        return Order.DAY
    fitting = [order for order in (Order.DAY, Order.MONTH) if all(moment(head, order) for head in heads)]
    if len(fitting) == 1:
        return fitting[0]
    back = {order: _steps_back(heads, order) for order in fitting or (Order.DAY, Order.MONTH)}
    best = min(back.values(), default=0)
    chosen = [order for order, steps in back.items() if steps == best]
    if len(chosen) == 1:
        return chosen[0]
    raise Ambiguous(
        "every date of this file can be read in two ways: say --dates day-first (31/12) or --dates month-first (12/31)"
    )


def moment(head: Head, order: Order) -> datetime | None:
    """Return a head's local time, or None when there is no such day."""
    a, b, c = head.numbers
    if head.widths[0] == _WIDE:
        year, month, day = a, b, c
    else:
        (day, month), year = ((a, b) if order is Order.DAY else (b, a)), c
    found = _day(year if year >= 100 else 2000 + year, month, day)
    return None if found is None else datetime.combine(found, datetime.min.time()) + timedelta(seconds=head.seconds)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if year in _JALALI:
            converted: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
            return converted
        return date(year, month, day)
    except ValueError:
        return None


def _steps_back(heads: Sequence[Head], order: Order) -> int:
    times = [at for head in heads if (at := moment(head, order))]
    lost = len(heads) - len(times)
    return lost + sum(later < earlier for earlier, later in pairwise(times))
