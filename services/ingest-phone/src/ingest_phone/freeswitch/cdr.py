"""One call record of FreeSWITCH, read: its variables decoded, its profiles, its times in UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from ingest_phone.freeswitch.wrapping import unwrap
from peyvand.errors import BadPayload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS = 17  # microseconds of a year with four digits
_BY_ITSELF = "switch_ivr_originate"  # the source file that FreeSWITCH names where no channel asked for a call


@dataclass(frozen=True, slots=True)
class Profile:
    """Who called whom at one stage of a leg."""

    uuid: str
    name: str
    number: str
    username: str
    dialled: str
    context: str
    channel: str
    by_itself: bool  # FreeSWITCH was told to call, by click or by a program
    created: int


@dataclass(frozen=True, slots=True)
class Cdr:
    """One leg's record; `first` is the profile that it began with, `last` the one after all transfers."""

    variables: Mapping[str, str]
    first: Profile
    last: Profile
    originator: Profile | None
    applications: tuple[tuple[str, str], ...]
    started: datetime
    legible: bool

    @property
    def uuid(self) -> str:
        """Return the leg's id."""
        return self.variable("uuid") or self.last.uuid

    @property
    def call(self) -> str:
        """Return the id of the leg that the call began with; an agent's leg names the one that waited."""
        member = self.variable("cc_member_session_uuid")
        if member and self.variable("cc_side") == "agent":
            return member
        origin = self.originator.uuid if self.originator else ""
        return origin or self.variable("originator") or self.variable("originating_leg_uuid") or self.uuid

    @property
    def is_first_leg(self) -> bool:
        """Return whether nothing else called before this leg did."""
        return self.call == self.uuid

    @property
    def beyond_loopback(self) -> bool:
        """Return whether a leg is the far side of a loopback, or was called by one: the near side is in the call.

        mod_loopback names the sides loopback/<number>-a and -b; only the near one knows which call it is of.
        """
        asked_by = self.originator.channel if self.originator else ""
        return any(name.startswith("loopback/") and name.endswith("-b") for name in (self.first.channel, asked_by))

    def variable(self, name: str) -> str:
        """Return a variable, empty when there is none."""
        return self.variables.get(name, "")

    def at(self, name: str) -> datetime | None:
        """Return when something happened (answer, bridge, end), or None when it did not."""
        return _time(self.variables, name)


def read_cdr(body: bytes) -> Cdr:
    """Return the record that a body holds, however it is wrapped; raises BadPayload."""
    document, legible = unwrap(body)
    variables = {name: unquote(text) for name, text in _strings(document.get("variables")).items()}
    flows = [one for one in _several(document.get("callflow")) if isinstance(one, dict)]
    profiles = sorted((_profile(one, _strings(one.get("times"))) for one in flows), key=lambda p: p.created)
    nobody = _profile({}, {})
    started = _time(variables, "start") or _micro(min((p.created for p in profiles), default=0))
    first, last = (profiles[0], profiles[-1]) if profiles else (nobody, nobody)
    if not (variables.get("uuid") or last.uuid) or started is None:
        raise BadPayload("a call record without its uuid, or without the time of its start")
    return Cdr(variables, first, last, _originator(flows), _applications(document), started, legible)


def _profile(flow: Mapping[str, Any], times: Mapping[str, str]) -> Profile:
    told = _strings(flow.get("caller_profile"))
    words = {"uuid": "uuid", "name": "caller_id_name", "number": "caller_id_number", "username": "username",
             "dialled": "destination_number", "context": "context", "channel": "chan_name"}  # fmt: skip
    return Profile(
        **{mine: told.get(theirs, "").strip() for mine, theirs in words.items()},
        by_itself=_BY_ITSELF in told.get("source", ""),
        created=_number(times.get("profile_created_time", "")),
    )


def _originator(flows: Sequence[Mapping[str, Any]]) -> Profile | None:
    """Return who asked for this leg, as the stage tells that names one."""
    for flow in flows:
        match flow.get("caller_profile"):
            case {"originator": {"originator_caller_profiles": [dict() as told, *_]}}:
                return _profile({"caller_profile": told}, {})
    return None


def _applications(document: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    log = document.get("app_log")
    told = [_strings(one) for one in _several(log.get("applications") if isinstance(log, dict) else None)]
    return tuple((one.get("app_name", ""), one.get("app_data", "")) for one in told)


def _strings(value: Any) -> dict[str, str]:
    """Return what is text in an object; FreeSWITCH writes its numbers as text too."""
    told = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in told if isinstance(text, str)}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _time(variables: Mapping[str, str], name: str) -> datetime | None:
    micro = _number(variables.get(f"{name}_uepoch", ""))
    return _micro(micro or _number(variables.get(f"{name}_epoch", "")) * 1_000_000)


def moment(microseconds: str) -> datetime | None:
    """Return the time that FreeSWITCH writes in microseconds, None when it did not come; raises BadPayload."""
    return _micro(_number(microseconds))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _micro(microseconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=microseconds) if microseconds else None
    except OverflowError as error:
        raise BadPayload("a time beyond the calendar") from error
