"""The part of some bytes that a player asks for (RFC 9110, section 14): one range, or the whole."""

import re

_ONE = re.compile(r"bytes=(\d*)-(\d*)", re.IGNORECASE)


class NotSatisfiable(Exception):
    """The range begins behind the end."""


def wanted(header: str | None, if_range: str | None, tag: str, size: int) -> range | None:
    """Return the bytes that are asked for, None for all of them; raises NotSatisfiable.

    Several ranges at once, and what is no range, are answered by the whole, as RFC 9110 allows.
    """
    asked = _ONE.fullmatch(header.strip()) if header else None
    if asked is None or (if_range is not None and if_range.strip() != tag):
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:  # so many from the end
        if int(last) == 0:
            raise NotSatisfiable
        return range(max(0, size - int(last)), size)
    begin, end = int(first), int(last) + 1 if last else size
    if last and end <= begin:
        return None
    if begin >= size:
        raise NotSatisfiable
    return range(begin, min(end, size))
