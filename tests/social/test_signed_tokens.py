"""A token of Vonage's counts for its secret, its five minutes and its body, whatever it says of its own algorithm."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from ingest_social.mapping.token import require_signed_token
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature

NOW = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)
BODY = b'{"status":"completed"}'
SECRET = SecretStr("Xk29vRtLq07ZwYbN44sa")


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(secret: str = SECRET.get_secret_value(), alg: Any = "HS256", **claims: Any) -> str:
    said = {"iat": int(NOW.timestamp()), "payload_hash": hashlib.sha256(BODY).hexdigest(), **claims}
    signed = f"{_part(json.dumps({'typ': 'JWT', 'alg': alg}).encode())}.{_part(json.dumps(said).encode())}"
    return f"{signed}.{_part(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def require(authorization: str | None, body: bytes = BODY) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    require_signed_token(Delivery(UUID(int=1), "vonage", "mapped", NOW, body, headers=headers), [SECRET])


def test_a_token_of_now_and_of_this_body_counts() -> None:
    require(f"Bearer {token()}")
    require(f"bearer {token(iat=int(NOW.timestamp()) - 299)}")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "Bearer ",
        "Bearer a.b",
        "Bearer a.b.c",
        f"Basic {token()}",
        f"Bearer {token('another secret of somebody')}",
        f"Bearer {token(alg='none')}",
        f"Bearer {token(alg=None)}",
        f"Bearer {token(iat=int(NOW.timestamp()) - 301)}",
        f"Bearer {token(iat='now')}",
        f"Bearer {token(iat=None)}",
        f"Bearer {token(payload_hash=None)}",
        f"Bearer {token(payload_hash='00')}",
        f"Bearer {token().rpartition('.')[0]}.",
        f"Bearer {token()}{'x' * 9_000}",
    ],
)
def test_any_other_is_refused(given: str | None) -> None:
    with pytest.raises(BadSignature):
        require(given)


def test_a_token_is_of_one_body() -> None:
    with pytest.raises(BadSignature, match="another body"):
        require(f"Bearer {token()}", BODY + b" ")
