"""Bytes exactly as they arrived."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import orjson
from pydantic import ConfigDict

from peyvand.errors import BadPayload


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one source handed over at one moment, unread.

    `url` is where it came to (a webhook's full URL) or where it stood (RFC 5092 for mail, file:// with a byte range);
    header names are lower-case; `received_at` is UTC. `body_ref` names a blob when the body travels by reference.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: UUID
    connector: str
    channel: str
    received_at: datetime
    body: bytes
    url: str = ""
    method: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body_ref: str | None = None

    def json(self) -> Any:
        """Return the body as JSON; raises BadPayload when it is none, or is nested or numbered beyond reason."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise BadPayload(f"not JSON: {error}") from error

    def text(self) -> str:
        """Return the body as UTF-8 text; raises BadPayload when it is not."""
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise BadPayload(f"not UTF-8: {error}") from error


def canonical_json(value: Any) -> bytes:
    """Return a value as JSON whose bytes depend on its content only (sorted keys, no spaces)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
