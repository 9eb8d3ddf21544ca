"""The bodies in which a browser posts a form: two of its own, and the JSON of a page's script.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded and RFC 7578
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header

from ingest_social.forms.parts import Part, parts
from ingest_social.forms.submission import MOST_FIELDS
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault
from peyvand.event import Attachment
from peyvand.filenames import clean_name
from peyvand.sniffing import sniffed

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """Fields in the order of the page, and the files without their bytes, which stay in the delivery."""

    fields: Fields
    files: tuple[Attachment, ...] = ()


def is_form(content_type: str) -> bool:
    """Return whether a body is what a browser makes of a form."""
    return _media_type(content_type) in (URLENCODED, MULTIPART)


def is_json(content_type: str) -> bool:
    """Return whether a body is what a page's script, or a server, makes of one."""
    return _media_type(content_type) == JSON


def posted(delivery: Delivery) -> Posted:
    """Return what a browser posted; raises BadPayload."""
    content_type = delivery.headers.get("content-type", "")
    match _media_type(content_type):
        case "multipart/form-data":
            return _multipart(content_type, delivery.body)
        case "application/json":
            return Posted(tuple(_flat(delivery.json())))
        case _:
            return Posted(_urlencoded(delivery.body))


def fields_of(delivery: Delivery) -> Fields:
    """Return the fields of a post, none where it cannot be read."""
    try:
        return posted(delivery).fields
    except BadPayload:
        return ()


def contents(delivery: Delivery) -> dict[str, bytes]:
    """Return the bytes of the files of a post, by their SHA-256 in hex; raises BadPayload."""
    content_type = delivery.headers.get("content-type", "")
    if _media_type(content_type) != MULTIPART:
        return {}
    found = (bytes(part.content) for name, part in _parts(content_type, delivery.body) if name.get("filename"))
    return {hashlib.sha256(content).hexdigest(): content for content in found}


def _urlencoded(body: bytes) -> Fields:
    try:
        # some programs send Persian letters as they are, instead of percent-encoded
        pairs = parse_qsl(body.decode("utf-8", "replace"), True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadPayload(f"at most {MOST_FIELDS} fields are taken") from error
    return tuple(pairs)


def _flat(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of a script's JSON: an object of texts, numbers, truths, or lists of them."""
    if not isinstance(value, dict):
        raise BadPayload("a form in JSON is an object: its fields and their values")
    if len(value) > MOST_FIELDS:
        raise BadPayload(f"at most {MOST_FIELDS} fields are taken")
    for name, one in value.items():
        for inner in one[:MOST_FIELDS] if isinstance(one, list) else (one,):
            match inner:
                case None:
                    pass
                case bool():
                    yield name, "true" if inner else "false"
                case str() | int() | float():
                    yield name, str(inner)
                case _:
                    fault = Fault(f"/{name[:100]}", "is neither text nor number")
                    raise BadPayload("a field is no text", [fault])


def _multipart(content_type: str, body: bytes) -> Posted:
    fields: list[tuple[str, str]] = []
    files: list[Attachment] = []
    for options, part in _parts(content_type, body):
        if "filename" not in options:
            fields.append((options.get("name", ""), part.content.decode("utf-8", "replace")))
        elif options["filename"]:  # a file field that was left empty has an empty name
            files.append(_file(options["filename"], part))
    return Posted(tuple(fields), tuple(files))


def _parts(content_type: str, body: bytes) -> list[tuple[dict[str, str], Part]]:
    boundary = _options(content_type).get("boundary")
    if not boundary:
        raise BadPayload("multipart/form-data without its boundary")
    found = parts(boundary.encode(), body, MOST_FIELDS)
    return [(_options(part.headers.get("content-disposition", "")), part) for part in found]


def _file(name: str, part: Part) -> Attachment:
    content = bytes(part.content)
    return Attachment(
        name=clean_name(name),
        claimed_type=_media_type(part.headers.get("content-type", "")),
        sniffed_type=sniffed(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _options(header: str) -> dict[str, str]:
    """Return a header's parameters; browsers write UTF-8 there, and the parser wants each byte as one letter."""
    _, options = parse_options_header(header.encode("utf-8", "replace").decode("latin-1"))
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in options.items()}
