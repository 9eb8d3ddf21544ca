"""What a message says: its words, and the files that came with it."""

from collections.abc import Callable, Iterator

from ingest_social.bots.wire import Checklist, Contact, Dice, File, Message, PaidMedia, Poll, Titled
from peyvand.event import Attachment

# Files whose type the vendor does not say, because it is always the same.
_TYPES = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4", "live_photo": "video/mp4"}
_FILES = ("live_photo", "animation", "audio", "voice", "video", "video_note")


def words(message: Message) -> str | None:
    """Return the text of a message, or what its content comes down to in words."""
    written = message.text or message.caption
    told = [tell(message) for tell in _TELL]
    return "\n".join(part for part in (written, *told) if part) or None


def files(message: Message, vendor: str) -> tuple[Attachment, ...]:
    """Return the files of a message; their bytes stay with the vendor, under their file_id."""
    return tuple(_attachment(file, kind, vendor) for kind, file in _files(message)) + _story(message, vendor)


def _files(message: Message) -> Iterator[tuple[str, File]]:
    if message.photo:
        yield "photo", _largest(message.photo)
    for kind in _FILES:
        file: File | None = getattr(message, kind)
        if file:
            yield kind, file
    # an animation also stands as a document, for programs from before there were animations
    if message.document and not message.animation:
        yield "document", message.document
    if message.sticker:
        yield "sticker", message.sticker
    if message.paid_media:
        yield from _paid(message.paid_media)


def _largest(sizes: tuple[File, ...]) -> File:
    """Return a picture's largest size: it comes in several."""
    return max(sizes, key=lambda size: (size.width or 0) * (size.height or 0))


def _paid(paid: PaidMedia) -> Iterator[tuple[str, File]]:
    """Return the files that the bot may have; of what nobody has paid for there is only a preview without one."""
    for medium in paid.paid_media:
        if medium.photo:
            yield "photo", _largest(medium.photo)
        if medium.live_photo:
            yield "live_photo", medium.live_photo
        if medium.video:
            yield "video", medium.video


def _attachment(file: File, kind: str, vendor: str) -> Attachment:
    claimed = _sticker_type(file) if kind == "sticker" else file.mime_type or _TYPES.get(kind, "")
    return Attachment(
        name=file.file_name or "",
        claimed_type=claimed,
        size=file.file_size,
        at=f"{vendor}:{file.file_id}",
        state="at the vendor",
    )


def _sticker_type(file: File) -> str:
    if file.is_video:
        return "video/webm"
    return "application/x-tgsticker" if file.is_animated else "image/webp"


def _story(message: Message, vendor: str) -> tuple[Attachment, ...]:
    story = message.story
    if story is None:
        return ()
    return (Attachment(name="story", at=f"{vendor}:story/{story.chat.id}/{story.id}", state="at the vendor"),)


def _listed(title: str, options: tuple[str, ...]) -> str:
    return "\n".join([title, *(f"– {option}" for option in options)])


def _poll(poll: Poll) -> str:
    return _listed(poll.question, tuple(option.text for option in poll.options))


def _checklist(checklist: Checklist) -> str:
    return _listed(checklist.title, tuple(task.text for task in checklist.tasks))


def _contact(contact: Contact) -> str:
    name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
    return f"{name}\n{contact.phone_number}".strip()


def _dice(dice: Dice) -> str:
    return " ".join(str(part) for part in (dice.emoji, dice.value) if part)


def _titled(titled: Titled) -> str:
    return "\n".join(part for part in (titled.title, titled.description) if part)


def _place(message: Message) -> str | None:
    venue, at = message.venue, message.location
    named = [venue.title, venue.address] if venue else []
    # RFC 5870, for it is the same in every language
    return "\n".join(part for part in (*named, f"geo:{at.latitude},{at.longitude}" if at else None) if part) or None


_TELL: tuple[Callable[[Message], str | None], ...] = (
    lambda m: m.sticker.emoji if m.sticker else None,
    _place,
    lambda m: _contact(m.contact) if m.contact else None,
    lambda m: _poll(m.poll) if m.poll else None,
    lambda m: _checklist(m.checklist) if m.checklist else None,
    lambda m: _dice(m.dice) if m.dice else None,
    lambda m: _titled(m.game) if m.game else None,
    lambda m: _titled(m.invoice) if m.invoice else None,
    lambda m: m.web_app_data.data if m.web_app_data else None,
    lambda m: f"⭐ {m.paid_media.star_count}" if m.paid_media and m.paid_media.star_count else None,
)
