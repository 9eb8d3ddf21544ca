"""Lines that are marked as an earlier mail's: by `>`, or by a mail program's own mark in HTML."""

import re

from ingest_email.reading.newwords.page import LONGEST, QUOTES, below

# A link that a program wrapped within a quote, whose rest stands on a line without a mark.
_LINK = re.compile(r"\((?:https?://[^\s()]*)\)(?: ?>)?\Z")
# Programs that wrap long lines of a quote leave the rest of a sentence without a mark.
_WRAPPED = 60
_UNFINISHED = re.compile(r"[\w,،\-]\Z")
# Programs that write a link as `<link>` break the line within it; the `>` of its end marks no quote.
_WHOLE = re.compile(r"<[^<>]*>")
_OPEN = re.compile(r"<\s*(?:\Z|https?:|mailto:|[^\s<>]{1,100}@)")
_FARTHEST = 3


def quote_end(seen: list[str], at: int) -> int:
    """Return where the quote ends that stands here; blank lines within it, and broken links, belong to it."""
    end, beneath = at, at
    while beneath < len(seen) and (seen[beneath][:1] in QUOTES or _broken(seen, end, beneath)):
        end = beneath + 1
        beneath = end if end < len(seen) and seen[end] else below(seen, end)
    return end


def closes(seen: list[str], at: int) -> bool:
    """Return whether the `>` that a line begins with ends a link or an address that the lines above it opened."""
    top = at
    while top > max(0, at - _FARTHEST) and seen[top - 1] and seen[top - 1][0] not in QUOTES:
        top -= 1
    above = " ".join(line[-LONGEST:] for line in seen[top:at])
    return "<" in above and _OPEN.search(_WHOLE.sub("", above)) is not None


def _broken(seen: list[str], end: int, at: int) -> bool:
    """Return whether an unmarked line is the rest of a link or of a sentence above it, with more of the quote below."""
    after = below(seen, at + 1)
    if at != end or end == 0 or after >= len(seen) or seen[after][:1] not in QUOTES:
        return False
    above, line = seen[end - 1][-300:], seen[at][:300]
    opened = above.rfind("(http") > above.rfind(")") and ")" in line
    return opened or _LINK.match(line) is not None or _unfinished(above, line, adjacent=after == at + 1)


def _unfinished(above: str, line: str, *, adjacent: bool) -> bool:
    goes_on = not line[:1].isupper() and len(line) <= _WRAPPED
    return adjacent and goes_on and len(above) >= _WRAPPED and _UNFINISHED.search(above) is not None
