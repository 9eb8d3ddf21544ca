"""What a user wishes about marketing: a click in the app, and as good as a message."""

from ingest_social.cloud_api.scene import Scene, Someone
from ingest_social.cloud_api.wire import Preference
from ingest_social.meta.times import moment, placed
from peyvand.errors import BadPayload
from peyvand.event import Direction, Flag, InteractionEvent, Kind, Role, event


def wished(scene: Scene, wish: Preference) -> InteractionEvent:
    """Return a wish as a message of the user's."""
    user = scene.known_as(Someone(wish.wa_id, wish.user_id, wish.parent_user_id))
    if user.key is None:
        raise BadPayload("a preference of nobody")
    key = f"preference:{user.key}:{placed(wish.timestamp)}:{wish.value or ''}"
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND,
        occurred_at=moment(wish.timestamp),
        parties=(scene.person(Role.FROM, user), scene.ours(Role.TO)),
        message_key=key,
        conversation=user.key,
        text=wish.detail,
        flags=(Flag(name="preference", why=wish.value or ""),),
    )
