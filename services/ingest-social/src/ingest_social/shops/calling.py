"""Asking a WooCommerce shop over its REST API, with its trouble in plain words.

https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from ingest_social.shops.account import ShopAccount
from peyvand.errors import SignInFailed, Unavailable

TIMEOUT = 30.0
# A page of a hundred orders is some hundred kilobytes.
LARGEST = 32 * 1024 * 1024


@asynccontextmanager
async def calling(account: ShopAccount) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that signs in to a shop."""
    assert account.key is not None
    assert account.key_secret is not None
    async with httpx.AsyncClient(
        base_url=f"{account.url}/wp-json/wc/v3/",
        auth=(account.key.get_secret_value(), account.key_secret.get_secret_value()),
        proxy=account.proxy,
        timeout=TIMEOUT,
        trust_env=False,
    ) as client:
        yield client


async def ask(client: httpx.AsyncClient, path: str, parameters: Mapping[str, str | int]) -> Any:
    """Return the JSON of an answer; raises SignInFailed, Unavailable."""
    try:
        async with client.stream("GET", path, params=dict(parameters)) as answer:
            body = await _body(answer)
    except httpx.HTTPError as error:
        raise Unavailable(f"the shop cannot be reached ({type(error).__name__})") from error
    _require_success(answer)
    try:
        return httpx.Response(200, content=body).json()
    except ValueError as error:
        raise Unavailable("the shop answers with something that is no JSON: is the url that of the shop?") from error


async def _body(answer: httpx.Response) -> bytes:
    found = bytearray()
    async for part in answer.aiter_bytes():
        found += part
        if len(found) > LARGEST:
            raise Unavailable(f"the shop answers with more than {LARGEST >> 20} MB")
    return bytes(found)


def _require_success(answer: httpx.Response) -> None:
    match answer.status_code:
        case 401 | 403:
            raise SignInFailed(
                "the shop refuses the key: make one that may read under WooCommerce, Settings, Advanced, REST API,"
                " of a user who manages the shop"
            )
        case 404:
            raise SignInFailed(
                "the shop has no REST API at its url: WooCommerce must be active, and the permalinks not “Plain”"
            )
        case 429:
            raise Unavailable("the shop asks us to come less often", _seconds(answer))
        case status if 300 <= status < 400:
            raise SignInFailed("the shop sends us on to another address: write that one as url")
        case status if status >= 400:
            raise Unavailable(f"the shop answers {status}")


def _seconds(answer: httpx.Response) -> int:
    given = answer.headers.get("retry-after", "")
    return min(int(given), 3_600) if given.isascii() and given.isdecimal() and len(given) < 6 else 60
