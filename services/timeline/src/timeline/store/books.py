"""The books of a connector, counted over its delivery rows, and its state."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from peyvand.errands import Task
from timeline.ports import Books, Health
from timeline.store.errands import waiting_of
from timeline.store.statements import table
from timeline.store.tables import ConnectorStateRow, DeliveryRow, EventRow

DELIVERY, EVENT, STATE = table(DeliveryRow), table(EventRow), table(ConnectorStateRow)


def health_of(connection: Connection, connector: str) -> Health:
    """Return what is known of a connector by evidence."""
    state = connection.execute(select(STATE).where(STATE.c.connector == connector)).first()
    books = books_of(connection, connector)
    files, relayed = (waiting_of(connection, task, [connector]).get(connector) for task in (Task.FETCH, Task.RELAY))
    if state is None:
        return Health(books, files=files, relayed=relayed)
    keeps = None if state.keeps_seconds is None else timedelta(seconds=state.keeps_seconds)
    sees = state.sees_outbound is not False
    return Health(books, state.polled_at, state.error, state.error_since, sees, keeps, files, relayed)


def one_sided(connection: Connection) -> frozenset[str]:
    """Return the connectors that are known not to see what we write."""
    blind = select(STATE.c.connector).where(STATE.c.sees_outbound.is_(False))
    return frozenset(connection.execute(blind).scalars())


def books_of(connection: Connection, connector: str) -> Books:
    """Count a connector's deliveries by outcome, and its events apart from them; indexes alone answer."""
    d = DELIVERY.c
    counted = select(d.outcome, d.rule, func.count().label("n"), func.sum(d.stored).label("stored"))
    rows = connection.execute(counted.where(d.connector == connector).group_by(d.outcome, d.rule)).all()
    counts = Counter[str]()
    for row in rows:
        counts[row.outcome] += row.n
    standing = select(func.count()).select_from(EVENT).where(EVENT.c.connector == connector)
    return Books(
        connector,
        seen=counts.total(),
        stored=counts["stored"],
        duplicate=counts["duplicate"],
        skipped={str(row.rule): row.n for row in rows if row.outcome == "skipped"},
        kept=counts["kept"],
        claimed=sum(int(row.stored) for row in rows),
        standing=connection.execute(standing).scalar_one(),
        arriving=counts["arriving"],
        last_at=max((_newest(connection, connector, row.outcome) for row in rows), default=None),
    )


def _newest(connection: Connection, connector: str, outcome: str) -> datetime:
    """Return when the newest delivery of an outcome came: the end of one stretch of an index."""
    d = DELIVERY.c
    theirs = select(d.received_at).where(d.connector == connector, d.outcome == outcome)
    newest: datetime = connection.execute(theirs.order_by(d.received_at.desc()).limit(1)).scalar_one()
    return newest
