"""Asking Goftino who a visitor is, and whether our key is right.

https://api.goftino.com/
"""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
from pydantic import ValidationError

from ingest_social.chats.goftino import ABOUT
from ingest_social.chats.goftino_wire import About, Data, Hook
from peyvand.calling import Vendor, calling
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, SignInFailed, Unavailable

GOFTINO = Vendor("Goftino", "copy the API key again from its panel (settings, API)")
# A call waits for its answer: what Goftino cannot say within this is stored without.
SECONDS_FOR_A_CALL = 3.0


async def told(delivery: Delivery, base_url: str, key: str, proxy: str | None) -> Delivery:
    """Return a call with what Goftino says of its visitor; one that it does not answer is as good without."""
    try:
        hook = Hook.model_validate(delivery.json())
        if hook.event != "new_message":
            return delivery
        chat = Data.model_validate(hook.data).chat_id
        async with asyncio.timeout(SECONDS_FOR_A_CALL):
            answer = await _asked("/v1/user_data", {"chat_id": chat}, base_url, key, proxy)
        about = About.model_validate(answer.get("data"))
    except (ValidationError, BadPayload, Unavailable, SignInFailed, TimeoutError):
        return delivery
    said = orjson.dumps(about.model_dump(exclude_none=True)).decode()
    return replace(delivery, headers={**delivery.headers, ABOUT: said})


async def checked(base_url: str, key: str, proxy: str | None) -> None:
    """Return when the key is right; raises SignInFailed, Unavailable."""
    answer = await _asked("/v1/operators", {}, base_url, key, proxy)
    if answer.get("status") != "success":
        raise SignInFailed(f"Goftino does not take our key: {GOFTINO.refused}")


async def _asked(path: str, query: dict[str, str], base_url: str, key: str, proxy: str | None) -> dict[str, Any]:
    headers = {"goftino-key": key, "content-type": "application/json"}
    async with calling(GOFTINO, base_url, proxy, headers=headers) as caller:
        return caller.read(await caller.ask("GET", path, params=query))
