"""What a message says: its words and its files."""

from collections.abc import Callable

import orjson

from ingest_social.cloud_api.wire import Card, Media, Message, Order
from peyvand.event import Attachment

FILES = ("image", "video", "audio", "document", "sticker")


def words(message: Message) -> str | None:
    """Return the text of a message, or what its content comes down to in words."""
    told = (tell(message) for tell in _TELL)
    return "\n".join(part for part in told if part) or None


def files(message: Message) -> tuple[Attachment, ...]:
    """Return the files of a message; their bytes lie with Meta under their media id."""
    return tuple(_attachment(media) for kind in FILES if (media := getattr(message, kind)) is not None)


def _attachment(media: Media) -> Attachment:
    return Attachment(
        name=media.filename or "",
        claimed_type=media.mime_type or "",
        at=f"whatsapp:{media.id}",
        state="at the vendor",
    )


def _caption(message: Message) -> str | None:
    return next((m.caption for kind in FILES if (m := getattr(message, kind)) and m.caption), None)


def _place(message: Message) -> str | None:
    at = message.location
    if at is None:
        return None
    # RFC 5870, for it is the same in every language
    return "\n".join(part for part in (at.name, at.address, f"geo:{at.latitude},{at.longitude}") if part)


def _cards(message: Message) -> str | None:
    return "\n".join(_card(card) for card in message.contacts or ()) or None


def _card(card: Card) -> str:
    name = card.name
    full = "" if name is None else name.formatted_name or " ".join(p for p in (name.first_name, name.last_name) if p)
    lines = [line.phone or line.wa_id or line.email for line in (*(card.phones or ()), *(card.emails or ()))]
    return "\n".join(part for part in (full, *lines) if part)


def _order(order: Order) -> str:
    rows = [
        " ".join(part for part in (f"– {p.product_retailer_id} × {p.quantity or 1}", p.item_price, p.currency) if part)
        for p in order.product_items or ()
    ]
    return "\n".join(part for part in (order.text, *rows) if part)


def _chosen(message: Message) -> str | None:
    asked = message.interactive
    if asked is None:
        return None
    chosen = asked.button_reply or asked.list_reply
    if chosen is not None:
        return "\n".join(part for part in (chosen.title or chosen.id, chosen.description) if part)
    if asked.nfm_reply is not None:
        return _filled(asked.nfm_reply.body, asked.nfm_reply.response_json)
    return asked.call_permission_reply.response if asked.call_permission_reply else None


def _filled(body: str | None, written: str | None) -> str | None:
    """Return what was filled into a flow, line by line; the flow's own token says nothing."""
    try:
        answers = orjson.loads(written or "{}")
    except orjson.JSONDecodeError:
        answers = {"": written}
    if not isinstance(answers, dict):
        answers = {"": answers}
    lines = [f"{key}: {_plain(value)}".removeprefix(": ") for key, value in answers.items() if key != "flow_token"]
    return "\n".join(part for part in (body, *lines) if part) or None


def _plain(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


_TELL: tuple[Callable[[Message], str | None], ...] = (
    lambda m: m.text.body if m.text else None,
    _caption,
    _place,
    _cards,
    lambda m: _order(m.order) if m.order else None,
    _chosen,
    lambda m: m.button.text or m.button.payload if m.button else None,
    lambda m: m.system.body if m.system else None,
)
