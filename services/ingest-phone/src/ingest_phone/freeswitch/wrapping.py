"""What FreeSWITCH's two modules wrap a document in: the body is looked at, its Content-Type is not to be trusted.

mod_json_cdr loses its own Content-Type with disable-100-continue, and the folder of errors has no header at all.
Read in src/mod/event_handlers/mod_json_cdr and src/mod/xml_int/mod_xml_cdr of https://github.com/signalwire/freeswitch
"""

import base64
import binascii
from typing import Any
from urllib.parse import unquote

import orjson

from ingest_phone.freeswitch.markup import read_markup
from peyvand.errors import BadPayload


def unwrap(body: bytes) -> tuple[dict[str, Any], bool]:
    """Return a document in the shape of mod_json_cdr's, and whether all of it was UTF-8; raises BadPayload."""
    text = _plain(body.decode(errors="replace"))
    legible = "\ufffd" not in text
    if text.startswith("<"):
        return read_markup(text), legible
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise BadPayload("not a call record: a JSON object was expected")
    return value, legible


def _plain(text: str) -> str:
    """Return JSON or XML; FreeSWITCH writes a space as %20, so + is itself."""
    text = text.strip().removeprefix("cdr=").lstrip()
    if text.startswith("%"):
        text = unquote(text).strip()
    return text if text.startswith(("{", "<")) else _from_base64(text)


def _from_base64(text: str) -> str:
    bare = "".join(text.split()).rstrip("=")  # FreeSWITCH breaks the lines of Base64
    try:
        found = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadPayload("neither JSON, nor XML, nor either of them encoded") from error
    return found.rstrip(b"\0").decode(errors="replace").strip()
