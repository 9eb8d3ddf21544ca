"""The two bodies in which a browser posts a form.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded and RFC 7578
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header

from ingest_social.forms.parts import Part, parts
from ingest_social.forms.submission import MOST_FIELDS
from peyvand.errors import BadPayload
from peyvand.event import Attachment

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Posted:
    """Fields in the order of the page, and the files without their bytes, which stay in the delivery."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Attachment, ...] = ()


def is_form(content_type: str) -> bool:
    """Return whether a body is what a browser makes of a form."""
    return _media_type(content_type) in (URLENCODED, MULTIPART)


def posted(content_type: str, body: bytes) -> Posted:
    """Return the fields of a form's body; raises BadPayload."""
    if _media_type(content_type) == MULTIPART:
        return _multipart(content_type, body)
    try:
        # some programs send Persian letters as they are, instead of percent-encoded
        pairs = parse_qsl(body.decode("utf-8", "replace"), True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadPayload(f"at most {MOST_FIELDS} fields are taken") from error
    return Posted(tuple(pairs))


def _multipart(content_type: str, body: bytes) -> Posted:
    boundary = _options(content_type).get("boundary")
    if not boundary:
        raise BadPayload("multipart/form-data without its boundary")
    fields: list[tuple[str, str]] = []
    files: list[Attachment] = []
    for part in parts(boundary.encode(), body, MOST_FIELDS):
        options = _options(part.headers.get("content-disposition", ""))
        if "filename" not in options:
            fields.append((options.get("name", ""), part.content.decode("utf-8", "replace")))
        elif options["filename"]:  # a file field that was left empty has an empty name
            files.append(_file(options["filename"], part))
    return Posted(tuple(fields), tuple(files))


def _file(name: str, part: Part) -> Attachment:
    return Attachment(
        name=name.replace("\\", "/").rpartition("/")[2],
        claimed_type=_media_type(part.headers.get("content-type", "")),
        size=len(part.content),
        sha256=hashlib.sha256(part.content).hexdigest(),
    )


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _options(header: str) -> dict[str, str]:
    """Return a header's parameters; browsers write UTF-8 there, and the parser wants each byte as one letter."""
    _, options = parse_options_header(header.encode("utf-8", "replace").decode("latin-1"))
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in options.items()}
