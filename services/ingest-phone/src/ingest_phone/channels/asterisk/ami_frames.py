"""What the manager interface sends, taken apart: lines of `Key: value`, an empty line after each message. Pure.

https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/AMI-v2-Specification/

Read here and not by a library: panoramisk, the one that is kept, hands each event to a callback that nobody waits for,
so it cannot hold Asterisk back until what was told is durable.
"""

from collections.abc import Mapping
from typing import NewType

from peyvand.errors import Unavailable

# A message's headers, their names in small letters: Asterisk writes Uniqueid, UniqueID and UniqueId. Of those that are
# repeated the last stands.
Message = NewType("Message", Mapping[str, str])
BANNER = b"Asterisk Call Manager/"
_LONGEST = 256 * 1024


class NotAmi(Unavailable):
    """Whatever answers there does not speak as Asterisk's manager does."""


class Frames:
    """The bytes of a connection that are no whole message yet; the first line is the greeting."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._greeted = False

    @property
    def begun(self) -> bool:
        """Return whether a message has begun and not ended."""
        return bool(self._held)

    def feed(self, received: bytes) -> list[Message]:
        """Return the messages that are whole now; raises NotAmi."""
        self._held += received
        if not self._greeted and not self._greeting():
            return []
        found = []
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            text = bytes(self._held[:end]).decode(errors="replace")
            del self._held[: end + 4]
            if headers := _headers(text):
                found.append(headers)
        if len(self._held) > _LONGEST:
            raise NotAmi("a message without an end")
        return found

    def _greeting(self) -> bool:
        if not BANNER.startswith(bytes(self._held[: len(BANNER)])) and not self._held.startswith(BANNER):
            raise NotAmi("it greets in another way")
        end = self._held.find(b"\r\n")
        if end < 0:
            return False
        del self._held[: end + 2]
        self._greeted = True
        return True


def _headers(text: str) -> Message:
    lines = (line.partition(":") for line in text.split("\r\n"))
    return Message({name.strip().lower(): value.strip() for name, colon, value in lines if colon})
