"""Parameters of a header field (RFC 2045, RFC 2231): continuations joined, charsets decoded."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from urllib.parse import unquote_to_bytes

from ingest_email.reading import limits
from ingest_email.reading.charset import decoded
from ingest_email.reading.words import readable

_SHORT = 120
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_PARAMETER = re.compile(rb';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_SECTION = re.compile(r"(.*?)(?:\*(\d{1,3}))?(\*)?\Z", re.DOTALL)


def typed(value: bytes | None, default: str) -> tuple[str, Mapping[str, str]]:
    """Return a media type and its parameters; a sender that forgets the semicolon between them is forgiven."""
    # boundaries are new in every mail; all else comes again and again
    if value is None or len(value) > _SHORT or b"oundary" in value:
        return _typed(value, default)
    return _known(value, default)


def _typed(value: bytes | None, default: str) -> tuple[str, Mapping[str, str]]:
    written, given = parameters(value)
    if _TYPE.fullmatch(written):
        return written, given
    kind, _, rest = written.partition(" ")
    if not _TYPE.fullmatch(kind):
        return default, given
    _, forgotten = parameters(b";" + rest.lstrip().encode("latin-1"))
    return kind, {**forgotten, **given}


_known = lru_cache(maxsize=1_000)(_typed)


def parameters(value: bytes | None, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return a field's value in lower case, and its parameters with continuations joined and charsets decoded."""
    if not value:
        return "", {}
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for found in islice(_PARAMETER.finditer(value), limits.PARAMETERS):
        name, number, extended = _section(found[1].decode("latin-1").lower())
        content = _unquoted(found[2].strip())
        if number is None and not extended:
            plain.setdefault(name, readable(content, hint))
        else:
            sections.setdefault(name, []).append((number or 0, extended, content))
    joined = {name: _joined(parts) for name, parts in sections.items()}
    return value.partition(b";")[0].strip().lower().decode("latin-1"), {**plain, **joined}


def _section(name: str) -> tuple[str, int | None, bool]:
    match = _SECTION.match(name) if "*" in name else None
    if match is None:
        return name, None, False
    return match[1], int(match[2]) if match[2] else None, bool(match[3])


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    charset, pieces = "", []
    for position, (_, extended, content) in enumerate(sorted(parts, key=lambda p: p[0])):
        if extended and position == 0 and content.count(b"'") >= 2:
            label, _, content = content.split(b"'", 2)
            charset = label.decode("latin-1")
        pieces.append(unquote_to_bytes(content) if extended else content)
    return readable(decoded(b"".join(pieces), charset).encode())


def _unquoted(content: bytes) -> bytes:
    if content[:1] != b'"':
        return content
    content = content[1:].removesuffix(b'"')
    return re.sub(rb"\\(.)", rb"\1", content) if b"\\" in content else content
