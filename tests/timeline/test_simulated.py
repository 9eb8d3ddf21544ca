"""Other rules are tried on what is stored, part by part, and the difference is that between two whole derivations."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import RULES, STEPS, Said, ledger_from, streams
from making import ORGANISATION, address, customer, message, mobile, reading
from peyvand.identity.rules import Rules
from recorded import everything
from stores import Opened
from timeline.folds.identity import derive
from timeline.record import record
from timeline.simulating import difference
from timeline.store import simulated

EXAMPLES = int(os.environ.get("PEYVAND_IDENTITY_EXAMPLES", "60")) // 2
WANTED = (
    RULES.model_copy(update={"landlines_link": True}),
    RULES.model_copy(update={"names_must_agree": False, "most_handles": 100}),
    RULES.model_copy(update={"caps": {}, "fan": {}}),
    RULES.model_copy(update={"fan": {"phone": {"email": 0}, "email": {"phone": 0, "crm": 0}}}),
)


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stream=streams(), steps=STEPS, wanted=st.sampled_from(WANTED), at_a_time=st.integers(1, 4))
def test_the_difference_in_parts_is_the_difference_of_the_whole(
    empty_store: Path, stream: list[Said], steps: list[Any], wanted: Rules, at_a_time: int
) -> None:
    async def run() -> None:
        async with ledger_from(empty_store) as ledger:
            for step in steps:
                await ledger.do(step, stream)
            database = ledger.store.database
            evidence, verdicts = await everything(database)
            whole = difference(*(derive(ORGANISATION.id, evidence, verdicts, rules) for rules in (RULES, wanted)))
            assert await simulated(database, ORGANISATION.id, RULES, wanted, at_a_time) == whole

    asyncio.run(run())


async def test_nothing_is_changed_by_trying(opened: Opened) -> None:
    landline = mobile("02188776655")
    for n in range(3):
        who = customer(landline, address(f"p{n}@x.ir"), name="Ali Rezaei")
        await record([reading(message(str(n), [who], minutes=n))], opened.store)
    found = await simulated(opened.database, ORGANISATION.id, Rules(), Rules(landlines_link=True))
    again = await simulated(opened.database, ORGANISATION.id, Rules(), Rules(landlines_link=True))
    assert (found.customers_before, found.customers_after, found.merged.count) == (4, 1, 1)
    assert again == found
