"""Receipts into delivery rows, before, after or together with their events: what a row says follows from what is there.

A delivery some event of which is still on its way is *arriving*. Of a delivery that could not be published whole, and
whose caller was told to come again, either may never come: its receipt, then it is known by its events alone; or its
events, then it settles once what came again has brought them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, literal, select
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from timeline.deliveries import Outcome
from timeline.ports import Refused
from timeline.store.contents import packed
from timeline.store.statements import among, chunks, table, update_all, upsert, write
from timeline.store.tables import DeliveryRow, EventRow

DELIVERY, EVENT = table(DeliveryRow), table(EventRow)
D = DELIVERY.c
# Said of a row that was there already, until it has been looked at with all that is known now.
_UNSETTLED = "unsettled"
_SETTLED = ("outcome", "rule", "why", "announced", "awaited")
_CONTENT = ("connector", "channel", "received_at", "method", "url", "headers", "body", "body_ref")


@cache
def _there(dialect: str) -> Select[Any]:
    return select(EVENT.c.id).where(among(dialect, EVENT.c.id))


@cache
def _states(dialect: str) -> Select[Any]:
    return select(D.id, D.announced, D.awaited, D.rule, D.why, D.stored).where(among(dialect, D.id))


@cache
def _adding(dialect: str) -> ReturningInsert[Any]:
    def changed(new: Any) -> dict[str, Any]:
        refused = case((new.announced.is_(None), func.coalesce(D.why, new.why)), else_=D.why)
        return {"outcome": literal(_UNSETTLED), "stored": D.stored + new.stored, "why": refused}

    return upsert(dialect, DeliveryRow, ["id"], changed).returning(D.id, D.outcome)


def note_deliveries(
    connection: Connection, receipts: Sequence[Receipt], events: Iterable[InteractionEvent], stored: Counter[UUID]
) -> None:
    """Bring the rows of all deliveries that a batch speaks of up to date; `stored` counts events won and lost."""
    told = _one_each(receipts)
    missing = _missing(connection, {i for r in told.values() for i in r.events} - {e.event_id for e in events})
    rows = {e.delivery_id: _stub(e, stored[e.delivery_id]) for e in events}
    rows |= {i: receipt_row(r, stored[i], missing) for i, r in told.items()}
    _add(connection, rows, told)


def refuse_deliveries(connection: Connection, refused: Sequence[Refused]) -> None:
    """Keep deliveries for repair, some event of which cannot be stored, whether their receipt is here yet or not."""
    rows = {r.delivery_id: _stub(r, 0, r.why) for r in refused}
    _add(connection, rows, {})


def settle_arriving(connection: Connection, received_before: datetime, after: UUID, limit: int) -> tuple[UUID, int]:
    """Settle deliveries behind `after` that have long waited for events which others have brought meanwhile.

    Returns how far it looked, in the order of ids, and how many of them wait no more; what waits on is not written.
    """
    waiting = select(D.id, D.awaited).where(D.awaited.is_not(None), D.outcome == Outcome.ARRIVING, D.id > after)
    step = waiting.where(D.received_at < received_before).order_by(D.id).limit(limit)
    awaited = {i: set(map(UUID, ids)) for i, ids in connection.execute(step.with_for_update(skip_locked=True))}
    missing = _missing(connection, {e for events in awaited.values() for e in events})
    brought = [i for i, events in awaited.items() if not events <= missing]
    return max(awaited, default=after), _settle(connection, brought, {}) if brought else 0


def outcome(awaited: object, rule: str | None, why: str | None, stored: int) -> Outcome:
    """Return a delivery's one place in the books."""
    if why is not None:
        return Outcome.KEPT
    if rule is not None:
        return Outcome.SKIPPED
    if awaited:
        return Outcome.ARRIVING
    return Outcome.STORED if stored else Outcome.DUPLICATE


def receipt_row(receipt: Receipt, stored: int, missing: Collection[UUID]) -> dict[str, Any]:
    """Return the row of a delivery that was not there."""
    delivery = receipt.delivery
    awaited = [str(i) for i in receipt.events if i in missing] or None
    return {
        "id": delivery.id,
        "connector": delivery.connector,
        "channel": delivery.channel,
        "received_at": delivery.received_at,
        "method": delivery.method,
        "url": delivery.url,
        "headers": {k: v.replace("\0", "") for k, v in delivery.headers.items()},
        "body": packed(delivery.body),
        "body_ref": delivery.body_ref,
        "outcome": outcome(awaited, receipt.skipped, receipt.kept, stored),
        "rule": receipt.skipped,
        "why": receipt.kept,
        "announced": len(receipt.events),
        "awaited": awaited,
        "stored": stored,
    }


