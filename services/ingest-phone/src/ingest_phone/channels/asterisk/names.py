"""What Asterisk writes for people: channel names and caller ids."""

import re

from peyvand.identity import Organisation, latin_digits, withheld

# Channels whose name is a device's; a number in the others (DAHDI/12-1) is a line card's.
_DEVICE = re.compile(r"(?:SIP|PJSIP|IAX2|SCCP|Skinny|MGCP|Agent)/([^/@;]+?)(?:-[0-9a-f]+)?\Z", re.IGNORECASE)
# FreePBX follow-me rings an extension as Local/FMPR-201@…
_LOCAL = re.compile(r"Local/(?:FMPR-)?([^@]+)@", re.IGNORECASE)


def is_local(channel: str) -> bool:
    """Return whether a channel is only a joint between two others."""
    return channel[:6].lower() == "local/"


def device(channel: str) -> str | None:
    """Return the device or extension that a channel's name holds: SIP/201-0000001a, Local/201@from-queue-0001;1."""
    found = _LOCAL.match(channel) or _DEVICE.match(channel)
    return found[1] if found else None


def line(channel: str) -> str | None:
    """Return a channel's name without the part that differs at each call; None for a joint or no channel."""
    if not channel or is_local(channel):
        return None
    return channel.rpartition("-")[0] or channel


def is_extension(text: str, digits: tuple[int, int], organisation: Organisation) -> bool:
    """Return whether a text is somebody's extension, or a number as short as one."""
    short = text.isascii() and text.isdigit() and digits[0] <= len(text) <= digits[1]
    return short or organisation.at_extension(text) is not None


def caller_id(written: str) -> tuple[str | None, str]:
    """Return the name and the number of `"Alice" <100>`; the name only where it is one."""
    head, angle, tail = written.rpartition("<")
    if angle and tail.endswith(">"):
        return _name(head), tail[:-1].strip()
    return _name(written), ""


def _name(written: str) -> str | None:
    name = written.strip().strip('"').strip()
    if withheld(name) or "\ufffd" in name or latin_digits(_folded(name)).isdigit():
        return None
    return name


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
