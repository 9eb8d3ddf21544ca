"""SIGKILL in mid-flow, and what is looked at afterwards."""

import time
from typing import Any

from standalone.running import Peyvand


def kill_and_start(product: Peyvand, seconds: float) -> None:
    time.sleep(seconds)  # the moment is what is tested, so it is waited for and not for a condition
    product.kill()
    product.start()


def books(product: Peyvand) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in product.get("/v1/connectors")["connectors"]}


def entries(product: Peyvand, query: str) -> list[dict[str, Any]]:
    """Return the whole timeline of the one customer that the query finds."""
    [customer] = product.customers(query)
    return product.timeline(customer["id"])
