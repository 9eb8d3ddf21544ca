"""What mod_event_socket sends, taken apart: headers, an empty line, and as many bytes as Content-Length says.

Pure: bytes in, messages out, wherever the stream was cut into pieces. https://developer.signalwire.com/freeswitch/
FreeSWITCH-Explained/Modules/mod_event_socket_1048924/

Read here and not by a library: genesis, the one that is well kept, reads events of the form plain only, holds them in a
queue without an end, and hands each to a task that nobody waits for: it cannot hold FreeSWITCH back until what was told
is durable.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from peyvand.errors import Unavailable

_LONGEST_HEAD = 64 * 1024
_LONGEST_BODY = 16 * 1024 * 1024


class NotEsl(Unavailable):
    """Whatever answers there does not speak as mod_event_socket does."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: what it is (`command/reply`, `text/event-json`, …), FreeSWITCH's reply to a command, its body."""

    kind: str
    reply: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the object that the body is, an empty one when it is none."""
        try:
            value = orjson.loads(self.body.decode(errors="replace"))
        except orjson.JSONDecodeError:
            return {}
        return value if isinstance(value, dict) else {}


class Frames:
    """The bytes of a connection that are no whole message yet."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def begun(self) -> bool:
        """Return whether a message has begun and not ended."""
        return bool(self._held)

    def feed(self, received: bytes) -> list[Message]:
        """Return the messages that are whole now; raises NotEsl."""
        self._held += received
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        while self._held.startswith(b"\n"):
            del self._held[:1]
        end = self._held.find(b"\n\n")
        if end > _LONGEST_HEAD or (end < 0 and len(self._held) > _LONGEST_HEAD):
            raise NotEsl("it sends no headers of an event socket")
        if end < 0:
            return None
        headers = _headers(bytes(self._held[:end]))
        length = _length(headers)
        begin = end + 2
        if len(self._held) < begin + length:
            return None
        body = bytes(self._held[begin : begin + length])
        del self._held[: begin + length]
        return Message(headers["content-type"], headers.get("reply-text", ""), body)


def _headers(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode(errors="replace").splitlines())
    told = {name.strip().lower(): unquote(text.strip()) for name, _, text in lines}
    if "content-type" not in told:
        raise NotEsl("its answer has no Content-Type")
    return told


def _length(headers: dict[str, str]) -> int:
    written = headers.get("content-length", "0")
    if not (written.isascii() and written.isdecimal() and len(written) < 10) or int(written) > _LONGEST_BODY:
        raise NotEsl("its Content-Length is no length")
    return int(written)
