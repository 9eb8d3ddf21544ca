"""No secret of ours is stored with the delivery that carried it."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, SecretStr

from peyvand.delivery import Delivery
from peyvand.redaction import REDACTED, secrets_of, without_secrets


class Inner(BaseModel):
    password: SecretStr


class Settings(BaseModel):
    token: SecretStr
    older: tuple[SecretStr, ...] = ()
    name: str = "shop"
    inner: Inner | None = None
    by_name: dict[str, SecretStr] = {}


SETTINGS = Settings(token=SecretStr("one/secret"), older=(SecretStr("another"),))


def test_every_secret_of_the_settings_is_known() -> None:
    deep = {"inner": Inner(password=SecretStr("deep")), "by_name": {"a": SecretStr("named")}}
    assert secrets_of(SETTINGS.model_copy(update=deep)) == ("one%2Fsecret", "one/secret", "another", "named", "deep")


def test_a_secret_that_begins_another_leaves_nothing_of_it() -> None:
    begun = tuple(SecretStr("tok-2026-secret"[:length]) for length in range(3, 15))
    settings = Settings(token=SecretStr("tok-2026-secret"), older=begun)
    sent = Delivery(UUID(int=1), "shop", "x", datetime(2026, 1, 1, tzinfo=UTC), b"", headers={"x": "tok-2026-secret"})
    assert without_secrets(sent, secrets_of(settings)).headers == {"x": REDACTED}


def test_secrets_and_credentials_leave_headers_and_address_and_the_rest_stays() -> None:
    headers = {"x-token": "another", "authorization": "Bearer of somebody", "content-type": "application/json"}
    sent = Delivery(
        UUID(int=1),
        "shop",
        "x",
        datetime(2026, 1, 1, tzinfo=UTC),
        b"another",
        "https://x/?key=one%2Fsecret&a=1",
        "POST",
        headers,
    )
    stored = without_secrets(sent, secrets_of(SETTINGS))
    assert stored.headers == {"x-token": REDACTED, "authorization": REDACTED, "content-type": "application/json"}
    assert stored.url == f"https://x/?key={REDACTED}&a=1"
    assert stored.body == sent.body
