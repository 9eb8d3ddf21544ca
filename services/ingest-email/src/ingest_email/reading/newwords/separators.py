"""Lines that part the new words from an earlier mail: "-----Original Message-----" in any language."""

from ingest_email.reading.newwords.folded import PARTED, PASSED_ON, WROTE, Anchor, Kind, Span
from ingest_email.reading.newwords.page import LONGEST, MARKED, QUOTES, below, words
from ingest_email.reading.newwords.quotes import quote_end
from ingest_email.reading.newwords.vocabulary import Vocabulary

SIGNS = frozenset("-_=*#~–—―+|•")
_OPENING = "-_=*#~–—―+|• \t"
_LONGEST_PHRASE = 120


def separator(seen: list[str], at: int, known: Vocabulary) -> Anchor | None:
    """Return the earlier mail, or the one passed on, that a line between signs announces."""
    line = seen[at]
    bare = line.lstrip(_OPENING)
    if len(line) > LONGEST or len(line) - len(bare) < 2 or not bare or len(bare) > _LONGEST_PHRASE:
        return None
    if known.original.has(bare) or known.above.starts(bare):
        return Anchor(Span(Kind.HISTORY, at, len(seen)), PARTED)
    if known.forwarded.has(bare):
        return _passed_on(seen, at)
    if line[-1] in "-–—_" and known.verbs.among(words(bare), bare):
        body = below(seen, at + 1)
        quoted = body < len(seen) and seen[body][:1] in QUOTES
        end = quote_end(seen, body) if quoted else len(seen)
        return Anchor(Span(Kind.HISTORY, at, end), WROTE, quote=quoted)
    return None


def introduction(seen: list[str], at: int, known: Vocabulary) -> Anchor | None:
    """Return the mail passed on that a line with a colon announces ("Begin forwarded message:")."""
    line = seen[at]
    announces = line[-1] == ":" and known.forwarded.has(line)
    return _passed_on(seen, at) if announces else None


def passes_on(seen: list[str], start: int, end: int, known: Vocabulary) -> bool:
    """Return whether a quote begins by saying that it was passed on."""
    at = start
    while at < end and not seen[at].strip(MARKED + "> \t"):
        at += 1
    return at < end and known.forwarded.has(seen[at].lstrip(MARKED + "> \t-"))


def _passed_on(seen: list[str], at: int) -> Anchor:
    body = below(seen, at + 1)
    quoted = body < len(seen) and seen[body].startswith(">")
    end = quote_end(seen, body) if quoted else len(seen)
    return Anchor(Span(Kind.FORWARD, at, end), PASSED_ON)