def _stub(of: InteractionEvent | Refused, stored: int, why: str | None = None) -> dict[str, Any]:
    """Return the row of a delivery of which nothing is here but what its event says."""
    return {
        "id": of.delivery_id,
        "connector": of.connector,
        "channel": of.channel,
        "received_at": of.received_at,
        "method": "",
        "url": "",
        "headers": {},
        "body": packed(b""),
        "body_ref": None,
        "outcome": outcome(None, None, why, stored),
        "rule": None,
        "why": why,
        "announced": None,
        "awaited": None,
        "stored": stored,
    }


def _one_each(receipts: Sequence[Receipt]) -> dict[UUID, Receipt]:
    """Return one receipt for each delivery: of several the first that says something."""
    one: dict[UUID, Receipt] = {}
    for receipt in receipts:
        known = one.get(receipt.delivery.id)
        if known is None or (receipt.events and not known.events):
            one[receipt.delivery.id] = receipt
    return one


def _missing(connection: Connection, events: set[UUID]) -> set[UUID]:
    there: set[UUID] = set()
    for part in chunks(events):
        there.update(connection.execute(_there(connection.dialect.name), {"ids": part}).scalars())
    return events - there


def _add(connection: Connection, rows: Mapping[UUID, dict[str, Any]], told: Mapping[UUID, Receipt]) -> None:
    """Add rows in the order of their ids, so that two workers never wait for each other crosswise."""
    statement = _adding(connection.dialect.name)
    known: list[UUID] = []
    for part in chunks([rows[i] for i in sorted(rows, key=attrgetter("int"))]):
        known += [i for i, said in write(connection, statement, part) if said == _UNSETTLED]
    if known:
        _settle(connection, known, told)


def _settle(connection: Connection, ids: Sequence[UUID], told: Mapping[UUID, Receipt]) -> int:
    """Write what rows that were there already say now, and return how many wait for nothing; they are locked by us."""
    asked = _states(connection.dialect.name)
    states = [row for part in chunks(ids) for row in connection.execute(asked, {"ids": part})]
    hoped = {s.id: _hoped(s, told.get(s.id)) for s in states}
    missing = _missing(connection, {i for awaited in hoped.values() for i in awaited})
    taken, settled = [], []
    for state in states:
        receipt = told.get(state.id)
        row = _settled(state, receipt, sorted(map(str, hoped[state.id] & missing)))
        # its first bytes; or those that say something, where the source could not hand them over before
        if receipt is not None and (state.announced is None or (_takes(state, receipt) and receipt.events)):
            taken.append(row | _keyed(_CONTENT, receipt_row(receipt, 0, ())))
        else:
            settled.append(row)
    for columns, rows in ((_SETTLED, settled), (_SETTLED + _CONTENT, taken)):
        for part in chunks(rows):
            write(connection, update_all(connection.dialect.name, DeliveryRow, "id", *columns), part)
    return sum(row["new_awaited"] is None for row in (*settled, *taken))


def _takes(state: Any, receipt: Receipt | None) -> bool:
    """Return whether a row takes a receipt in: its first, or another while it says that it brought nothing."""
    return receipt is not None and (state.announced is None or state.rule is not None or state.why is not None)


def _hoped(state: Any, receipt: Receipt | None) -> set[UUID]:
    """Return the events that a row may have to wait for; an old receipt that comes again brings none back."""
    if receipt is not None and _takes(state, receipt):
        return set(receipt.events)
    return set(map(UUID, state.awaited or ()))


def _settled(state: Any, receipt: Receipt | None, awaited: list[str]) -> dict[str, Any]:
    """Return what a row says once a receipt, if any, has been taken in; one that said something goes on saying it."""
    announced, rule, why = state.announced, state.rule, state.why
    if receipt is not None and _takes(state, receipt):
        announced, rule = len(receipt.events), receipt.skipped
        why = receipt.kept or (why if awaited else None)
    if not awaited and (announced or rule is not None):
        why = None
    said = outcome(awaited, rule, why, state.stored)
    values = {"outcome": said, "rule": rule, "why": why, "announced": announced, "awaited": awaited or None}
    return {"of": state.id, **_keyed(_SETTLED, values)}


def _keyed(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": row[name] for name in columns}
