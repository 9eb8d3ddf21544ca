"""Proof by the address that was called: all that vendors leave who send no secret along."""

from urllib.parse import parse_qs, urlsplit

from ingest_social.bots.account import Account
from peyvand.delivery import Delivery
from peyvand.signature import require_token


def with_key(address: str, account: Account) -> str:
    """Return the address that the vendor is told, with the newest of the secrets."""
    return f"{address}?key={account.secret[0].get_secret_value()}"


def require_key(delivery: Delivery, account: Account) -> None:
    """Return when the address called holds the secret (`?key=…`); raises BadSignature.

    Some clients of Rubika say that it puts /receiveUpdate behind an address; a secret holds no slash.
    """
    keys = parse_qs(urlsplit(delivery.url).query).get("key", [])
    require_token(keys[0].partition("/")[0] if len(keys) == 1 else None, account.secret)
