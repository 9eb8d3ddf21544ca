"""Errands of connector services, in the table `errand` that the timeline's migrations make."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from peyvand.errands.errand import Errand, Task, Waiting
from peyvand.postgres import Postgres

# Times are the database's: the clocks of two machines differ.
PUT = """
    INSERT INTO errand (connector, task, key, payload, born, due, attempts)
    SELECT connector, task, key, payload, born, clock_timestamp(), 0
    FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::timestamptz[]) WITH ORDINALITY
        AS new (connector, task, key, payload, born, place)
    ORDER BY place
    ON CONFLICT (connector, task, key) DO NOTHING"""
_GIVEN = "errand.connector, errand.task, errand.key, payload, born, errand.number, attempts, error"
CLAIM = f"""
    WITH picked AS MATERIALIZED (
        SELECT number FROM errand
        WHERE done_at IS NULL AND task = $1 AND connector = ANY($2::text[]) AND due <= clock_timestamp()
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
        ORDER BY due, number LIMIT $5 FOR UPDATE SKIP LOCKED)
    UPDATE errand
    SET holder = $3, leased_until = clock_timestamp() + make_interval(secs => $4), attempts = attempts + 1
    FROM picked WHERE errand.number = picked.number
    RETURNING {_GIVEN}"""  # noqa: S608 - of constants
RENEW = """
    UPDATE errand SET leased_until = clock_timestamp() + make_interval(secs => $3)
    WHERE number = $1 AND holder = $2 AND done_at IS NULL"""
LET_GO = "UPDATE errand SET holder = NULL, leased_until = NULL WHERE holder = $1 AND done_at IS NULL"
LINE = f"""
    SELECT {_GIVEN} FROM errand
    WHERE done_at IS NULL AND task = $1 AND connector = $2 ORDER BY number LIMIT $3"""  # noqa: S608 - of constants
DONE = """
    UPDATE errand SET done_at = clock_timestamp(), payload = '', holder = NULL, leased_until = NULL, error = NULL
    WHERE number = $1"""
LATER = """
    UPDATE errand SET due = clock_timestamp() + make_interval(secs => $2), error = $3, attempts = $4,
        holder = NULL, leased_until = NULL
    WHERE number = $1 AND done_at IS NULL"""
WAITING = """
    SELECT DISTINCT ON (connector) connector, born, error, count(*) OVER (PARTITION BY connector) AS n FROM errand
    WHERE done_at IS NULL AND task = $1 AND connector = ANY($2::text[]) ORDER BY connector, number"""
FORGET = "DELETE FROM errand WHERE done_at < clock_timestamp() - make_interval(secs => $1)"


class PostgresErrands:
    """Errands in PostgreSQL, through connections that others use too."""

    def __init__(self, database: Postgres) -> None:
        self._database = database

    async def put(self, errands: Sequence[Errand]) -> None:
        """Insert what is not there."""
        columns = zip(*((e.connector, e.task, e.key, e.payload, e.born) for e in errands), strict=True)
        await self._database.value(PUT, *map(list, columns))

    async def claim(
        self, task: Task, connectors: Collection[str], holder: str, seconds: float, most: int
    ) -> list[Errand]:
        """Lease some; what another copy is leasing just now is passed over."""
        rows = await self._database.rows(CLAIM, task, list(connectors), holder, seconds, most)
        return [_errand(row) for row in rows]

    async def renew(self, errand: Errand, holder: str, seconds: float) -> None:
        """Prolong a claim, if it is still the holder's."""
        await self._database.value(RENEW, errand.number, holder, seconds)

    async def let_go(self, holder: str) -> None:
        """Free what a holder has claimed."""
        await self._database.value(LET_GO, holder)

    async def line(self, task: Task, connector: str, most: int) -> list[Errand]:
        """Return the first that are not done."""
        return [_errand(row) for row in await self._database.rows(LINE, task, connector, most)]

    async def done(self, errand: Errand) -> None:
        """Empty the row and keep its key."""
        await self._database.value(DONE, errand.number)

    async def later(self, errand: Errand, seconds: float, why: str) -> None:
        """Free an errand, to be due again later."""
        await self._database.value(LATER, errand.number, seconds, why.replace("\0", ""), errand.attempts)

    async def waiting(self, task: Task, connectors: Collection[str]) -> Mapping[str, Waiting]:
        """Count what waits; the error is that of the oldest."""
        rows = await self._database.rows(WAITING, task, list(connectors))
        return {row["connector"]: Waiting(row["n"], row["born"], row["error"]) for row in rows}

    async def forget(self, seconds: float) -> None:
        """Delete the rows of those that were done so long ago."""
        await self._database.value(FORGET, seconds)


def _errand(row: Mapping[str, Any]) -> Errand:
    return Errand(
        row["connector"], Task(row["task"]), row["key"], row["payload"], row["born"], row["number"], row["attempts"],
        row["error"],
    )  # fmt: skip
