"""Adding to peyvand.yaml as a careful person does: every byte that stands there already stays."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

Entry = Mapping[str, Any]
WIDE = 4096  # a line of the file is never broken for its length


class _Indented(yaml.SafeDumper):
    """Lists within a mapping stand two columns in, as in the rest of the file."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def with_section(text: str, name: str, section: Entry) -> str:
    """Return the file with a section at its end."""
    return _ended(text) + _dumped({name: dict(section)})


def with_connector(text: str, entry: Entry) -> str:
    """Return the file with one more connector, behind the last one."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    connectors = _value(root, "connectors")
    if connectors is None:
        return _ended(text) + "connectors:\n" + _item(entry, 2)
    if isinstance(connectors, yaml.SequenceNode) and connectors.value and not connectors.flow_style:
        return _behind(text, _last_line(connectors.value[-1]), _item(entry, connectors.start_mark.column))
    return _rewritten(text, entry)


def connector_names(text: str) -> list[str]:
    """Return the names that are taken."""
    value = yaml.safe_load(text)
    listed = value.get("connectors") if isinstance(value, dict) else None
    return [str(c["name"]) for c in listed or [] if isinstance(c, dict) and "name" in c]


def _value(root: yaml.Node | None, section: str) -> yaml.Node | None:
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == section), None)


def _last_line(node: yaml.Node) -> int:
    """Return the line (1-based) of the last character of a node: its own end mark stands behind the comments."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        # a literal block ends at the beginning of the next line
        return int(node.end_mark.line) + (1 if node.end_mark.column else 0)
    last = node.value[-1]
    return _last_line(last[1] if isinstance(node, yaml.MappingNode) else last)


def _behind(text: str, line: int, added: str) -> str:
    lines = text.splitlines(keepends=True)
    before = "".join(lines[:line])
    return _ended(before) + added + "".join(lines[line:])


def _rewritten(text: str, entry: Entry) -> str:
    """Return the file with the connector, where the list is empty or stands in one line: comments and order stay."""
    document = _yaml().load(text) or CommentedMap()
    listed = document.get("connectors")
    document["connectors"] = [*(listed or []), _quoted(entry)]
    written = StringIO()
    _yaml().dump(document, written)
    return written.getvalue()


def _quoted(value: Any) -> Any:
    """Return a value whose texts are quoted: ruamel writes YAML 1.2, where a bare `yes` is a word, and we read 1.1."""
    match value:
        case Mapping():
            return {key: _quoted(part) for key, part in value.items()}
        case list() | tuple():
            return [_quoted(part) for part in value]
        case str():
            return DoubleQuotedScalarString(value)
        case _:
            return value


def _item(entry: Entry, column: int) -> str:
    lines = _dumped(dict(entry)).splitlines()
    marked = [("- " if number == 0 else "  ") + line for number, line in enumerate(lines)]
    return "".join(f"{' ' * column}{line}\n" for line in marked)


def _dumped(value: Entry) -> str:
    return yaml.dump(dict(value), Dumper=_Indented, allow_unicode=True, sort_keys=False, width=WIDE)


def _yaml() -> YAML:
    made = YAML()
    made.preserve_quotes = True
    made.width = WIDE
    made.indent(mapping=2, sequence=4, offset=2)
    return made


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
