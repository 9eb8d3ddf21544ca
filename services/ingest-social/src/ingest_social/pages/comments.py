"""Comments under posts, posts of visitors, and mentions, as messages that reply to what they stand under.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed
https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram
"""

from collections.abc import Sequence
from typing import Any

from ingest_social.meta.times import moment, placed
from ingest_social.pages.content import attachment, is_page
from ingest_social.pages.scene import Scene
from ingest_social.pages.wire import FeedItem, InstagramComment, Mention, Someone
from peyvand.errors import Skipped, UnknownType
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, Role, event

_POSTS = {"post", "status", "photo", "video", "album", "share", "link", "note"}
_SIGNS = {"reaction", "like"}
_REST = {"event", "mention", "milestone", "question", "insights", "edge_story"}
_CHANGES = {
    "add": Change.CREATED, "edited": Change.EDITED, "edit": Change.EDITED, "remove": Change.DELETED,
    "delete": Change.DELETED, "hide": Change.EDITED, "unhide": Change.EDITED,
}  # fmt: skip


def fed(scene: Scene, item: FeedItem) -> Sequence[InteractionEvent]:
    """Return what a change of a page's feed says; raises Skipped for what is nobody's word."""
    if item.item in _SIGNS:
        raise Skipped("a reaction under a post")
    if item.item in _REST:
        raise Skipped("news of a page's feed")
    if item.item in _POSTS and scene.is_ours(item.from_):
        raise Skipped("a post of our own")
    if item.item not in _POSTS and item.item != "comment":
        raise UnknownType(f"unknown item of a feed {item.item!r:.80}")
    change, key = _CHANGES.get(item.verb or ""), item.comment_id if item.item == "comment" else item.post_id
    if change is None or key is None:
        raise UnknownType(f"unknown verb of a feed {item.verb!r:.80}")
    if item.verb in ("hide", "unhide") and item.message is None:
        raise Skipped("hidden or shown again, told without its words")
    return [_fed(scene, item, key, change)]


def _fed(scene: Scene, item: FeedItem, key: str, change: Change) -> InteractionEvent:
    comment = item.item == "comment"
    under = (item.parent_id or item.post_id) if comment else None
    gone = change is Change.DELETED
    changed = moment(scene.notice.time) if change is not Change.CREATED else None
    urls = () if gone else tuple(url for url in (item.photo, item.video) if url and not is_page(url))
    return _said(
        scene,
        key,
        item.from_ or Someone(),
        change=change,
        occurred_at=changed or moment(item.created_time) or moment(scene.notice.time),
        change_key="" if change is Change.CREATED else f"{item.verb}:{placed(scene.notice.time)}",
        order="" if change is Change.CREATED else placed(scene.notice.time),
        replies_to=(under,) if under and under != key else (),
        conversation=item.post_id,
        text=None if gone else "\n".join(part for part in (item.message, item.link) if part) or None,
        attachments=tuple(attachment(url, scene.platform.name) for url in urls),
        flags=_flags("comment" if comment else "post", item.permalink_url, hidden=item.verb == "hide"),
    )


def _flags(kind: str, where: str | None, *, hidden: bool = False) -> tuple[Flag, ...]:
    return (Flag(name=kind, why=where or ""), *((Flag(name="hidden"),) if hidden else ()))


def commented(scene: Scene, comment: InstagramComment) -> Sequence[InteractionEvent]:
    """Return a comment under a picture, a reel or in a live video; Meta tells of no edit and no removal of one."""
    media = comment.media.id if comment.media else None
    under = comment.parent_id or media
    live = scene.notice.field == "live_comments"
    return [
        _said(
            scene,
            comment.id,
            comment.from_ or Someone(),
            occurred_at=moment(scene.notice.time),
            replies_to=(under,) if under else (),
            conversation=media,
            text=comment.text,
            flags=(Flag(name="comment", why="live" if live else ""),),
        )
    ]


def mentioned(scene: Scene, mention: Mention) -> Sequence[InteractionEvent]:
    """Return that somebody named the account somewhere: who and in what words, Meta does not tell."""
    where = mention.comment_id or mention.media_id
    if where is None:
        raise UnknownType("a mention that does not name its place")
    return [
        _said(
            scene,
            f"mention:{where}",
            Someone(),
            occurred_at=moment(scene.notice.time),
            conversation=mention.media_id,
            replies_to=(mention.media_id,) if mention.media_id else (),
            flags=(Flag(name="mention", why=where),),
        )
    ]


def _said(scene: Scene, key: str, author: Someone, **fields: Any) -> InteractionEvent:
    """Return what somebody said in public; an author without an id has no handle."""
    ours = scene.is_ours(author)
    inbound = (scene.person(Role.FROM, author), scene.ours(Role.TO))
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        parties=(scene.ours(Role.FROM),) if ours else inbound,
        message_key=key,
        **fields,
    )
