"""Where the earlier mails stand in a mail: structure before vocabulary, and nothing where nothing is certain."""

from ingest_email.reading.newwords.attribution import attribution, unended
from ingest_email.reading.newwords.folded import ANGLES, MARKED_BY, PASSED_ON, Anchor, Kind, Span
from ingest_email.reading.newwords.headers import header_block
from ingest_email.reading.newwords.page import MARKED, QUOTES, SIGNED, Page
from ingest_email.reading.newwords.quotes import closes, quote_end
from ingest_email.reading.newwords.separators import SIGNS, introduction, passes_on, separator
from ingest_email.reading.newwords.vocabulary import Vocabulary

# A text in which so many lines look like the beginning of an earlier mail, and are none, was made to take time.
_MOST_TRIES = 500
_STARTS = QUOTES | SIGNS
_NONE = Anchor(Span(Kind.NEW, 0, 0), "")


def anchors(page: Page, known: Vocabulary) -> list[Anchor]:
    """Return the earlier mails of a page, and those that were passed on, in order."""
    seen, found = page.seen, [_NONE]
    at, tries = 0, _MOST_TRIES
    while at < len(seen) and tries:
        line = seen[at]
        if line and (line[0] in _STARTS or ":" in line):
            anchor = _anchor(seen, at, found[-1].span.end, known)
            if anchor is not None:
                found.append(anchor)
                at = anchor.span.end
                continue
            tries -= 1
        at += 1
    return found[1:]


def _anchor(seen: list[str], at: int, floor: int, known: Vocabulary) -> Anchor | None:
    line = seen[at]
    if line[0] in QUOTES and not closes(seen, at):
        return _quote(seen, at, floor, known)
    if line[0] == SIGNED:
        return None
    if line[0] in SIGNS and (parted := separator(seen, at, known)) is not None:
        return parted
    if ":" in line[: _label_ends(line)] and (block := header_block(seen, at, known)) is not None:
        return block
    return attribution(seen, at, floor, known) or introduction(seen, at, known)


def _label_ends(line: str) -> int:
    return 40 if line[0] not in SIGNS else 60


def _quote(seen: list[str], at: int, floor: int, known: Vocabulary) -> Anchor:
    end = quote_end(seen, at)
    if passes_on(seen, at, end, known):
        end = len(seen) if seen[at][0] == MARKED else end
        return Anchor(Span(Kind.FORWARD, at, end), PASSED_ON)
    start = unended(seen, at, floor, known)
    own = any(line[:1] == MARKED for line in seen[at:end])
    led = own or start < at or _leads(seen, at, end, known)
    why = MARKED_BY if own else ANGLES
    return Anchor(Span(Kind.HISTORY, start, end), why, quote=True, led=led)


def _leads(seen: list[str], start: int, end: int, known: Vocabulary) -> bool:
    """Return whether the first lines of a quote themselves say who wrote it."""
    inner = [line.lstrip("> ") for line in seen[start : min(end, start + 6)]]
    return any(
        line and ((line[-1] == ":" and attribution(inner, at, 0, known)) or header_block(inner, at, known))
        for at, line in enumerate(inner)
    )
