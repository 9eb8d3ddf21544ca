"""A block of mail headers above an earlier mail, as Outlook, Hotmail, Zimbra and others write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingest_email.reading.newwords.folded import HEADERS, Anchor, Kind, Span
from ingest_email.reading.newwords.page import LONGEST, MARKED, folded_text, key
from ingest_email.reading.newwords.vocabulary import Vocabulary

_MOST_LINES = 16
_LONGEST_LABEL = 30
_MOST_CONTINUED = 2
_MOST_LABELS = 8
_MOST_WORDS = 3
_RULE = re.compile(r"[_*\-=~—–]{3,}\Z")
_FIGURES = re.compile(r"\d[^\n]*\d")


@dataclass(slots=True)
class _Block:
    """The labels met so far, and how well what stands beside them suits them."""

    kinds: set[str] = field(default_factory=set)
    strange: bool = False
    address: bool = False
    date: bool = False
    abreast: bool = False

    @property
    def whole(self) -> bool:
        """Return whether this is certainly a block of headers."""
        if self.strange or "from" not in self.kinds:
            return self.address and self.date and self.kinds >= {"from", "date", "subject"}
        if self.address:
            return len(self.kinds & {"date", "to", "subject"}) > 1
        return self.date and self.kinds >= {"date", "subject"}

    @property
    def two(self) -> bool:
        """Return whether two labels are enough, because what stands beside them is a sender or a time."""
        return not self.strange and self.date and self.address and "date" in self.kinds and len(self.kinds) > 1


def header_block(seen: list[str], at: int, known: Vocabulary) -> Anchor | None:
    """Return the earlier mail whose headers begin here, or None when none do."""
    block = _read(seen, at, known)
    rule = at - 1 if at > 0 and seen[at - 1] else at - 2
    ruled = rule >= 0 and _RULE.match(seen[rule].lstrip(MARKED)) is not None
    apart = ruled or block.abreast or at == 0 or not seen[at - 1]
    if not (block.whole or (block.two and apart)):
        return None
    start = rule if ruled else at
    return Anchor(Span(Kind.HISTORY, start, len(seen)), HEADERS, sure=block.whole or ruled)


def _read(seen: list[str], at: int, known: Vocabulary) -> _Block:
    block, continued, blank = _Block(), 0, False
    for line in seen[at : at + _MOST_LINES]:
        text = line[:LONGEST].lstrip(MARKED + ">|*_•· \t")
        labels = _labels(text, known)
        for kinds, value in labels:
            _add(block, kinds, value)
        block.abreast |= len(labels) > 1  # nobody writes so by hand: a program lost the line breaks
        continued = 0 if labels or not text else continued + 1
        if continued and (blank or not block.kinds or continued > _MOST_CONTINUED):
            break
        block.strange |= bool(continued) and _strange(text)
        block.address |= bool(continued) and "@" in text
        blank = not text
    return block


def _labels(text: str, known: Vocabulary) -> list[tuple[frozenset[str], str]]:
    """Return the labels of a line with what stands beside them: one as a rule, all where a program lost line breaks."""
    head, colon, value = text.partition(":")
    kinds = known.labels.get(key(head)) if colon and len(head) <= _LONGEST_LABEL else None
    if kinds is None:
        return []
    return [(kinds, value), *_further(value, known)]


def _further(value: str, known: Vocabulary) -> Iterator[tuple[frozenset[str], str]]:
    pieces = value.split(":", _MOST_LABELS)
    for piece, beside in pairwise(pieces):
        ending = piece.split()[-_MOST_WORDS:]
        kinds = (known.labels.get(key("".join(ending[at:]))) for at in range(len(ending)))
        if found := next((kind for kind in kinds if kind), None):
            yield found, beside


def _add(block: _Block, kinds: frozenset[str], value: str) -> None:
    fresh = kinds - block.kinds
    block.kinds |= fresh if len(kinds) > 1 else kinds
    block.address |= "@" in value
    block.date |= "date" in kinds and bool(_FIGURES.search(folded_text(value)))


def _strange(text: str) -> bool:
    """Return whether a line has a label that no mail program writes: then this is a form that somebody filled in."""
    head, colon, _ = text.partition(":")
    return (
        bool(colon)
        and len(head) <= _LONGEST_LABEL
        and "@" not in head
        and not head[-1:].isdigit()
        and "http" not in head
    )
