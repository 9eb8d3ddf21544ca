"""Trying a shop's sign-in, and looking whether its webhooks are still sent."""

from typing import Any

from ingest_social.money import currency_of
from ingest_social.shops.account import ShopAccount, is_called
from ingest_social.shops.calling import ask, calling
from peyvand.errors import BadPayload, SignInFailed


async def check(account: ShopAccount) -> str:
    """Say which shop answers, in which currency it sells, and whether its webhooks are on; raises SignInFailed."""
    if not account.asks:
        return "ready for its webhooks; without key and key_secret the shop cannot be asked, nor what it failed to send"
    async with calling(account) as client:
        status = await ask(client, "system_status", {"_fields": "environment,settings"})
        hooks = await ask(client, "webhooks", {"per_page": 100}) if is_called(account) else None
    version, currency = _at(status, "environment", "version"), account.currency or _at(status, "settings", "currency")
    _require_currency(currency)
    if off := [hook for hook in _listed(hooks) if _at(hook, "status") == "disabled"]:
        topics = ", ".join(sorted({_at(hook, "topic") or "?" for hook in off}))
        raise SignInFailed(
            f"the shop has switched {len(off)} webhook(s) off ({topics}), as it does after five failures: set them to"
            " Active under WooCommerce, Settings, Advanced, Webhooks; one in mode polling brings what they missed"
        )
    return f"WooCommerce {version or '(unknown version)'} answers; it sells in {currency}"


def _require_currency(currency: str | None) -> None:
    try:
        currency_of(currency or "")
    except BadPayload as error:
        raise SignInFailed(f"the shop's currency ({currency}) is not known here: say currency: IRR, IRT, …") from error


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(value: Any, *path: str) -> str | None:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
