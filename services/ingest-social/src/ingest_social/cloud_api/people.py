"""Who wrote a message to whom, and so which way it went."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest_social.cloud_api.scene import Scene, Someone
from ingest_social.cloud_api.wire import Message
from peyvand.event import Direction, Party, Role


@dataclass(frozen=True, slots=True)
class Told:
    """Direction, parties, and with whom the conversation is."""

    direction: Direction
    parties: tuple[Party, ...]
    conversation: str | None
    writer: Callable[[Role], Party]


def inbound(scene: Scene, message: Message) -> Told:
    """Return who writes to us; in a group too, for its members write to the number that is in it."""
    user = scene.known_as(Someone(message.from_, message.from_user_id, message.from_parent_user_id))
    return Told(
        Direction.INBOUND,
        (scene.person(Role.FROM, user), scene.ours(Role.TO)),
        message.group_id or user.key,
        lambda role: scene.person(role, user),
    )


def outbound(scene: Scene, message: Message) -> Told:
    """Return to whom we write; a message to a group is to nobody in particular."""
    user = Someone(message.to, message.to_user_id, message.to_parent_user_id)
    if user.key is None:
        user = scene.sole_contact() or user
    user = scene.known_as(user)
    to = (scene.person(Role.TO, user),) if user.key and not message.group_id else ()
    return Told(
        Direction.OUTBOUND, (scene.ours(Role.FROM), *to), message.group_id or user.key, lambda role: scene.ours(role)
    )


def by_writer(scene: Scene, message: Message) -> Told:
    """Return who wrote, of a message of which only the writer's number tells the direction: one of the past."""
    told = message.history_context
    from_us = told.from_me if told and told.from_me is not None else scene.is_our_number(message.from_)
    return outbound(scene, message) if from_us else inbound(scene, message)
