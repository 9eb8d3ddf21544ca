"""The envelope of every call: entries of one account each, and in them what happened, in one of three shapes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault, UnknownType

Shape = Literal["changes", "messaging", "standby"]
_SHAPES: tuple[Shape, ...] = ("changes", "messaging", "standby")


class Wire(BaseModel):
    """A part of a payload; what Meta leaves out, or sends as null, is None, and ids may come as numbers."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened: at which account, when it was told, in which shape and (of a change) which field."""

    account: str
    time: Any
    shape: Shape
    field: str
    value: Mapping[str, Any]
    pointer: str


def notices(delivery: Delivery, expected: str) -> list[Notice | BadPayload]:
    """Return what a call tells, and beside it what of it cannot be read; raises BadPayload when nothing can.

    `expected` is the object that the app is subscribed for: page, instagram, whatsapp_business_account.
    """
    match delivery.json():
        case {"object": str() as told, "entry": list() as entries} if told == expected:
            return [notice for at, entry in enumerate(entries) for notice in _of(entry, f"/entry/{at}")]
        case {"object": str() as told, "entry": list()}:
            raise UnknownType(f"news of another object: {told!r:.80}, where {expected!r} is expected")
        case _:
            raise BadPayload("no envelope of Meta: object and entry are missing")


def _of(entry: Any, pointer: str) -> Iterator[Notice | BadPayload]:
    if not isinstance(entry, dict):
        yield _no_object(pointer)
        return
    account = entry.get("id")
    named = str(account) if isinstance(account, str | int) else ""
    for shape in _SHAPES:
        told = entry.get(shape)
        for at, one in enumerate(told if isinstance(told, list) else ()):
            yield _notice(named, entry.get("time"), shape, one, f"{pointer}/{shape}/{at}")


def _notice(account: str, time: Any, shape: Shape, one: Any, pointer: str) -> Notice | BadPayload:
    if not isinstance(one, dict):
        return _no_object(pointer)
    if shape != "changes":
        return Notice(account, time, shape, "", one, pointer)
    field, value = one.get("field"), one.get("value")
    # a field without a value tells that something changed, and not what
    known = value if isinstance(value, dict) else {}
    return Notice(account, time, shape, field if isinstance(field, str) else "", known, f"{pointer}/value")


def _no_object(pointer: str) -> BadPayload:
    return BadPayload(f"{pointer}: no object", [Fault(pointer, "no object")])
