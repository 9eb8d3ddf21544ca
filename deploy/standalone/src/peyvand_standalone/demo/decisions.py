"""What the demo's agents decide: two of a customer's addresses are one's, and a mistake is made and taken back."""

import asyncio

import httpx
import structlog

log = structlog.get_logger("peyvand.demo")

# The mailbox file is looked at twice a second.
TRIES, BETWEEN_SECONDS = 100, 0.1


async def decide(client: httpx.AsyncClient) -> None:
    """Merge a customer's two addresses and say her name; merge two strangers, and undo it."""
    at_home = await _found(client, "negar.rostami@example.com")
    at_work = await _found(client, "n.rostami@mehr-studio.example")
    if at_home and at_work:
        await _merge(client, at_home, at_work, "She said in her mail that both addresses are hers")
        named = await client.post(f"/v1/customers/{at_home}/name", json={"name": "نگار رستمی"})
        named.raise_for_status()
    stranger, ali = await _found(client, "09150002863"), await _found(client, "09190003364")
    if stranger and ali:
        act = await _merge(client, stranger, ali, "The voice sounded like his")
        (await client.delete(f"/v1/decisions/{act}")).raise_for_status()


async def _merge(client: httpx.AsyncClient, customer: str, other: str, why: str) -> str:
    answer = await client.post(f"/v1/customers/{customer}/merge", json={"with": other, "why": why})
    answer.raise_for_status()
    return str(answer.json()["act"])


async def _found(client: httpx.AsyncClient, handle: str) -> str | None:
    """Return the customer who has a handle, once what brings it is read; None when that takes too long."""
    for _ in range(TRIES):
        answer = await client.get("/v1/customers", params={"q": handle})
        answer.raise_for_status()
        if hits := answer.json()["customers"]:
            return str(hits[0]["customer"]["id"])
        await asyncio.sleep(BETWEEN_SECONDS)
    log.warning("somebody of the demo did not come")
    return None
