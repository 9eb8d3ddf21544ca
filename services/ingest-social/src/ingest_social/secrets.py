"""Secrets as peyvand.yaml gives them: one, or several at once while one replaces the other."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr

LEAST = 16


def _several(value: Any) -> Any:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _long_enough(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(len(s.get_secret_value()) < LEAST for s in secrets):
        raise ValueError(f"needs at least {LEAST} characters; a good one comes from: openssl rand -hex 24")
    return secrets


Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_several), AfterValidator(_long_enough)]
