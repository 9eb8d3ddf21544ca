"""Trying the sign-in: whether the token is good, whose it is, to which fields the app is subscribed."""

from collections.abc import Collection
from typing import Any

from ingest_social.meta.graph import ask
from ingest_social.pages.platform import PageAccount
from peyvand.errors import Gone, SignInFailed


async def look(account: PageAccount, key: str, fields: str) -> dict[str, Any]:
    """Return what Graph says of the page or account; raises SignInFailed when it knows none under `key`."""
    try:
        return await ask(account, account.own, fields=fields)
    except Gone as error:
        raise SignInFailed(f"{key} {account.own}: {error}") from error


async def subscribed(account: PageAccount, node: str, needed: Collection[str]) -> str:
    """Say to which fields an app is subscribed at a page or account; raises SignInFailed when to none."""
    try:
        apps = (await ask(account, f"{node}/subscribed_apps")).get("data")
    except Gone as error:
        raise SignInFailed(f"{node}/subscribed_apps: {error}") from error
    found = {field for app in (apps if isinstance(apps, list) else ()) for field in _fields(app)}
    if not found & set(needed):
        raise SignInFailed(
            "no app is subscribed to its messages, so nothing will arrive:"
            f" POST /{node}/subscribed_apps?subscribed_fields=… with the token (see the docs page)"
        )
    missing = sorted(set(needed) - found)
    return f"subscribed; not to {', '.join(missing)}" if missing else "subscribed to all that is read"


def _fields(app: Any) -> list[str]:
    fields = app.get("subscribed_fields") if isinstance(app, dict) else None
    return [f if isinstance(f, str) else str(f.get("name")) for f in fields or () if isinstance(f, str | dict)]
