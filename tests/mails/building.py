"""Mails from parts, byte by byte, as different mail programs write them."""

import base64
import binascii
import re
from dataclasses import dataclass
from random import Random

NEWLINE = b"\r\n"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text travels: its charset as labelled, Python's name of it, its transfer encoding."""

    label: str
    codec: str
    transfer: str

    def body(self, text: str) -> bytes:
        """Return a text as it stands in the mail."""
        raw = text.replace("\n", "\r\n").encode(self.codec, "replace")
        if self.transfer == "base64":
            return base64.encodebytes(raw).replace(b"\n", NEWLINE)
        if self.transfer == "quoted-printable":
            return binascii.b2a_qp(raw, istext=True)
        return raw

    def word(self, text: str) -> str:
        """Return a text as encoded words of a header, each within its 75 characters."""
        if text.isascii():
            return text
        words, some = [], ""
        for letter in text:
            if some and len((some + letter).encode(self.codec, "replace")) > 36:
                words.append(some)
                some = ""
            some += letter
        return "\r\n ".join(self._one(w) for w in [*words, some])

    def _one(self, text: str) -> str:
        return f"=?{self.label}?B?{base64.b64encode(text.encode(self.codec, 'replace')).decode()}?="


def text_part(kind: str, text: str, how: Encoding) -> bytes:
    """Return a text as a part with its headers."""
    head = f"Content-Type: text/{kind}; charset={how.label}\r\nContent-Transfer-Encoding: {how.transfer}\r\n\r\n"
    return head.encode() + how.body(text)


def file_part(name: str, media_type: str, content: bytes, how: Encoding, content_id: str = "") -> bytes:
    """Return a file as a part with its headers; with a content id it is shown within the HTML."""
    written = name if name.isascii() else how.word(name)
    where = (
        f"Content-ID: <{content_id}>\r\nContent-Disposition: inline"
        if content_id
        else "Content-Disposition: attachment"
    )
    head = f'Content-Type: {media_type};\r\n name="{written}"\r\n{where};\r\n filename="{written}"\r\n'
    head += "Content-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + base64.encodebytes(content).replace(b"\n", NEWLINE)


def together(kind: str, parts: list[bytes], random: Random, more: str = "") -> bytes:
    """Return several parts as one."""
    boundary = f"----=_Part_{random.getrandbits(64):016x}"
    head = f'Content-Type: multipart/{kind};{more}\r\n boundary="{boundary}"\r\n\r\n'.encode()
    line = b"--" + boundary.encode()
    return head + b"".join(line + NEWLINE + part + NEWLINE for part in parts) + line + b"--" + NEWLINE


def quoted(text: str) -> str:
    """Return a text with a `>` before each line."""
    return "\n".join(("> " + line).rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int = 76) -> str:
    """Return a text whose lines are broken at spaces."""
    return re.sub(rf"(.{{1,{width}}})(?:\s+|\Z)", r"\1\n", text).rstrip("\n")


def as_html(text: str) -> str:
    """Return a text as HTML."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("\n", "<br>\n")
