"""What of the found stands: quotes among which answers stand stay, and what ends new words goes."""

from collections.abc import Iterator
from itertools import pairwise

from ingest_email.reading.newwords.folded import Anchor, Kind, Span
from ingest_email.reading.newwords.footer import footer
from ingest_email.reading.newwords.page import empty
from ingest_email.reading.newwords.signature import signature
from ingest_email.reading.newwords.vocabulary import Vocabulary


def standing(found: list[Anchor], seen: list[str], known: Vocabulary) -> list[Anchor]:
    """Return the anchors without quotes among which answers stand, or of which nothing says that they are history."""
    quotes = [a for a in found if a.quote]
    gaps = [(a.span.end, b.span.start) for a, b in pairwise(quotes)]
    if any(not empty(seen, *gap) for gap in gaps):
        return [a for a in found if not a.quote]
    return [a for a in found if not a.quote or a.led or _alone(a.span, found, seen, known)]


def endings(seen: list[str], others: list[Span], known: Vocabulary) -> Iterator[Span]:
    """Yield the signatures and footers at the end of the words between other mails."""
    starts = [0, *(span.end for span in others)]
    ends = [*(span.start for span in others), len(seen)]
    for start, bottom in zip(starts, ends, strict=True):
        end = bottom
        while end > start and not seen[end - 1]:
            end -= 1
        if start == end:
            continue
        signed, below_it = _ending(seen, start, end, known)
        if signed < below_it:
            yield Span(Kind.SIGNATURE, signed, below_it)
        if below_it < end:
            yield Span(Kind.FOOTER, below_it, end)


def _alone(span: Span, found: list[Anchor], seen: list[str], known: Vocabulary) -> bool:
    """Return whether a quote that nothing announces stands alone at an end of the mail, and is more than a line."""
    if sum(1 for line in seen[span.start : span.end] if line.strip("> ")) < 2:
        return False
    after = next((a.span.start for a in found if a.span.start >= span.end), len(seen))
    after = min(after, *_ending(seen, span.end, after, known))
    return empty(seen, 0, span.start) or empty(seen, span.end, after)


def _ending(seen: list[str], start: int, end: int, known: Vocabulary) -> tuple[int, int]:
    """Return where the signature begins, and the footers below it."""
    bottom = footer(seen, start, end, known)
    return signature(seen, start, bottom, known), bottom
