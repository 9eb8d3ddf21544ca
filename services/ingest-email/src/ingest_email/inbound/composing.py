"""A mail put together again from the pieces into which a vendor took it apart, so that one reader reads them all."""

import hashlib
from base64 import encodebytes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest_email.inbound.form import File

# Of these a mail that is put together has its own.
_OWN = ("content-type", "content-transfer-encoding", "content-disposition", "content-id", "mime-version")
_UNSAFE = str.maketrans(dict.fromkeys('\r\n"\\\0', " "))


@dataclass(frozen=True, slots=True)
class Pieces:
    """Header fields as pairs in their order, the two bodies, and the files."""

    headers: Sequence[tuple[str, str]]
    text: str = ""
    html: str = ""
    files: Sequence[File] = field(default_factory=tuple)


def composed(pieces: Pieces) -> bytes:
    """Return the mail (RFC 5322, bodies in base64); the same pieces give the same bytes."""
    bodies = [_body(kind, text) for kind, text in (("plain", pieces.text), ("html", pieces.html)) if text]
    parts = [_multipart("alternative", bodies) if len(bodies) > 1 else (bodies or [_body("plain", "")])[0]]
    parts += [_file(file) for file in pieces.files]
    content = _multipart("mixed", parts) if len(parts) > 1 else parts[0]
    return b"".join(_fields(pieces.headers)) + b"MIME-Version: 1.0\r\n" + content


def fields(block: str) -> list[tuple[str, str]]:
    """Return the fields of a header block that came as one text, folded lines unfolded."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif colon and name.strip() and " " not in name.strip():
            found.append((name.strip(), value.strip()))
    return found


def _fields(headers: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """Yield fields; letters that are not ASCII stand there in UTF-8, as RFC 6532 has it."""
    for name, value in headers:
        if name.isascii() and name and name.lower() not in _OWN and not set(name) & set(" :\r\n\0"):
            yield f"{name}: {' '.join(value.split())}\r\n".encode("utf-8", "replace")


def _body(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + _base64(text.encode("utf-8", "replace"))


def _file(file: File) -> bytes:
    kind = file.media_type.translate(_UNSAFE) or "application/octet-stream"
    name = file.name.translate(_UNSAFE)
    lines = [
        f"Content-Type: {kind}",
        f'Content-Disposition: {"inline" if file.content_id else "attachment"}; filename="{name}"',
        *([f"Content-ID: <{file.content_id.translate(_UNSAFE).strip('<> ')}>"] if file.content_id else []),
        "Content-Transfer-Encoding: base64",
    ]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + _base64(file.content)


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    boundary = b"=_" + hashlib.sha256(b"\0".join(parts)).hexdigest()[:40].encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), boundary)
    return head + b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts) + b"--%s--\r\n" % boundary


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")
