"""With which rules, and which revision of the code, customers were derived: every writer leaves a mark.

A rebuild says of those marks that they are being mended, and at its end removes those that nobody has left again.
"""

from sqlalchemy import Connection, delete, select, update

from peyvand.errors import Unavailable
from peyvand.identity.rules import Rules
from timeline.reminding import DerivedWith, Reminder, reminder
from timeline.store.database import Database
from timeline.store.statements import insert_missing, table, write
from timeline.store.tables import DerivedWithRow

DERIVED = table(DerivedWithRow)
# To be raised when the same record comes to something else than before, or a migration leaves rows to be filled:
# whoever updates is then reminded of `peyvand rebuild`.
REVISION = 2


def mark(connection: Connection, rules: Rules) -> None:
    """Note that customers are derived with these rules; the caller holds the lock on identity."""
    ours = (DERIVED.c.rules == rules.digest, DERIVED.c.revision == REVISION)
    mending = connection.execute(select(DERIVED.c.mending).where(*ours)).scalar()
    if mending is None:
        new = {"rules": rules.digest, "revision": REVISION, "mending": False}
        write(connection, insert_missing(connection.dialect.name, DerivedWithRow, "rules", "revision"), [new])
    elif mending:
        connection.execute(update(DERIVED).where(*ours).values(mending=False))


def begin_mending(connection: Connection, rules: Rules) -> None:
    """Note that all that was derived is gone through from now on."""
    connection.execute(update(DERIVED).values(mending=True))
    mark(connection, rules)


def end_mending(connection: Connection) -> None:
    """Note that it has been gone through to the end."""
    connection.execute(delete(DERIVED).where(DERIVED.c.mending))


async def remind(database: Database, rules: Rules) -> Reminder | None:
    """Return what to do when customers were not derived as they would be today; None, too, while nobody can say."""

    def work(connection: Connection) -> list[DerivedWith]:
        return [DerivedWith(*row) for row in connection.execute(select(DERIVED.c.rules, DERIVED.c.revision))]

    try:
        return reminder(await database.read(work), DerivedWith(rules.digest, REVISION))
    except Unavailable:
        return None
