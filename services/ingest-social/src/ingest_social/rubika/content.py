"""What a message of Rubika says: its words, and the files that came with it."""

from collections.abc import Callable

from ingest_social.rubika.wire import Card, File, Message, Place, Poll
from peyvand.event import Attachment


def words(message: Message) -> str | None:
    """Return the text of a message, or what its content comes down to in words."""
    return "\n".join(part for part in (message.text, *(tell(message) for tell in _TELL)) if part) or None


def files(message: Message, vendor: str) -> tuple[Attachment, ...]:
    """Return the files of a message; their bytes stay with the vendor, under their file_id."""
    sticker = message.sticker.file if message.sticker else None
    return tuple(_attachment(file, vendor) for file in (message.file, sticker) if file)


def _attachment(file: File, vendor: str) -> Attachment:
    return Attachment(name=file.file_name or "", size=file.size, at=f"{vendor}:{file.file_id}", state="at the vendor")


def _place(message: Message) -> str | None:
    at: Place | None = message.location or (message.live_location.current_location if message.live_location else None)
    # RFC 5870, for it is the same in every language
    return f"geo:{at.latitude},{at.longitude}" if at else None


def _card(card: Card) -> str:
    name = " ".join(part for part in (card.first_name, card.last_name) if part)
    return "\n".join(part for part in (name, card.phone_number) if part)


def _poll(poll: Poll) -> str:
    return "\n".join([poll.question or "", *(f"– {option}" for option in poll.options)]).strip()


_TELL: tuple[Callable[[Message], str | None], ...] = (
    lambda m: m.sticker.emoji_character if m.sticker else None,
    _place,
    lambda m: _card(m.contact_message) if m.contact_message else None,
    lambda m: _poll(m.poll) if m.poll else None,
)
