"""What servers, mailing lists and lawyers put below a mail: disclaimers, virus scanners, how to leave a list."""

import re

from ingest_email.reading.newwords.page import words
from ingest_email.reading.newwords.vocabulary import Vocabulary

_MOST_PARAGRAPHS = 8
_MOST_LINES = 60
_SHORTEST_LEGAL = 90
_LEGAL_WORDS = 3
_RULE = re.compile(r"[_*\-=~—–#]{2,}\Z")
_LIST = re.compile(r"mailing list|listinfo|groups\.google|unsubscribe|googlegroups|لغو عضویت|list-help", re.IGNORECASE)


def footer(seen: list[str], start: int, end: int, known: Vocabulary) -> int:
    """Return the first line of the footers that these lines end in, `end` when they end in none."""
    found, bottom = end, end
    for _ in range(_MOST_PARAGRAPHS):
        while bottom > start and not seen[bottom - 1]:
            bottom -= 1
        top = bottom
        while top > start and seen[top - 1] and bottom - top < _MOST_LINES:
            top -= 1
        if top == bottom or not _is_footer(seen, top, bottom, known, alone=found == end):
            break
        found, bottom = top, top
    return found


def _is_footer(seen: list[str], top: int, bottom: int, known: Vocabulary, *, alone: bool) -> bool:
    first = top
    while first < bottom and _RULE.match(seen[first]):
        first += 1
    if first == bottom:  # a rule alone belongs to the footer below it
        return not alone
    if known.footer.starts(seen[first]):
        return True
    length = sum(map(len, seen[first:bottom]))
    if first > top and bottom - first <= _MOST_PARAGRAPHS and _LIST.search("\n".join(seen[first:bottom])[:2_000]):
        return True
    return length >= _SHORTEST_LEGAL and _is_legal(seen[first:bottom], known)


def _is_legal(lines: list[str], known: Vocabulary) -> bool:
    return len(words("\n".join(lines)[:4_000]) & known.legal) >= _LEGAL_WORDS
