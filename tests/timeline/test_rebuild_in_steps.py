"""A rebuild goes handle by handle while traffic goes on, and ends with what the record says all the same."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ledgers import STEPS, Said, ledger_from, streams
from timeline.store.rebuilding import rebuild

EXAMPLES = int(os.environ.get("PEYVAND_IDENTITY_EXAMPLES", "60"))
# What may have gone wrong of all that is derived without that traffic could not go on, with some of the rows.
HARM = tuple(
    f"{wrong} WHERE unicode(hex({some})) % 3 = {n}"
    for n in range(3)
    for some, wrong in (
        ("id", "UPDATE handle SET customer = own"),
        ("id", "UPDATE handle SET component = id"),
        ("id", "UPDATE handle SET component = (SELECT min(id) FROM handle)"),
        ("id", "UPDATE handle SET shared = NULL"),
        ("id", "UPDATE handle SET shared = 'many'"),
        ("id", "UPDATE handle SET first_at = first_at - 60000000"),
        ("id", "UPDATE handle SET value = 'x'"),
        ("b", "DELETE FROM link"),
        ("b", "UPDATE link SET strength = 1 + strength % 3"),
        ("b", "UPDATE link SET refused = 'name'"),
        (
            "b.id",
            "INSERT OR IGNORE INTO link SELECT a.id, b.id, 3, 0, a.id, NULL FROM handle a JOIN handle b ON a.id < b.id",
        ),
        ("handle_id", "DELETE FROM handle_name"),
        ("handle_id", "UPDATE handle_name SET first_at = 0"),
    )
)


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    stream=streams(),
    before=STEPS,
    harm=st.lists(st.sampled_from(HARM), min_size=1, max_size=3),
    meanwhile=STEPS,
    at_a_time=st.integers(1, 4),
)
def test_what_goes_on_between_the_steps_of_a_rebuild_spoils_nothing(
    empty_store: Path, stream: list[Said], before: list[Any], harm: list[str], meanwhile: list[Any], at_a_time: int
) -> None:
    async def run() -> None:
        async with ledger_from(empty_store) as ledger:
            for step in before:
                await ledger.do(step, stream)
            for wrong in harm:
                await ledger.store.database.write(lambda c, wrong=wrong: c.execute(text(wrong)).rowcount)  # type: ignore[misc]
            coming = iter(meanwhile)
            async for progress in rebuild(ledger.store, at_a_time):
                if progress.stage in ("handles", "customers") and (step := next(coming, None)):
                    await ledger.do(step, stream)
            assert await ledger.differences() == []

    asyncio.run(run())
