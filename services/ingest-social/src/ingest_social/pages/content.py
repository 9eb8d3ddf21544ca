"""What a message says: its words, its files, and what there is to know about it."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from ingest_social.pages.wire import Element, File, Message, Referral
from peyvand.event import Attachment, Flag
from peyvand.filenames import clean_name

# Addresses of pages, which are read and not fetched.
_PAGES = ("facebook.com", "instagram.com", "fb.me", "m.me", "fb.com")
_FILES = {"image", "video", "audio", "file", "sticker"}


def words(message: Message) -> str | None:
    """Return the text of a message, with what its shares, places and templates come down to in words."""
    told = [message.text, *(line for file in message.attachments or () for line in _words(file))]
    return "\n".join(dict.fromkeys(part for part in told if part)) or None


def files(message: Message, channel: str) -> tuple[Attachment, ...]:
    """Return the files of a message; they lie at addresses that work for a while only."""
    named = [(url, file) for file in message.attachments or () if (url := _address(file)) and not is_page(url)]
    return tuple(attachment(url, channel, _kind(file)) for url, file in named)


def attachment(url: str, channel: str, kind: str | None = None) -> Attachment:
    """Return a file that lies at an address, named by that or by what it is."""
    name = clean_name(unquote(urlsplit(url).path.rpartition("/")[2]))
    return Attachment(name=name or kind or "", at=f"{channel}:{url}", state="at the vendor")


def is_page(url: str) -> bool:
    """Return whether an address is a page's, or none that can be fetched."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return True
    return parts.scheme not in ("http", "https") or not host or any(host == p or host.endswith(f".{p}") for p in _PAGES)


def notes(message: Message) -> tuple[Flag, ...]:
    """Return what there is to know about a message."""
    found = [*_origin(message), *_kinds(message)]
    if message.quick_reply is not None:
        found.append(Flag(name="button", why=message.quick_reply.payload or ""))
    if words(message) is None and not files(message, ""):
        kinds = " · ".join(dict.fromkeys(file.type or "" for file in message.attachments or ()))
        found.append(Flag(name="unsupported", why=kinds))
    return tuple(found)


def led(referral: Referral | None) -> tuple[Flag, ...]:
    """Return from where somebody came."""
    if referral is None:
        return ()
    title = referral.ads_context_data.ad_title if referral.ads_context_data else None
    told = (referral.source or referral.type, title, referral.ref or referral.ad_id)
    return (Flag(name="referral", why=" · ".join(part for part in told if part)),)


def _origin(message: Message) -> Iterator[Flag]:
    yield from led(message.referral)
    story = message.reply_to.story if message.reply_to else None
    if story is not None:
        yield Flag(name="story-reply", why=story.id or "")


def _kinds(message: Message) -> Iterator[Flag]:
    for kind in dict.fromkeys(_kind(file) for file in message.attachments or ()):
        if kind in ("story_mention", "ephemeral"):
            yield Flag(name=kind.replace("_", "-"))


def _kind(file: File) -> str | None:
    """Return what a file is where that is not simply a file: a sticker, a reel, a story."""
    if file.payload and file.payload.sticker_id:
        return "sticker"
    return None if file.type in _FILES else file.type


def _address(file: File) -> str | None:
    return (file.payload.url if file.payload else None) or file.url


def _words(file: File) -> Iterator[str]:
    payload = file.payload
    yield from (part for part in (file.title, payload.title if payload else None) if part)
    if payload is not None:
        yield from (part for part in (payload.text,) if part)
        if payload.coordinates is not None:
            yield f"geo:{payload.coordinates.lat},{payload.coordinates.long}"
        within = payload.generic.elements if payload.generic else payload.elements
        yield from (line for element in within or () for line in _element(element))
    url = _address(file)
    if url and is_page(url):
        yield url


def _element(element: Element) -> Iterator[str]:
    yield from (part for part in (element.title, element.subtitle) if part)
