"""The register of a service that is no timeline, in tables that the timeline's migrations make."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from peyvand.postgres import SECONDS, Postgres
from peyvand.register import REMEMBERED, Claim, Fate, Noted, Row, Standing, waves

# A claim locks its row even when it changes nothing: who comes after it sees what stands then.
CLAIM = """
    WITH claimed AS (
        INSERT INTO partner_event AS known
            (connector, id, revision, digest, event_id, delivery_id, received_at, durable)
        SELECT $1, id, revision, digest, event_id, delivery_id, received_at, false
        FROM jsonb_to_recordset($2::jsonb) AS given
            (id text, revision int, digest text, event_id uuid, delivery_id uuid, received_at timestamptz)
        ORDER BY id
        ON CONFLICT (connector, id) DO UPDATE SET
            revision = greatest(known.revision, excluded.revision),
            digest = CASE WHEN excluded.revision > known.revision THEN excluded.digest ELSE known.digest END,
            event_id = CASE WHEN excluded.revision > known.revision THEN excluded.event_id ELSE known.event_id END,
            delivery_id =
                CASE WHEN excluded.revision > known.revision THEN excluded.delivery_id ELSE known.delivery_id END,
            received_at =
                CASE WHEN excluded.revision > known.revision THEN excluded.received_at ELSE known.received_at END,
            durable = known.durable AND excluded.revision <= known.revision
        RETURNING id, revision, digest, event_id, delivery_id, received_at, durable)
    SELECT jsonb_agg(jsonb_build_object('claim', to_jsonb(claimed) - 'durable', 'durable', durable)) FROM claimed"""
NOTE = """
    WITH settled AS (
        UPDATE partner_event AS known SET durable = true FROM unnest($2::text[], $3::uuid[]) AS told (id, delivery)
        WHERE known.connector = $1 AND known.id = told.id AND known.delivery_id = told.delivery),
    noted AS (
        INSERT INTO partner_request (id, connector, key, at, method, status, why, events, rows)
        VALUES ($4, $1, $5, $6, $7, $8, $9, $10, $11::jsonb))
    DELETE FROM partner_request WHERE connector = $1 AND key = $5 AND id < (
        SELECT id FROM partner_request WHERE connector = $1 AND key = $5
        ORDER BY id DESC OFFSET $12 LIMIT 1)"""
FATE = """
    SELECT jsonb_build_object(
        'standing', jsonb_build_object(
            'claim', to_jsonb(known) - 'durable' - 'connector', 'durable', known.durable),
        'outcome', delivery.outcome, 'why', delivery.why)
    FROM partner_event AS known LEFT JOIN delivery ON delivery.id = known.delivery_id
    WHERE known.connector = $1 AND known.id = $2"""
REQUESTS = """
    SELECT jsonb_agg(to_jsonb(found) - 'connector' ORDER BY found.id DESC) FROM (
        SELECT * FROM partner_request WHERE connector = $1 AND ($2::text IS NULL OR key = $2)
        ORDER BY id DESC) AS found"""

_CLAIMS = TypeAdapter(list[Claim])
_STANDING = TypeAdapter(list[Standing])
_FATE = TypeAdapter(Fate)
_NOTED = TypeAdapter(list[Noted])
_ROWS = TypeAdapter(tuple[Row, ...])


class PostgresRegister:
    """The register in PostgreSQL."""

    def __init__(self, url: str, application: str = "peyvand", seconds: float = SECONDS) -> None:
        self._database = Postgres(url, application, seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Keep connections while the body runs; the database may be away."""
        async with self._database.running():
            yield self

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Claim ids."""
        found: dict[UUID, Standing] = {}
        for wave in waves(claims):
            told = await self._database.value(CLAIM, connector, _CLAIMS.dump_json(wave).decode())
            by_id = {standing.claim.id: standing for standing in _STANDING.validate_json(told)}
            found.update((claim.delivery_id, by_id[claim.id]) for claim in wave)
        return [found[claim.delivery_id] for claim in claims]

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Remember a request, and what is durable."""
        settled = [claim.id for claim in durable], [claim.delivery_id for claim in durable]
        said = noted.id, noted.key, noted.at, noted.method, noted.status, noted.why, noted.events
        rows = _ROWS.dump_json(noted.rows).decode()
        await self._database.value(NOTE, connector, *settled, *said, rows, REMEMBERED - 2)

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Return what an id stands for."""
        told = await self._database.value(FATE, connector, own_id)
        return None if told is None else _FATE.validate_json(told)

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Return the remembered requests."""
        told = await self._database.value(REQUESTS, connector, key)
        return [] if told is None else _NOTED.validate_python(orjson.loads(told))
