"""The parts of a multipart body, collected in memory: the parser's own collector writes files to a disk."""

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from peyvand.errors import BadPayload


@dataclass(slots=True)
class Part:
    """One part: its headers (lower-case names) and its content."""

    headers: dict[str, str] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)


def parts(boundary: bytes, body: bytes, most: int) -> list[Part]:
    """Return a body's parts; raises BadPayload when it is broken, cut off, or has more parts than `most`."""
    collector = _Collector(most)
    try:
        collector.parser(boundary).write(body)
    except FormParserError as error:
        raise BadPayload("the multipart/form-data body is broken") from error
    if not collector.ended:
        raise BadPayload("the multipart/form-data body is cut off")
    return collector.found


class _Collector:
    """Takes what the parser calls out, piece by piece."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.found: list[Part] = []
        self.ended = False
        self._name = bytearray()
        self._value = bytearray()

    def parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header,
                "on_part_data": lambda data, start, end: self.found[-1].content.extend(data[start:end]),
                "on_end": self._end,
            },
        )

    def _begin(self) -> None:
        if len(self.found) >= self.most:
            raise BadPayload(f"at most {self.most} fields are taken")
        self.found.append(Part())

    def _header(self) -> None:
        name, value = self._name.decode("latin-1"), self._value.decode("utf-8", "replace")
        self.found[-1].headers[name.lower()] = value
        self._name.clear()
        self._value.clear()

    def _end(self) -> None:
        self.ended = True
