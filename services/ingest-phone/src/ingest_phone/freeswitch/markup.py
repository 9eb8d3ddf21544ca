"""The document of mod_xml_cdr in the shape of mod_json_cdr's, so that one reading fits both.

Parsed by expat without a document type: no entity is ever declared, so none can grow or name a file.
"""

from typing import Any, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from peyvand.errors import BadPayload

_DEEPEST = 20


def read_markup(text: str) -> dict[str, Any]:
    """Return what an XML document says; raises BadPayload."""
    root = _parsed(text)
    return {
        "variables": _texts(root.find("variables")),
        "app_log": {"applications": [dict(one.attrib) for one in root.iterfind("app_log/application")]},
        "callflow": [_flow(one) for one in root.iterfind("callflow")],
    }


def _parsed(text: str) -> Element:
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise BadPayload("not a call record: its XML is nested too deeply")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise BadPayload(f"not XML: {error}") from error
    return builder.close()


def _refuse(*_declared: object) -> NoReturn:
    raise BadPayload("a call record declares no document type and no entities")


def _flow(flow: Element) -> dict[str, Any]:
    profile = flow.find("caller_profile")
    callers = [] if profile is None else profile.iterfind("originator/originator_caller_profile")
    originator = {"originator_caller_profiles": [_texts(one) for one in callers]}
    return {
        "caller_profile": {**_texts(profile), "originator": originator},
        "times": _texts(flow.find("times")),
    }


def _texts(parent: Element | None) -> dict[str, str]:
    return {} if parent is None else {child.tag: (child.text or "").strip() for child in parent}
