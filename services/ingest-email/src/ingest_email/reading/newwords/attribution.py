"""The line that says who wrote what stands below it, and when: "On Monday, Ali <a@example.com> wrote:"."""

import re
from dataclasses import dataclass

from ingest_email.reading.newwords.folded import WROTE, Anchor, Kind, Span
from ingest_email.reading.newwords.page import LONGEST, QUOTES, below, folded_text, words
from ingest_email.reading.newwords.quotes import quote_end
from ingest_email.reading.newwords.vocabulary import Vocabulary

_MOST_LINES = 5
_FARTHEST = 3
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,4}[./\-]\s?\d{1,2}[./\-]\s?\d{2,4}|(?:1[234]|19|20)\d\d(?!\d)|\d{1,2}:\d\d(?!\d)|\d{1,2}h\d\d|\d{1,4}年)"
)
_DAY = re.compile(r"(?<!\d)(?:\d{1,4}[./\-]\s?\d{1,2}[./\-]\s?\d{2,4}|(?:1[234]|19|20)\d\d(?!\d)|\d{1,4}年)")
_MAIL = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]|\[?mailto:")
_STARTS = re.compile(r"\d{1,4}[./\-年]\s?\d|\d{1,2}\.?\s\w{3,}\.?,?\s(?:de\s)?\d{4}|\d{1,2}:\d\d")
_SIGNS = "-–—_*>( \t"


@dataclass(frozen=True, slots=True)
class _Said:
    """What speaks for it that some lines are an attribution."""

    verb: bool
    date: bool
    mail: bool
    opens: bool

    @property
    def strong(self) -> bool:
        return (self.verb and (self.date or self.mail)) or (self.date and self.mail)


def attribution(seen: list[str], at: int, floor: int, known: Vocabulary) -> Anchor | None:
    """Return the earlier mail that this line announces as the last of an attribution, or None when it is none."""
    line = seen[at]
    body = below(seen, at + 1)
    quoted = body <= at + 1 + _FARTHEST and body < len(seen) and seen[body][:1] in QUOTES
    if len(line) > LONGEST or not (line[-1] == ":" or _ends_in_verb(line, known)):
        return None
    start = _start(seen, at, floor, known, quoted=quoted)
    if start is None:
        return None
    end = quote_end(seen, body) if quoted else len(seen)
    sure = quoted or bool(_MAIL.search(" ".join(seen[start : at + 1])))
    return Anchor(Span(Kind.HISTORY, start, end), WROTE, quote=quoted, sure=sure)


def unended(seen: list[str], at: int, floor: int, known: Vocabulary) -> int:
    """Return where a quote begins that stands here: above it, if an attribution without a colon stands there."""
    above = at - 1
    while above >= max(floor, at - 2) and not seen[above]:
        above -= 1
    if above < max(floor, at - 2) or len(seen[above]) > LONGEST:
        return at
    said = _said(seen[above], known)
    return above if said.strong and (said.opens or said.verb) else at


def _start(seen: list[str], at: int, floor: int, known: Vocabulary, *, quoted: bool) -> int | None:
    """Return the first line of the attribution that ends here."""
    top = at
    length = len(seen[at])
    while top > max(floor, at - _MOST_LINES + 1) and (seen[top - 1] or seen[top][:1] == "<"):
        length += len(seen[top - 1])
        if length > LONGEST:
            break
        top -= 1
    if not quoted and not _said(" ".join(seen[top : at + 1]), known).strong:
        return None
    found: list[tuple[int, _Said]] = []
    for first in range(at, top - 1, -1):
        said = _said(" ".join(seen[first : at + 1]), known)
        if said.opens and said.strong and (quoted or _alone(said, seen[first : at + 1])):
            return first
        found.append((first, said))
    for first, said in found:
        if said.strong and (quoted or (said.mail and (said.verb or said.opens))) and seen[first][:1] not in "<(":
            return first
    weak = quoted and found and (found[0][1].verb or found[0][1].mail or found[0][1].date)
    return at if weak else None


def _alone(said: _Said, block: list[str]) -> bool:
    """Return whether an attribution is one though no marked quote follows: it names a day or an address."""
    return said.mail or (said.verb and bool(_DAY.search(folded_text(" ".join(block)))))


def _said(block: str, known: Vocabulary) -> _Said:
    text = folded_text(block)
    bare = text.lstrip(_SIGNS)
    opens = bare.startswith(known.openings) or _STARTS.match(bare) is not None
    return _Said(known.verbs.among(words(block), text), bool(_DATE.search(text)), bool(_MAIL.search(text)), opens)


def _ends_in_verb(line: str, known: Vocabulary) -> bool:
    """Return whether a line without a colon ends in a verb of writing, as Zoho and Android programs have it."""
    last = line.rstrip("-–— ").rpartition(" ")[2]
    return "@" in line and known.verbs.among(words(last), last)
