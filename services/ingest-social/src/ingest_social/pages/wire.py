"""The parts of a payload of Messenger and Instagram that are read.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
https://developers.facebook.com/documentation/instagram-platform/webhooks/examples
"""

from typing import Any

from pydantic import AliasChoices, Field

from ingest_social.meta.envelope import Wire


class Someone(Wire):
    """Somebody by the id within a page or account; `self_ig_scoped_id` stands where the account itself comments."""

    id: str | None = None
    name: str | None = None
    username: str | None = None
    self_ig_scoped_id: str | None = None


class Coordinates(Wire):
    lat: float
    long: float


class Element(Wire):
    title: str | None = None
    subtitle: str | None = None


class Generic(Wire):
    elements: tuple[Element, ...] | None = None


class Payload(Wire):
    url: str | None = None
    title: str | None = None
    sticker_id: str | None = None
    coordinates: Coordinates | None = None
    text: str | None = None
    generic: Generic | None = None
    elements: tuple[Element, ...] | None = None


class File(Wire):
    """An attachment: a file, a place, a template, a share, a story."""

    type: str | None = None
    title: str | None = None
    url: str | None = None
    payload: Payload | None = None


class Story(Wire):
    id: str | None = None
    url: str | None = None


class Replied(Wire):
    mid: str | None = None
    story: Story | None = None


class QuickReply(Wire):
    payload: str | None = None


class Advertised(Wire):
    ad_title: str | None = None


class Referral(Wire):
    """From where somebody came: an advertisement, a link with a reference, a shop."""

    ref: str | None = None
    source: str | None = None
    type: str | None = None
    ad_id: str | None = None
    ads_context_data: Advertised | None = None


class Message(Wire):
    mid: str
    text: str | None = None
    attachments: tuple[File, ...] | None = None
    reply_to: Replied | None = None
    quick_reply: QuickReply | None = None
    referral: Referral | None = None
    is_echo: bool | None = None
    is_deleted: bool | None = None
    is_unsupported: bool | None = None


class Postback(Wire):
    mid: str | None = None
    title: str | None = None
    payload: str | None = None
    referral: Referral | None = None


class Reaction(Wire):
    mid: str
    action: str | None = None
    emoji: str | None = None
    reaction: str | None = None


class Delivered(Wire):
    mids: tuple[str, ...] | None = None
    watermark: Any = None


class Seen(Wire):
    mid: str | None = None
    watermark: Any = None


class Edit(Wire):
    mid: str
    text: str | None = None
    num_edit: int = 0


class OptIn(Wire):
    type: str | None = None
    ref: str | None = None
    title: str | None = None
    payload: str | None = None


class Messaging(Wire):
    """One thing that happened between a user and us: exactly one of the fields says what."""

    sender: Someone | None = None
    recipient: Someone | None = None
    timestamp: Any = None
    message: Message | None = None
    postback: Postback | None = None
    reaction: Reaction | None = None
    delivery: Delivered | None = None
    read: Seen | None = None
    message_edit: Edit | None = None
    referral: Referral | None = None
    optin: OptIn | None = None


class FeedItem(Wire):
    """A change of a page's feed: `item` says of what, `verb` what was done."""

    item: str | None = None
    verb: str | None = None
    from_: Someone | None = Field(default=None, alias="from")
    post_id: str | None = None
    comment_id: str | None = None
    parent_id: str | None = None
    message: str | None = None
    photo: str | None = None
    video: str | None = None
    link: str | None = None
    permalink_url: str | None = Field(default=None, validation_alias=AliasChoices("permalink_url", "permalink"))
    created_time: Any = None


class Media(Wire):
    id: str | None = None


class InstagramComment(Wire):
    id: str
    text: str | None = None
    from_: Someone | None = Field(default=None, alias="from")
    media: Media | None = None
    parent_id: str | None = None


class Mention(Wire):
    """That somebody named the account: Meta tells where, and not who."""

    media_id: str | None = None
    comment_id: str | None = None
