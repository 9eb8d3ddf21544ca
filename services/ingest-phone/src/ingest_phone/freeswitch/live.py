"""One change of a leg, as it was heard: how that leg stands at that moment. Pure.

Who called whom, and which call a leg is of, is read by the rules of the records, so that both tell of one call.
"""

from collections.abc import Mapping
from datetime import datetime

import orjson

from ingest_phone.freeswitch.cdr import Cdr, Profile, moment
from ingest_phone.freeswitch.ending import result_of
from ingest_phone.freeswitch.ends import ends
from ingest_phone.freeswitch.leg import seconds
from ingest_phone.freeswitch.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped
from peyvand.event import Call, CallResult, CallState, Change, Direction, InteractionEvent, Kind, Teller, event
from peyvand.identity import Organisation

_BY_ITSELF = "switch_ivr_originate"
_DIGITS = 20  # of the longest number of 64 bits, so that what is padded sorts as it counts
# What a leg's own clock is called in a live event, and in a record.
_TIMES = {"start": "Created", "answer": "Answered", "bridge": "Bridged", "end": "Hangup"}


def live_leg(delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return how a leg stands; raises Skipped for one within the house, BadPayload."""
    told = _read(delivery.body)
    said_at = moment(told.get("Event-Date-Timestamp", ""))
    if said_at is None:
        raise BadPayload("an event without its time")
    cdr = _cdr(told, said_at)
    seen = ends(cdr, settings, organisation)
    if seen.direction is Direction.INTERNAL:
        raise Skipped("internal call")
    order = "-".join(told.get(name, "").zfill(_DIGITS) for name in ("Event-Date-Timestamp", "Event-Sequence"))
    return event(
        delivery,
        organisation,
        family="phone",
        key=cdr.call,
        change=Change.LEG,
        change_key=f"{cdr.uuid} {told.get('Core-UUID', '')} {order}",
        order=order,
        kind=Kind.CALL,
        direction=seen.direction,
        occurred_at=said_at,
        parties=seen.parties,
        flags=seen.flags,
        call=_call(cdr, _state(cdr, told), seen.direction, seen.extension, seen.agent),
    )


def _read(body: bytes) -> dict[str, str]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"not JSON: {error}") from error
    if not isinstance(value, dict) or not value.get("Unique-ID"):
        raise BadPayload("an event that names no leg")
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _cdr(told: Mapping[str, str], said_at: datetime) -> Cdr:
    """Return the record that a leg would have if it ended now."""
    variables = {name.removeprefix("variable_"): text for name, text in told.items() if name.startswith("variable_")}
    for mine, theirs in _TIMES.items():
        if moment(variables.get(f"{mine}_uepoch", "")) is None:
            variables[f"{mine}_uepoch"] = told.get(f"Caller-Channel-{theirs}-Time", "")
    now, name = told.get("Event-Date-Timestamp", ""), told.get("Event-Name")
    if name == "CHANNEL_UNBRIDGE" or (name == "CHANNEL_DATA" and not variables.get("bridge_to")):
        variables["bridge_uepoch"] = ""  # the caller has nobody just now: whoever sent the call on is out of it
    elif name == "CHANNEL_BRIDGE" and moment(variables["bridge_uepoch"]) is None:
        variables["bridge_uepoch"] = now
    if moment(variables["end_uepoch"]) is None:
        variables["end_uepoch"] = now
    variables["uuid"] = told.get("Unique-ID", "")
    profile = _profile(told, "Caller")
    asked_by = _profile(told, "Other-Leg") if told.get("Other-Type") == "originator" else None
    started = moment(variables["start_uepoch"]) or said_at
    return Cdr(variables, profile, profile, asked_by, (), started, legible=True)


def _profile(told: Mapping[str, str], side: str) -> Profile:
    def field(name: str) -> str:
        return told.get(f"{side}-{name}", "").strip()

    return Profile(
        uuid=field("Unique-ID"),
        name=field("Caller-ID-Name"),
        number=field("Caller-ID-Number"),
        username=field("Username"),
        dialled=field("Destination-Number"),
        context=field("Context"),
        channel=field("Channel-Name"),
        by_itself=_BY_ITSELF in field("Source"),
        created=0,
    )


def _state(cdr: Cdr, told: Mapping[str, str]) -> CallState:
    """Return whether somebody talks on a leg; the first one is answered by a menu or a queue long before.

    A caller who is sent on still talks: a moment without anybody would ring for a whole queue at the end of each call.
    """
    match told.get("Event-Name", ""):
        case "CHANNEL_HANGUP_COMPLETE":
            return CallState.OVER
        case "CHANNEL_BRIDGE" | "CHANNEL_UNBRIDGE":
            return CallState.TALKING
        case "CHANNEL_DATA" if cdr.is_first_leg:
            return CallState.TALKING if cdr.variable("bridge_to") else CallState.RINGING
        case _:
            joined = cdr.at("bridge" if cdr.is_first_leg else "answer")
            return CallState.TALKING if joined else CallState.RINGING


def _call(cdr: Cdr, state: CallState, direction: Direction, extension: str | None, agent: str | None) -> Call:
    result = {CallState.RINGING: CallResult.MISSED, CallState.TALKING: CallResult.ANSWERED}.get(state)
    waited, talked = seconds(cdr, result or result_of(cdr, direction))
    if state is CallState.RINGING:
        waited, talked = waited + talked, 0
    return Call(
        leg=cdr.uuid,
        started_at=cdr.started,
        result=result or result_of(cdr, direction),
        wait_seconds=waited,
        talk_seconds=talked,
        queue=cdr.variable("cc_queue").partition("@")[0] or None,
        agent=agent,
        extension=extension,
        detail=cdr.variable("hangup_cause"),
        told_by=Teller.LIVE,
        state=state,
    )
