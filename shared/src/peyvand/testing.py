"""Fakes that keep the ports' promises, and captured deliveries as files: for tests, the demo and `peyvand replay`."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import orjson

from peyvand.cursors import Cursor, Lease
from peyvand.delivery import Delivery
from peyvand.errors import LeaseLost, Unavailable
from peyvand.event import InteractionEvent
from peyvand.publish import Reading

CAPTURED_AT = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)
_NAMESPACE = UUID("7d9f3c58-61d2-5a3e-8a55-3f0b8f4f2c10")


@dataclass
class MemoryPublisher:
    """Keeps readings in memory; `away` makes it refuse as a broker that is gone does."""

    readings: list[Reading] = field(default_factory=list)
    away: bool = False

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Keep the readings."""
        if self.away:
            raise Unavailable("the bus is away")
        self.readings.extend(readings)

    @property
    def events(self) -> list[InteractionEvent]:
        """Return all events in the order of their publishing."""
        return [e for r in self.readings for e in r.events]


@dataclass
class MemoryCursors:
    """Cursors and leases in memory; leases end only when released."""

    cursors: dict[str, Cursor] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    async def acquire(self, connector: str, holder: str, seconds: float) -> Lease | None:
        """Lease the connector unless somebody else holds it."""
        del seconds
        if self.holders.get(connector, holder) != holder:
            return None
        self.holders[connector] = holder
        self.fences[connector] = self.fences.get(connector, 0) + 1
        return Lease(connector, holder, self.fences[connector])

    async def renew(self, lease: Lease, seconds: float) -> None:
        """Check that the lease still holds."""
        del seconds
        if self.fences.get(lease.connector) != lease.fence:
            raise LeaseLost(f"{lease.connector} is polled by another copy now")

    async def release(self, lease: Lease) -> None:
        """Give the lease back."""
        if self.fences.get(lease.connector) == lease.fence:
            self.holders.pop(lease.connector, None)

    async def load(self, lease: Lease) -> Cursor | None:
        """Return the saved cursor."""
        return self.cursors.get(lease.connector)

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        """Save under the fence."""
        await self.renew(lease, 0)
        self.cursors[lease.connector] = orjson.loads(orjson.dumps(cursor))

    async def polled(self, connector: str, at: datetime) -> None:
        """Forget the last error."""
        del at
        self.errors.pop(connector, None)

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        """Keep the last error."""
        del at
        self.errors[connector] = why


@dataclass
class MemoryBlobs:
    """Blobs in memory."""

    held: dict[str, bytes] = field(default_factory=dict)

    async def put(self, content: bytes) -> str:
        """Keep the bytes."""
        name = "sha256:" + hashlib.sha256(content).hexdigest()
        self.held[name] = content
        return name

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Keep the bytes of all."""
        return [await self.put(content) for content in contents]

    async def get(self, name: str) -> bytes:
        """Return the bytes."""
        return self.held[name]


def captured(path: Path, channel: str, connector: str = "fixture", received_at: datetime = CAPTURED_AT) -> Delivery:
    """Return the delivery that a fixture file holds: `.http` with its request line and headers, else the bytes as such.

    A `.json`, `.eml` or `.csv` fixture may have `<name>.headers.json` beside it: {"url": …, "headers": {…}}.
    """
    content = path.read_bytes()
    made = uuid5(_NAMESPACE, f"{channel}/{path.name}")
    if path.suffix == ".http":
        return _request(content, made, channel, connector, received_at)
    beside = path.with_suffix(".headers.json")
    extra = orjson.loads(beside.read_bytes()) if beside.exists() else {}
    return Delivery(
        made, connector, channel, received_at, content, url=extra.get("url", ""), headers=extra.get("headers", {})
    )


def _request(content: bytes, made: UUID, channel: str, connector: str, received_at: datetime) -> Delivery:
    head, body = re.split(rb"\r?\n\r?\n", content, maxsplit=1)
    lines = head.decode().splitlines()
    method, target, *_ = lines[0].split(" ")
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    return Delivery(made, connector, channel, received_at, body, url=target, method=method, headers=headers)


def golden(events: Sequence[InteractionEvent]) -> bytes:
    """Return events as a golden file: indented JSON without the fields that are empty."""
    plain = [e.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for e in events]
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
