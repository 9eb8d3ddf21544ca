"""What is done without writing: reactions, and receipts of what we wrote."""

from collections.abc import Sequence

from ingest_social.meta.times import moment, placed
from ingest_social.pages.messages import between, whom
from ingest_social.pages.scene import Scene
from ingest_social.pages.wire import Delivered, Messaging, Reaction, Seen
from peyvand.errors import Skipped
from peyvand.event import Change, Direction, InteractionEvent, Role, Status, event
from peyvand.event import Kind as EventKind


def reacted(scene: Scene, one: Messaging, reaction: Reaction) -> InteractionEvent:
    """Return the one sign that somebody shows under a message now."""
    sign = None if reaction.action == "unreact" else reaction.emoji or reaction.reaction
    user, direction = whom(scene, one)
    reactor = scene.ours(Role.REACTOR) if direction is Direction.OUTBOUND else scene.person(Role.REACTOR, user)
    at = placed(one.timestamp)
    return between(
        scene,
        one,
        reaction.mid,
        parties=(reactor,),
        change=Change.REACTION,
        change_key=f"{user.id}:{at}:{reaction.action or ''}:{sign or ''}",
        order=at,
        reactions=(sign,) if sign else (),
    )


def delivered(scene: Scene, one: Messaging, told: Delivered) -> Sequence[InteractionEvent]:
    """Return the receipts of messages by their ids; raises Skipped for one that only names a time."""
    if not told.mids:
        raise Skipped("a receipt up to a time, naming no message")
    return [_receipt(scene, one, mid, Status.DELIVERED) for mid in told.mids]


def seen(scene: Scene, one: Messaging, told: Seen) -> Sequence[InteractionEvent]:
    """Return that a message was read; raises Skipped for a receipt that only names a time."""
    if not told.mid:
        raise Skipped("a receipt up to a time, naming no message")
    return [_receipt(scene, one, told.mid, Status.READ)]


def _receipt(scene: Scene, one: Messaging, mid: str, status: Status) -> InteractionEvent:
    """Return what became of a message of ours: the reader is who sends the receipt."""
    user, _ = whom(scene, one)
    return event(
        scene.delivery,
        scene.organisation,
        key=mid,
        kind=EventKind.MESSAGE,
        direction=Direction.OUTBOUND,
        occurred_at=moment(one.timestamp) or moment(scene.notice.time),
        change=Change.STATUS,
        change_key=status.value,
        parties=(scene.ours(Role.FROM), scene.person(Role.TO, user)),
        message_key=mid,
        conversation=user.id,
        status=status,
    )
