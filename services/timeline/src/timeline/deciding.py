"""What people want of identity, as the verdicts of one act: pure, and the same whenever it is said again."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from uuid import UUID, uuid5

from timeline.acts import Act
from timeline.folds.identity.verdicts import Pair, Verdict, VerdictKind, pair
from timeline.nonsense import Nonsense, Undecidable
from timeline.ports import Customer


class Reason(StrEnum):
    """Why somebody is no customer."""

    SPAM = "spam"
    SUPPLIER = "supplier"
    NEWSLETTER = "newsletter"


def merge(act: Act, one: Customer, other: Customer, apart: Collection[Pair] = ()) -> tuple[Verdict, ...]:
    """Return that two customers are one."""
    if one.id == other.id:
        raise Undecidable("with", Nonsense.SAME_CUSTOMER)
    return _same(act, (one.handles[0].id, other.handles[0].id), (one, other), apart)


def split(act: Act, customer: Customer, moved: Collection[UUID]) -> tuple[Verdict, ...]:
    """Return that some handles of a customer are somebody else's."""
    theirs = [h.id for h in customer.handles]
    if not set(moved) <= set(theirs):
        raise Undecidable("handles", Nonsense.NOT_THEIRS)
    staying = [h for h in theirs if h not in set(moved)]
    if not moved:
        raise Undecidable("handles", Nonsense.NOTHING_MOVED)
    if not staying:
        raise Undecidable("handles", Nonsense.NOTHING_STAYS)
    return _verdicts(act, VerdictKind.DIFFERENT, _across(moved, staying))


def different(act: Act, one: Customer, other: Customer) -> tuple[Verdict, ...]:
    """Return that two customers are two, whatever comes to link them."""
    if one.id == other.id:
        raise Undecidable("from", Nonsense.SPLIT_INSTEAD)
    return _verdicts(act, VerdictKind.DIFFERENT, _across([h.id for h in one.handles], [h.id for h in other.handles]))


def shared(act: Act, handle: UUID) -> tuple[Verdict, ...]:
    """Return that many use a handle."""
    return (_verdict(act, VerdictKind.SHARED, handle),)


def personal(act: Act, handle: UUID) -> tuple[Verdict, ...]:
    """Return that a handle is one person's."""
    return (_verdict(act, VerdictKind.PERSONAL, handle),)


def move(act: Act, interaction: UUID, handle: UUID) -> tuple[Verdict, ...]:
    """Return that an interaction is of whoever has a handle."""
    return (_verdict(act, VerdictKind.MOVE, interaction, handle),)


def confirm(
    act: Act, suggested: Pair, customers: tuple[Customer, Customer], apart: Collection[Pair] = ()
) -> tuple[Verdict, ...]:
    """Return that two handles that were suggested are one person's."""
    if customers[0].id == customers[1].id:
        raise Undecidable("b", Nonsense.SAME_CUSTOMER)
    return _same(act, suggested, customers, apart)


def dismiss(act: Act, suggested: Pair) -> tuple[Verdict, ...]:
    """Return that two handles need not be suggested again."""
    if suggested[0] == suggested[1]:
        raise Undecidable("b", Nonsense.SAME_HANDLE)
    return _verdicts(act, VerdictKind.DISMISSED, [pair(*suggested)])


def not_a_customer(act: Act, customer: Customer, reason: Reason) -> tuple[Verdict, ...]:
    """Return that somebody is no customer."""
    return (_verdict(act, VerdictKind.NOT_A_CUSTOMER, customer.handles[0].id, value=reason.value),)


def rename(act: Act, handle: UUID, name: str) -> tuple[Verdict, ...]:
    """Return what whoever has a handle is called."""
    return (_verdict(act, VerdictKind.NAME, handle, value=_written(name, "name")),)


def tag(act: Act, customer: Customer, word: str) -> tuple[Verdict, ...]:
    """Return a word for a customer."""
    written = _written(word, "tag")
    if written in customer.tags:
        raise Undecidable("tag", Nonsense.TAGGED)
    return (_verdict(act, VerdictKind.TAG, customer.handles[0].id, value=written),)


def _written(text: str, field: str) -> str:
    written = " ".join(text.replace("\0", "").split())
    if not written:
        raise Undecidable(field, Nonsense.NOTHING_WRITTEN)
    return written


def _same(act: Act, first: Pair, customers: tuple[Customer, Customer], apart: Collection[Pair]) -> tuple[Verdict, ...]:
    """Return that two handles are one person's, and with them those that verdicts hold apart: a single pair of them
    would part the customers again."""
    across = _across(*([h.id for h in c.handles] for c in customers))
    return _verdicts(act, VerdictKind.SAME, [pair(*first), *(p for p in across if p in apart and p != pair(*first))])


def _across(some: Iterable[UUID], others: Collection[UUID]) -> list[Pair]:
    return sorted({pair(a, b) for a in some for b in others})


def _verdicts(act: Act, kind: VerdictKind, pairs: Iterable[Pair]) -> tuple[Verdict, ...]:
    return tuple(_verdict(act, kind, a, b, place=place) for place, (a, b) in enumerate(pairs))


def _verdict(
    act: Act, kind: VerdictKind, a: UUID, b: UUID | None = None, *, value: str | None = None, place: int = 0
) -> Verdict:
    # by its place in the act, so that the same thing said twice is one row
    return Verdict(uuid5(act.id, str(place)), act.id, kind, a, b, value, act.actor, act.at, act.why)
