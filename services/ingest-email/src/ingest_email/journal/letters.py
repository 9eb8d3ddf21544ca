"""A mail as it comes over the line, with limits: for one mail, and for all that are on their way at once.

https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

END = b"\r\n.\r\n"
# So much of a stream is looked at together; a mail's lines may be of any length.
CHUNK = 64 * 1024
# The line breaks before the first line and behind the last are none of the mail's.
_FRAME = 4


class TooLarge(Exception):
    """The mail is larger than one may be."""


class NoRoom(Exception):
    """Too many mails are on their way; this one may come later."""


@dataclass(slots=True)
class Room:
    """How many bytes of mails may be in memory at once, and how many are."""

    most: int
    held: int = 0


@asynccontextmanager
async def letter_from(reader: asyncio.StreamReader, room: Room, largest: int) -> AsyncIterator[bytes]:
    """Give the mail up to its lone dot, the dots of its lines unstuffed; it takes up room while the body runs.

    Raises TooLarge, NoRoom, when all of it has been read past.
    """
    # the first line begins behind the command's line break, and the end mark begins with one
    reader.feed_data(b"\r\n")
    content = bytearray()
    ended, error = False, None
    try:
        while not ended:
            some, ended = await _some(reader)
            if error is None and (error := _refusal(len(content), len(some), room, largest)) is None:
                content += some
                room.held += len(some)
            elif content:
                room.held -= len(content)
                content = bytearray()
        if error is not None:
            raise error
        # a line that begins with a dot was given another one
        yield bytes(content.replace(b"\r\n.", b"\r\n")[2:])
    finally:
        room.held -= len(content)


async def _some(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """Return the next bytes, and whether the end mark stood behind them."""
    try:
        found = await reader.readuntil(END)
    except asyncio.LimitOverrunError as beyond:
        return await reader.read(beyond.consumed), False
    return found[:-3], True


def _refusal(size: int, more: int, room: Room, largest: int) -> TooLarge | NoRoom | None:
    if size + more > largest + _FRAME:
        return TooLarge()
    return NoRoom() if room.held + more > room.most + _FRAME else None
