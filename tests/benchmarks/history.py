"""A history of many interactions, made inside PostgreSQL: rows of the right shape and size in every table."""

from typing import Any

# One row in each table for each number, a handle and its name for every eighth.
_MADE = (
    """INSERT INTO delivery
    (id, connector, channel, received_at, method, url, headers, body, outcome, announced, stored)
    SELECT md5('d' || n)::uuid, 'form', 'webform', t, 'POST', 'http://127.0.0.1/webhooks/form',
    '{"content-type": "application/json"}', content, 'stored', 1, 1 FROM made""",
    """INSERT INTO event (id, interaction_id, delivery_id, connector, source_revision, normaliser, received_at, content)
    SELECT md5('e' || n)::uuid, md5('i' || n)::uuid, md5('d' || n)::uuid, 'form', 0, 1, t, content FROM made""",
    """INSERT INTO evidence (event_id, party, handle_id, role, proof, name, occurred_at)
    SELECT md5('e' || n)::uuid, 0, md5('h' || n / 8)::uuid, 'from', 'claimed', 'name ' || n / 8, t FROM made""",
    """INSERT INTO interaction (id, occurred_at, content) SELECT md5('i' || n)::uuid, t, content FROM made""",
    """INSERT INTO participation (handle_id, occurred_at, interaction_id, channel, direction, role)
    SELECT md5('h' || n / 8)::uuid, t, md5('i' || n)::uuid, 'web', 'inbound', 'from' FROM made""",
    """INSERT INTO handle (id, kind, scope, value, first_at, first_event, own, customer, component)
    SELECT md5('h' || n / 8)::uuid, 'phone', '', '+98' || n, t, md5('e' || n)::uuid, md5('c' || n / 8)::uuid,
    md5('c' || n / 8)::uuid, md5('h' || n / 8)::uuid FROM made WHERE n % 8 = 0""",
    """INSERT INTO handle_name (handle_id, name, via, first_at, folded)
    SELECT md5('h' || n / 8)::uuid, 'name ' || n / 8, false, t, 'name ' || n / 8 FROM made WHERE n % 8 = 0""",
    """INSERT INTO change (txid, kind, ref) SELECT 0, 'interaction', md5('i' || n)::uuid FROM made""",
    """INSERT INTO interaction_words (rowid, words) SELECT seq, to_tsvector('simple',
    'سفارش ' || seq % 5000 || ' پیگیری ' || seq % 977 || ' لطفا خبر بدهید') FROM interaction WHERE seq > $3""",
)
STEP = 100_000


async def make_history(connection: Any, begin: int, end: int) -> None:
    """Add the interactions numbered from begin to end; the database is migrated."""
    content = b"\x01" + bytes(range(256)) * 2
    await connection.execute("CREATE TEMP TABLE IF NOT EXISTS made (n bigint, t timestamptz, content bytea)")
    for first in range(begin, end, STEP):
        before = await connection.fetchval("SELECT coalesce(max(seq), 0) FROM interaction")
        async with connection.transaction():
            await connection.execute("TRUNCATE made")
            await connection.execute(
                "INSERT INTO made SELECT n, timestamptz '2020-01-01' + n * interval '20 seconds', $1"
                " FROM generate_series($2::bigint, $3::bigint) n",
                content, first, min(first + STEP, end) - 1,
            )  # fmt: skip
            for statement in _MADE:
                given = [before] if "$3" in statement else []
                await connection.execute(statement.replace("$3", "$1"), *given)
    await connection.execute("ANALYZE")
