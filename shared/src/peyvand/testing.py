"""Fakes that keep the ports' promises, and captured deliveries as files: for tests, the demo and `peyvand replay`."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

import orjson

from peyvand.cursors import Cursor, Lease, Nature
from peyvand.delivery import Delivery
from peyvand.errors import LeaseLost, Unavailable
from peyvand.event import InteractionEvent
from peyvand.folder import is_day_before, named_recording
from peyvand.publish import Reading
from peyvand.register import REMEMBERED, Claim, Fate, Noted, Standing

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
    answers: dict[str, datetime] = field(default_factory=dict)
    natures: dict[str, Nature] = field(default_factory=dict)

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
        """Note the answer, and forget the last error."""
        self.answers[connector] = at
        self.errors.pop(connector, None)

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        """Keep the last error."""
        del at
        self.errors[connector] = why

    async def answered(self, connector: str) -> datetime | None:
        """Return the time of the last answer."""
        return self.answers.get(connector)

    async def described(self, connector: str, nature: Nature) -> None:
        """Keep the nature."""
        self.natures[connector] = nature


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

    async def put_recording(self, content: bytes, day: date, call: UUID) -> str:
        """Keep the bytes of a call's recording."""
        name = named_recording(content, day, call)
        self.held[name] = content
        return name

    async def drop_recordings(self, before: date) -> int:
        """Forget the recordings of days that are over."""
        days = {name: name.removeprefix("recording:").partition("/")[0] for name in self.held}
        gone = {name for name, day in days.items() if name != day and is_day_before(day, before)}
        self.held = {name: content for name, content in self.held.items() if name not in gone}
        return len({days[name] for name in gone})

    async def get(self, name: str) -> bytes:
        """Return the bytes."""
        return self.held[name]


@dataclass
class MemoryRegister:
    """What partners said, in memory."""

    known: dict[tuple[str, str], Standing] = field(default_factory=dict)
    noted: dict[str, list[Noted]] = field(default_factory=dict)
    away: bool = False

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Claim ids."""
        self._require_there()
        return [self._claimed((connector, claim.id), claim) for claim in claims]

    def _claimed(self, place: tuple[str, str], claim: Claim) -> Standing:
        known = self.known.get(place)
        if known is None or claim.revision > known.claim.revision:
            self.known[place] = Standing(claim)
        return self.known[place]

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Remember a request, and what is durable."""
        self._require_there()
        for claim in durable:
            if self.known[connector, claim.id].claim.delivery_id == claim.delivery_id:
                self.known[connector, claim.id] = Standing(claim, durable=True)
        before = self.noted.setdefault(connector, [])
        same = [n for n in before if n.key == noted.key][: REMEMBERED - 1]
        others = [n for n in before if n.key != noted.key]
        self.noted[connector] = sorted([noted, *same, *others], key=lambda n: n.id, reverse=True)

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Return what an id stands for; what is durable is stored."""
        self._require_there()
        known = self.known.get((connector, own_id))
        return None if known is None else Fate(known, "stored" if known.durable else None)

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Return the remembered requests."""
        self._require_there()
        return [n for n in self.noted.get(connector, []) if key in (None, n.key)]

    def _require_there(self) -> None:
        if self.away:
            raise Unavailable("the register is away")


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


def captured_from(content: bytes, channel: str) -> Delivery:
    """Return the delivery that the content of a `.http` file is."""
    return _request(content, uuid5(_NAMESPACE, channel), channel, channel, CAPTURED_AT)


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
