"""What a vendor calls with, by GET or POST: no signature, but a secret of ours in the address that it was given."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature
from peyvand.signature import require_token

# The parameter of the address that holds the secret.
KEY = "key"
MOST = 200


def require_key(delivery: Delivery, secrets: Sequence[SecretStr]) -> None:
    """Return when the address called holds the secret (`?key=…`), once; raises BadSignature."""
    try:
        given = [value for name, value in _query(delivery) if name == KEY]
    except ValueError as error:
        raise BadSignature("the address cannot be read") from error
    require_token(given[0] if len(given) == 1 else None, secrets)


def parameters(delivery: Delivery) -> dict[str, str]:
    """Return the parameters of address and form, by lower-case names; raises BadPayload."""
    try:
        query, form = _query(delivery), _form(delivery)
    except ValueError as error:
        raise BadPayload("a call whose parameters cannot be read") from error
    said = {name.lower(): value for name, value in [*query, *form] if name.lower() != KEY}
    return {name: str(value) for name, value in said.items() if isinstance(value, str | int)}


def _query(delivery: Delivery) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(delivery.url).query, keep_blank_values=True, max_num_fields=MOST)


def _form(delivery: Delivery) -> list[tuple[str, Any]]:
    """Return what was posted, by form or in JSON; raises ValueError, BadPayload."""
    if not delivery.body:
        return []
    if not delivery.headers.get("content-type", "").lower().startswith("application/json"):
        return list(parse_qsl(delivery.text(), keep_blank_values=True, max_num_fields=MOST))
    found = delivery.json()
    if not isinstance(found, dict):
        raise BadPayload("a call whose body is no form")
    return list(found.items())
