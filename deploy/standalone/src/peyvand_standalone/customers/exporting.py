"""All customers as rows of a table, page after page, and none of them a formula."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from peyvand.identity.kinds import KINDS
from peyvand_standalone.tables.writing import Write
from timeline.ports import Customer, KnownHandle

HEADINGS = ("customer id", "name", *KINDS, "first seen", "last heard", "tags", "not a customer")
APART = "; "

# The customers after one, in the order of their ids, and after whom to go on: None at the end.
After = Callable[[UUID | None], Awaitable[tuple[Sequence[Customer], UUID | None]]]


async def export(after: After, write: Write, zone: ZoneInfo) -> int:
    """Write all customers, the headings first; return how many. Times are the organisation's."""
    write(HEADINGS)
    page, last = await after(None)
    count = _write(page, write, zone)
    while last is not None:
        page, last = await after(last)
        count += _write(page, write, zone)
    return count


def _write(page: Sequence[Customer], write: Write, zone: ZoneInfo) -> int:
    for customer in page:
        write(tuple(_cells(customer, zone)))
    return len(page)


def _cells(customer: Customer, zone: ZoneInfo) -> Iterator[str]:
    yield str(customer.id)
    yield customer.name or ""
    for kind in KINDS:
        yield APART.join(_written(h) for h in customer.handles if h.kind == kind)
    yield _time(min(h.first_at for h in customer.handles), zone)
    yield _time(customer.last_at, zone)
    yield APART.join(customer.tags)
    yield customer.not_a_customer or ""


def _written(handle: KnownHandle) -> str:
    return f"{handle.scope}:{handle.value}" if handle.scope else handle.value


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""
