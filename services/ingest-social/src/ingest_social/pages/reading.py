"""One call of Messenger or Instagram, read: which of its notices carry somebody's word, and which do not."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ingest_social.meta.envelope import Notice, notices
from ingest_social.meta.pieces import Piece, at, failing, gathered, skipping
from ingest_social.pages.comments import commented, fed, mentioned
from ingest_social.pages.gestures import delivered, reacted, seen
from ingest_social.pages.messages import came, edited, pressed, written
from ingest_social.pages.platform import PageAccount, Platform
from ingest_social.pages.scene import Scene
from ingest_social.pages.wire import FeedItem, InstagramComment, Mention, Messaging
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation

Events = Sequence[InteractionEvent]

# Who may answer now, and other arrangements between programs.
_ARRANGEMENTS = {
    "pass_thread_control": "handover", "take_thread_control": "handover", "request_thread_control": "handover",
    "app_roles": "handover", "account_linking": "account linking", "policy_enforcement": "policy notice",
    "policy-enforcement": "policy notice", "game_play": "game", "checkout_update": "shop", "pre_checkout": "shop",
    "payment": "shop", "order": "shop", "feedback": "survey", "typing": "typing", "response_feedback": "feedback",
}  # fmt: skip
# What the button that tests a field sends instead of an account.
_TEST_BUTTON = "0"
_WORDLESS = {
    "messaging_handover": "handover", "ratings": "a rating", "leadgen": "a lead form", "story_insights": "statistics",
    "standby": "standby", "creator_marketplace_projects": "news of the account", "delta": "news of the account",
    "name": "news of the page", "picture": "news of the page", "website": "news of the page",
    "description": "news of the page", "about": "news of the page", "hours": "news of the page",
    "live_videos": "news of the page", "share_to_feed": "news of the account",
}  # fmt: skip


def read(platform: Platform, delivery: Delivery, account: PageAccount, organisation: Organisation) -> Events:
    """Return the events of all that a call tells; raises Skipped, BadPayload."""
    return gathered(_pieces(platform, delivery, account, organisation))


def _pieces(
    platform: Platform, delivery: Delivery, account: PageAccount, organisation: Organisation
) -> Iterator[Piece]:
    for notice in notices(delivery, platform.object):
        if isinstance(notice, BadPayload):
            yield failing(notice)
        elif notice.account == _TEST_BUTTON:
            yield skipping("a test of Meta's button")
        elif notice.account != account.own:
            yield skipping("for another page or account")
        else:
            yield at(notice.pointer, partial(_of, Scene(platform, account, organisation, delivery, notice)))


def _of(scene: Scene) -> Events:
    notice = scene.notice
    if notice.shape != "changes" or {"sender", "recipient"} <= notice.value.keys():
        return _between(scene)
    if notice.field in scene.platform.comments:
        return COMMENTS[notice.field](scene, notice.value)
    if notice.field in _WORDLESS:
        raise Skipped(_WORDLESS[notice.field])
    raise UnknownType(f"unknown field {notice.field!r:.80}")


def _between(scene: Scene) -> Events:
    """Return what happened between a user and us; Instagram tells it in both shapes."""
    one = Messaging.model_validate(scene.notice.value)
    match one:
        case Messaging(message=told) if told is not None:
            return [written(scene, one, told)]
        case Messaging(message_edit=edit) if edit is not None:
            return [edited(scene, one, edit)]
        case Messaging(postback=postback) if postback is not None:
            return [pressed(scene, one, postback)]
        case Messaging(reaction=reaction) if reaction is not None:
            return [reacted(scene, one, reaction)]
        case Messaging(delivery=receipt) if receipt is not None:
            return delivered(scene, one, receipt)
        case Messaging(read=receipt) if receipt is not None:
            return seen(scene, one, receipt)
        case _ if one.referral is not None or one.optin is not None:
            return [came(scene, one)]
    return _arranged(scene.notice)


def _arranged(notice: Notice) -> Events:
    for name, rule in _ARRANGEMENTS.items():
        if name in notice.value:
            raise Skipped(rule)
    known = {"sender", "recipient", "timestamp"}
    raise UnknownType(f"unknown notice {', '.join(sorted(map(str, notice.value.keys() - known))) or 'of nothing':.80}")


COMMENTS: dict[str, Callable[[Scene, Any], Events]] = {
    "feed": lambda scene, value: fed(scene, FeedItem.model_validate(value)),
    "comments": lambda scene, value: commented(scene, InstagramComment.model_validate(value)),
    "live_comments": lambda scene, value: commented(scene, InstagramComment.model_validate(value)),
    "mentions": lambda scene, value: mentioned(scene, Mention.model_validate(value)),
}
