"""What stands beside calls among the calls of their customers: each question is a short walk down one index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, exists, select

from timeline.folds.call_backs import CLOCKS, SPOKEN, WITHIN, Called, Calling, CallsAround, calling_of, left_on
from timeline.folds.interaction import Interaction
from timeline.people import NOBODY
from timeline.ports import Principal
from timeline.store.columns import Utc
from timeline.store.mentions import visible
from timeline.store.statements import chunks, table
from timeline.store.tables import HandleRow, ParticipationRow
from timeline.store.visible import interaction_visible

P, HANDLE = table(ParticipationRow).c, table(HandleRow).c
# As many missed calls as one card names that a talk made up for.
MOST = 20


@dataclass(slots=True)
class _Beside:
    """The ids of what stands beside one call."""

    called_back: UUID | None = None
    calls_back: list[UUID] = field(default_factory=list)
    voicemails: list[UUID] = field(default_factory=list)
    left_on: UUID | None = None

    def ids(self) -> set[UUID]:
        alone = {i for i in (self.called_back, self.left_on) if i is not None}
        return {*alone, *self.calls_back, *self.voicemails}


def calls_beside(connection: Connection, who: Principal, shown: Sequence[Interaction]) -> dict[UUID, CallsAround]:
    """Return what may be seen beside those that are calls; what may not is left out, and nothing put in its place."""
    found: dict[UUID, _Beside] = {}
    for customer, called in _places(connection, [i.id for i in shown if calling_of(i)]):
        _look(_Calls(connection, customer), called, found.setdefault(called.id, _Beside()))
    known = {i.id: i for i in visible(connection, who, sorted({i for beside in found.values() for i in beside.ids()}))}
    return {i: _around(beside, known) for i, beside in found.items()}


def not_called_back(connection: Connection, who: Principal, since: datetime, limit: int) -> list[Interaction]:
    """Return the newest missed calls since then that nobody has called back, whoever may see the calls back."""
    missed, theirs = (table(ParticipationRow).alias(n) for n in ("missed", "theirs"))
    whose, same = (table(HandleRow).alias(n) for n in ("whose", "same"))
    talked = exists(
        select(1)
        .select_from(whose)
        .join(same, same.c.customer == whose.c.customer)
        .join(theirs, theirs.c.handle_id == same.c.id)
        .where(whose.c.id == missed.c.handle_id, theirs.c.calling == Calling.TALKED.value)
        .where(theirs.c.occurred_at > missed.c.occurred_at)
    ).correlate(missed)
    wanted = select(missed.c.interaction_id).where(
        missed.c.calling == Calling.MISSED.value,
        missed.c.occurred_at >= since,
        missed.c.handle_id != NOBODY,  # whose number was withheld can be called back by nobody
        interaction_visible(who, missed.c.interaction_id),
        ~talked,
    )
    rows = connection.execute(wanted.order_by(missed.c.occurred_at.desc(), missed.c.interaction_id.desc()).limit(limit))
    ids = list(dict.fromkeys(rows.scalars()))
    known = {i.id: i for i in visible(connection, who, ids)}
    return [known[i] for i in ids if i in known]


def _look(calls: "_Calls", this: Called, beside: _Beside) -> None:
    match this.calling:
        case Calling.TALKED:
            beside.calls_back += calls.made_up_for(this)
        case Calling.VOICEMAIL:
            beside.left_on = beside.left_on or calls.call_of(this)
            beside.called_back = beside.called_back or calls.talk_after(this)
        case Calling.MISSED:
            beside.called_back = beside.called_back or calls.talk_after(this)
            near = calls.between(Calling.VOICEMAIL, this.at - CLOCKS, this.at + SPOKEN)
            beside.voicemails += [v.id for v in near if calls.call_of(v) == this.id]


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls of one customer."""

    connection: Connection
    customer: UUID

    def between(
        self, calling: Calling, first: datetime, last: datetime, *, newest: bool = False, most: int = MOST
    ) -> list[Called]:
        """Return some, of both moments inclusive, the earliest first or the newest."""
        asked = {"customer": self.customer, "calling": calling.value, "first": first, "last": last, "most": most}
        return [Called(at, i, calling) for at, i in self.connection.execute(_walk(newest), asked)]

    def talk_after(self, missed: Called) -> UUID | None:
        """Return the talk that made up for a missed call."""
        after = missed.at + _MOMENT
        found = self.between(Calling.TALKED, after, missed.at + WITHIN, most=1)
        return found[0].id if found else None

    def made_up_for(self, talk: Called) -> Iterable[UUID]:
        """Return the missed calls, and voicemails, for which a talk made up: all since the talk before it."""
        before = self.between(Calling.TALKED, talk.at - WITHIN, talk.at - _MOMENT, newest=True, most=1)
        same = self.between(Calling.TALKED, talk.at, talk.at, most=1)
        if same and same[0].id != talk.id:
            return []
        first = before[0].at if before else talk.at - WITHIN
        found = [c for w in (Calling.MISSED, Calling.VOICEMAIL) for c in self.between(w, first, talk.at - _MOMENT)]
        return [c.id for c in sorted(found)]

    def call_of(self, voicemail: Called) -> UUID | None:
        """Return the call on which a voicemail was left."""
        first, last = voicemail.at - SPOKEN, voicemail.at + CLOCKS
        return left_on(voicemail, self.between(Calling.MISSED, first, last, newest=True, most=1))


# The finest step of a time that both databases keep.
_MOMENT = timedelta(microseconds=1)


@cache
def _walk(newest: bool) -> Select[Any]:
    theirs = select(HANDLE.id).where(HANDLE.customer == bindparam("customer", type_=HANDLE.customer.type))
    place = (P.occurred_at.desc(), P.interaction_id.desc()) if newest else (P.occurred_at, P.interaction_id)
    return (
        select(P.occurred_at, P.interaction_id)
        .where(P.handle_id.in_(theirs), P.calling == bindparam("calling"))
        .where(P.occurred_at >= bindparam("first", type_=Utc), P.occurred_at <= bindparam("last", type_=Utc))
        .group_by(P.occurred_at, P.interaction_id)  # one that two numbers of a customer take part in counts once
        .order_by(*place)
        .limit(bindparam("most"))
    )


def _places(connection: Connection, ids: Sequence[UUID]) -> list[tuple[UUID, Called]]:
    """Return of calls whose they are, and when they were."""
    found: set[tuple[UUID, Called]] = set()
    for part in chunks(ids):
        rows = (
            select(HANDLE.customer, P.occurred_at, P.interaction_id, P.calling)
            .join_from(table(ParticipationRow), table(HandleRow), HANDLE.id == P.handle_id)
            .where(P.interaction_id.in_(part), P.calling.is_not(None))
        )
        found |= {(whose, Called(at, i, Calling(calling))) for whose, at, i, calling in connection.execute(rows)}
    return sorted(found)


def _around(beside: _Beside, known: Mapping[UUID, Interaction]) -> CallsAround:
    def those(ids: Iterable[UUID]) -> tuple[Interaction, ...]:
        return tuple(known[i] for i in dict.fromkeys(ids) if i in known)

    return CallsAround(
        called_back=known.get(beside.called_back) if beside.called_back else None,
        calls_back=those(beside.calls_back),
        voicemails=those(beside.voicemails),
        left_on=known.get(beside.left_on) if beside.left_on else None,
    )
