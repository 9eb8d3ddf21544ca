"""The two bodies in which vendors post a mail: both forms of a browser.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded and RFC 7578
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ingest_email.reading.mime import Part, parse
from ingest_email.reading.parameters import parameters
from peyvand.errors import BadPayload

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_FIELDS = 1_000


@dataclass(frozen=True, slots=True)
class File:
    """A file as a form or a JSON body carries it; `content_id` is what an HTML body shows it by, without brackets."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, as bytes for vendors have charsets of their own (of one name the last), and files by name."""

    fields: Mapping[str, bytes]
    files: Mapping[str, File]

    def text(self, name: str) -> str:
        """Return a field in UTF-8, or "" when there is none."""
        return self.fields.get(name, b"").decode("utf-8", "replace")


def form(content_type: str, body: bytes) -> Form:
    """Return what a form's body holds; raises BadPayload."""
    kind, given = parameters(content_type.encode("utf-8", "replace"))
    match kind:
        case _ if kind == MULTIPART and given.get("boundary"):
            return _multipart(content_type, body)
        case _ if kind == URLENCODED:
            return Form(_urlencoded(body), {})
        case _:
            raise BadPayload("this is no form: neither urlencoded nor multipart with its boundary")


def _urlencoded(body: bytes) -> dict[str, bytes]:
    # each letter of latin-1 is one byte, so bytes that are no UTF-8 come through
    try:
        pairs = parse_qsl(body.decode("latin-1"), True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadPayload(f"at most {MOST_FIELDS} fields are taken") from error
    return {name: value.encode("latin-1") for name, value in pairs}


def _multipart(content_type: str, body: bytes) -> Form:
    """Read a multipart body as the mail that it nearly is."""
    head = b"Content-Type: " + content_type.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    return _sorted(parse(head + b"\r\n\r\n" + body).parts)


def _sorted(parts: Sequence[Part]) -> Form:
    fields: dict[str, bytes] = {}
    files: dict[str, File] = {}
    for part in parts:
        _, said = parameters(part.headers.first("content-disposition"), "utf-8")
        name = said.get("name", "")
        if "filename" in said:
            files[name] = File(said["filename"], part.media_type, part.content())
        else:
            fields[name] = part.content()
    if not fields:
        raise BadPayload("the multipart/form-data body is broken")
    return Form(fields, files)
