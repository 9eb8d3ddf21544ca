"""Text as it is kept: one kind of line break, no controls, no more than one blank line."""

import re

_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_CONTROL_BYTES = bytes(_CONTROLS)
_TRAILING = (" \n", "\t\n", "\u00a0\n")
_BLANK_LINES = re.compile(r"\n{3,}")


def plainly(text: str, raw: bytes) -> str:
    """Return a text with its lines ended by newlines alone, and without controls; `raw` is what it was decoded from."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = text.replace("\r", "\n")
    # looked for among bytes, which is faster by far, and found there whatever the encoding
    return text if len(raw) == len(raw.translate(None, _CONTROL_BYTES)) else text.translate(_CONTROLS)


def tidied(text: str) -> str:
    """Return a text without spaces at the ends of lines, and with no more than one blank line in a row."""
    if any(end in text for end in _TRAILING):
        text = "\n".join([line.rstrip() for line in text.split("\n")])
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.rstrip().strip("\n\ufeff")


def unflowed(text: str, *, joined: bool) -> str:
    """Return text whose soft line breaks (RFC 3676) are undone; quoted lines stay as they are."""
    lines: list[str] = []
    flowing = False
    for line in text.split("\n"):
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        shown = (line[:-1] if joined and soft else line).removeprefix(" ")
        if flowing and not line.startswith(">"):
            lines[-1] += shown
        else:
            lines.append(shown)
        flowing = soft
    return "\n".join(lines)
