"""Calls by WhatsApp: each is told when it ends.

https://developers.facebook.com/documentation/business-messaging/whatsapp/calling
"""

from ingest_social.cloud_api.scene import Scene, Someone
from ingest_social.cloud_api.wire import Call
from ingest_social.meta.times import moment
from peyvand.errors import Skipped, UnknownType
from peyvand.event import Call as Leg
from peyvand.event import CallResult, Change, Direction, InteractionEvent, Kind, Role, event


def ended(scene: Scene, call: Call) -> InteractionEvent:
    """Return a call that is over; raises Skipped for one that begins."""
    if call.event == "connect":
        raise Skipped("a call that begins: it is told when it ends")
    if call.event != "terminate":
        raise UnknownType(f"unknown event of a call {call.event!r:.80}")
    outbound = call.direction == "BUSINESS_INITIATED" or scene.is_our_number(call.from_)
    user = Someone(call.to, call.to_user_id, call.to_parent_user_id) if outbound else Someone(
        call.from_, call.from_user_id, call.from_parent_user_id
    )  # fmt: skip
    user = scene.known_as(user)
    them, us = (Role.CALLEE, Role.CALLER) if outbound else (Role.CALLER, Role.CALLEE)
    began = moment(call.start_time) or moment(call.timestamp)
    return event(
        scene.delivery,
        scene.organisation,
        key=call.id,
        kind=Kind.CALL,
        direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
        occurred_at=began,
        change=Change.LEG,
        change_key="terminate",
        parties=(scene.person(them, user), scene.ours(us)),
        message_key=call.id,
        conversation=user.key,
        call=_leg(scene, call),
    )


def _leg(scene: Scene, call: Call) -> Leg:
    talked = max(call.duration or 0, 0)
    answered = talked > 0 or (call.status == "COMPLETED" and moment(call.start_time) is not None)
    return Leg(
        leg=call.id,
        started_at=moment(call.start_time) or moment(call.timestamp),
        result=CallResult.ANSWERED if answered else CallResult.MISSED,
        talk_seconds=talked if answered else None,
        # who of us took it is not told: the line stands for them
        extension=scene.number.display_phone_number if answered else None,
        detail=call.status or "",
    )
