"""The bodies in which events come: one, an array, {"events": […]}, or CloudEvents 1.0 in their structured modes.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and its JSON format
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ingest_social.partners.account import TYPES
from peyvand.errors import BadPayload, Fault

JSON = "application/json"
CLOUD, CLOUDS = "application/cloudevents+json", "application/cloudevents-batch+json"
MEDIA_TYPES = (JSON, CLOUD, CLOUDS)
MOST_ROWS = 500
_DEEP = 60
_ATTRIBUTE = re.compile(r"[^\s|\x00-\x1f]{1,199}\Z")
# What CloudEvents say in attributes of their own.
ATTRIBUTES = {"/id": "/id", "/type": "/type", "/occurred_at": "/time"}


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a body: where it stands there (a JSON pointer), and what it says in our own fields, unchecked."""

    pointer: str
    said: Any
    fault: Fault | None = None
    is_cloud: bool = False

    @property
    def id(self) -> str:
        """Return what looks like its own id, empty when nothing does."""
        found = self.said.get("id") if isinstance(self.said, Mapping) else None
        return str(found)[:401] if isinstance(found, str | int) and not isinstance(found, bool) else ""

    def at(self, pointer: str) -> str:
        """Return where a place of ours stands in the body that came."""
        if not self.is_cloud or self.fault:
            return self.pointer + pointer
        return self.pointer + ATTRIBUTES.get(pointer, f"/data{pointer}")

    @property
    def body(self) -> bytes:
        """Return it as JSON, as a request of its own would bring it."""
        return orjson.dumps(self.said)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The rows of a body, and whether it is answered row by row."""

    rows: tuple[Row, ...]
    is_batch: bool


def media_type(content_type: str) -> str:
    """Return a content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def opened(content_type: str, body: bytes) -> Envelope:
    """Return what a body holds; raises BadPayload with pointers when it is none of ours as a whole."""
    content = _json(body)
    kind = media_type(content_type)
    if kind == CLOUD:
        return Envelope((_cloud("", content),), is_batch=False)
    if kind == CLOUDS:
        return Envelope(tuple(_cloud(f"/{n}", one) for n, one in enumerate(_several(content, ""))), is_batch=True)
    match content:
        case list():
            return Envelope(tuple(Row(f"/{n}", one) for n, one in enumerate(_several(content, ""))), is_batch=True)
        case {"events": events, **others}:
            if others:
                raise BadPayload(
                    "events stands alone", [Fault(f"/{name}", "stands beside events") for name in others][:20]
                )
            rows = [Row(f"/events/{n}", one) for n, one in enumerate(_several(events, "/events"))]
            return Envelope(tuple(rows), is_batch=True)
        case _:
            return Envelope((Row("", content),), is_batch=False)


def _json(body: bytes) -> Any:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"not JSON: {error}", [Fault("", f"is no JSON: {error}")]) from error
    if _is_deeper(content, _DEEP):
        raise BadPayload("nested too deep", [Fault("", f"is nested deeper than {_DEEP}")])
    return content


def _is_deeper(content: Any, levels: int) -> bool:
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inside)


def _several(content: Any, pointer: str) -> Sequence[Any]:
    if not isinstance(content, list):
        raise BadPayload("a batch is an array", [Fault(pointer, "must be an array")])
    if not 0 < len(content) <= MOST_ROWS:
        raise BadPayload(f"a batch has 1 to {MOST_ROWS} events", [Fault(pointer, f"has {len(content)} events")])
    return content


def _cloud(pointer: str, content: Any) -> Row:
    """Return a CloudEvent's data in our fields; its own id counts within its source, so both together are ours."""
    try:
        return Row(pointer, _translated(content), is_cloud=True)
    except BadPayload as error:
        (fault,) = error.faults
        return Row(pointer, {}, fault, is_cloud=True)


def _translated(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or content.get("specversion") != "1.0":
        raise _wrong("/specversion", 'must be "1.0"')
    for name in ("id", "source", "type"):
        if not isinstance(content.get(name), str) or not _ATTRIBUTE.match(content[name]):
            raise _wrong(f"/{name}", "must be a text without spaces and |, at most 199 letters")
    data = content.get("data")
    if not isinstance(data, dict):
        raise _wrong("/data", "must be an object with the fields of an event (data_base64 is not taken)")
    named = next((part for part in reversed(content["type"].split(".")) if part in TYPES), None)
    if named is None and "type" not in data:
        raise _wrong("/type", f"must hold one of {', '.join(TYPES)} between its dots, or data.type be one")
    said = {"type": named, **({"occurred_at": content["time"]} if "time" in content else {}), **data}
    return {**said, "id": f"{content['source']}|{content['id']}"}


def _wrong(pointer: str, why: str) -> BadPayload:
    return BadPayload(why, [Fault(pointer, why)])
