"""Promise 21: whatever comes, in whatever order and however often, who is who is a function of the record alone."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ledgers import STEPS, Said, ledger_from, streams
from timeline.store.rebuilding import rebuild

EXAMPLES = int(os.environ.get("PEYVAND_IDENTITY_EXAMPLES", "60"))


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stream=streams(), steps=STEPS)
def test_the_store_is_at_all_times_what_the_record_says(
    empty_store: Path, stream: list[Said], steps: list[Any]
) -> None:
    async def run() -> None:
        async with ledger_from(empty_store) as ledger:
            for step in steps:
                await ledger.do(step, stream)
                assert await ledger.differences() == []
            assert [p.mended async for p in rebuild(ledger.store)][-1] == 0

    asyncio.run(run())
