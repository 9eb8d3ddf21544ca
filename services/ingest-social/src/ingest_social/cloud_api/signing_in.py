"""Trying the sign-in: whether the token is good, which numbers answer, whether the app is subscribed."""

from ingest_social.cloud_api.account import Settings
from ingest_social.meta.graph import ask
from peyvand.errors import Gone, SignInFailed


async def check(account: Settings) -> str:
    """Say which numbers answer and whether calls will come; raises SignInFailed, Unavailable."""
    if not account.takes_calls:
        return f"takes no calls; for exported chats of {account.number} (./peyvand import whatsapp-chat)"
    if account.token is None:
        return "calls are taken by their signature; without token: nothing can be asked, and no file fetched"
    numbers = ", ".join([await _number(account, number) for number in account.phone_number_id])
    if account.business_account is None:
        return f"{numbers}; with business_account: it could be told whether an app is subscribed"
    return f"{numbers}; {await _business(account, account.business_account)}"


async def _number(account: Settings, number: str) -> str:
    try:
        told = await ask(account, number, fields="display_phone_number,verified_name")
    except Gone as error:
        raise SignInFailed(f"phone_number_id {number}: {error}") from error
    shown = told.get("display_phone_number") or number
    return f"{shown} ({told['verified_name']}) answers" if told.get("verified_name") else f"{shown} answers"


async def _business(account: Settings, business: str) -> str:
    try:
        owner = await ask(account, business, fields="name,owner_business_info")
        apps = await ask(account, f"{business}/subscribed_apps")
    except Gone as error:
        raise SignInFailed(f"business_account {business}: {error}") from error
    match owner.get("owner_business_info"):
        case {"id": str() as portfolio} if portfolio != account.portfolio:
            raise SignInFailed(
                f"portfolio: is {account.portfolio}, and Meta says that the account belongs to {portfolio}"
            )
    names = [name for app in _listed(apps) if (name := _name(app))]
    if not names:
        raise SignInFailed(
            "no app is subscribed to the business account, so nothing will arrive:"
            f" POST /{business}/subscribed_apps with the token (see the docs page)"
        )
    return f"subscribed: {', '.join(names)}"


def _listed(apps: dict[str, object]) -> list[object]:
    data = apps.get("data")
    return data if isinstance(data, list) else []


def _name(app: object) -> str | None:
    match app:
        case {"whatsapp_business_api_data": {"name": str() as name}} | {"name": str() as name}:
            return name
        case _:
            return None
