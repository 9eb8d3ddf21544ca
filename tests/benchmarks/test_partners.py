"""How many of partners' events one process takes in a second, committed: one by one, and in batches."""

import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from standalone.killing import books
from standalone.running import installed

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

KEY = "pk_live_LqT4vWn8RzKc2YbHsJdM"
CONFIGURATION = f"""\
organisation: {{name: Example}}
connectors:
  - {{name: shop, channel: partner, keys: [{{name: live, secret: {KEY}, limits: 900000000/day}}]}}
"""
EVENTS = int(os.environ.get("PARTNER_EVENTS", "2000"))
AT_ONCE = 32


def order(number: int) -> dict[str, object]:
    bought = {"number": str(number), "total": "1250000", "currency": "IRR"}
    customer = {"phone": f"0912{1_110_000 + number % 1_000}"}
    return {"id": f"order-{number}", "type": "purchase", "customer": customer, "purchase": bought}


@pytest.mark.parametrize("rows", [1, 100], ids=["one by one", "a hundred in a batch"])
async def test_events_of_partners_in_a_second(rows: int, tmp_path: Path) -> None:
    batches = [[order(n) for n in range(first, first + rows)] for first in range(0, EVENTS, rows)]
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        waiting = iter(batches)
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=product.url, headers=headers, timeout=60, trust_env=False) as client:

            async def post() -> None:
                for batch in waiting:
                    answer = await client.post("/v1/events", json=batch if rows > 1 else batch[0])
                    assert answer.is_success

            began = time.perf_counter()
            await asyncio.gather(*(post() for _ in range(AT_ONCE)))
            seconds = time.perf_counter() - began
        stored = books(product)["shop"]["stored"]
    assert stored == EVENTS
    print(f"{EVENTS / seconds:,.0f} events/s ({rows} in a request, {AT_ONCE} requests at once)")
