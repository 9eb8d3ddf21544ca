"""Which lines of a mail are new, and which are folded away."""

from collections.abc import Sequence
from itertools import groupby

from ingest_email.reading.newwords.folded import (
    HEADERS,
    MARKED_BY,
    PARTED,
    PASSED_ON,
    SHOWN,
    Anchor,
    Folded,
    Kind,
    Parting,
    Span,
)
from ingest_email.reading.newwords.headers import header_block
from ingest_email.reading.newwords.history import anchors
from ingest_email.reading.newwords.page import SIGNED, Page, below, empty
from ingest_email.reading.newwords.standing import endings, standing
from ingest_email.reading.newwords.vocabulary import Vocabulary, vocabulary

# Folding what was folded must change nothing; a mail in which more lines must be looked at again was made to.
_MOST_AGAIN = 20_000
# A line tells no more of what stands farther below.
_NEAR = 16


def parted(page: Page, subject: str = "") -> Parting:
    """Return the kind of each line: as often as something is found in what was left, it is looked at again."""
    known = vocabulary()
    latest = parting = _once(page, known, passed_on=_passed_on(subject, known))
    kinds, again = list(parting.kinds), _MOST_AGAIN
    while latest.folds and again > 0 and not _settled(kinds, page.seen):
        kept = lines_of(kinds, shown=True)
        latest = _once(page.some(kept), known, passed_on=False)
        if latest.folds:
            for at, kind in zip(kept, latest.kinds, strict=True):
                if at is not None and kind not in SHOWN:
                    kinds[at] = kind
        parting = Parting(tuple(kinds), parting.sure and latest.sure, parting.why or latest.why, folds=True)
        again -= len(kept)
    return parting


def _settled(kinds: list[Kind], seen: list[str]) -> bool:
    """Return whether a second look would find nothing: the new words stand above the rest, and end in words."""
    first = next(at for at, kind in enumerate(kinds) if kind not in SHOWN)
    rest = kinds[first:]
    return rest.count(Kind.HISTORY) == len(rest) and ":" not in "".join(seen[max(0, first - _NEAR) : first])


def folded(page: Page, text: str, parting: Parting) -> Folded:
    """Return the new words and the rest, as text."""
    if not parting.folds:
        return Folded(text, None, parting.sure, parting.why)
    new, hidden = (
        "\n".join("" if at is None else page.lines[at] for at in lines_of(parting.kinds, shown=wanted)).strip("\n")
        for wanted in (True, False)
    )
    return Folded(new, hidden or None, parting.sure, parting.why)


def lines_of(kinds: Sequence[Kind], *, shown: bool) -> list[int | None]:
    """Return the lines that are shown, or those that are not; None is a blank one where others were taken out."""
    chosen: list[int | None] = []
    at = 0
    for is_shown, group in groupby(kinds, SHOWN.__contains__):
        end = at + sum(1 for _ in group)
        if is_shown is shown:
            chosen += [None] if chosen else []
            chosen += range(at, end)
        at = end
    return chosen


def _passed_on(subject: str, known: Vocabulary) -> bool:
    """Return whether a subject says that the mail was passed on: its first mark counts."""
    head, colon, _ = subject.partition(":")
    return bool(colon) and known.forward.has(head)


def _once(page: Page, known: Vocabulary, *, passed_on: bool) -> Parting:
    seen = page.seen
    found = anchors(page, known)
    found[:1] = [_passed(a, seen, known, by_subject=passed_on) for a in found[:1]]
    history = [a.span for a in standing(found, seen, known)]
    spans = [*history, *endings(seen, history, known)]
    if not spans and not page.signed:
        return Parting((Kind.NEW,) * len(seen), True, "answers stand among the quotes" if found else "")
    forwards = [span for span in history if span.kind is Kind.FORWARD]
    for tried, signed in ((spans, page.signed), (history, False), (forwards, False)):
        kinds = _kinds(page, tried, signed=signed)
        if any(kind in SHOWN and line for kind, line in zip(kinds, seen, strict=True)):
            break
    return _explained(tuple(kinds), found, history)


def _passed(anchor: Anchor, seen: list[str], known: Vocabulary, *, by_subject: bool) -> Anchor:
    """Return the first mail that follows as passed on, if the subject says so or no word stands above its headers."""
    start, end = anchor.span.start, anchor.span.end
    whole = anchor.why in (HEADERS, PARTED, MARKED_BY) and end == len(seen)
    if whole and (by_subject or (empty(seen, 0, start) and _headed(anchor, seen, known))):
        return Anchor(Span(Kind.FORWARD, start, end), PASSED_ON)
    return anchor


def _headed(anchor: Anchor, seen: list[str], known: Vocabulary) -> bool:
    """Return whether an earlier mail begins with its headers, be it below a line that marks it."""
    first = below(seen, anchor.span.start + 1)
    return anchor.why == HEADERS or (anchor.why == PARTED and header_block(seen, first, known) is not None)


def _kinds(page: Page, spans: list[Span], *, signed: bool) -> list[Kind]:
    kinds = [Kind.NEW] * len(page.seen)
    if signed:
        kinds = [Kind.SIGNATURE if line[:1] == SIGNED else Kind.NEW for line in page.seen]
    for span in spans:
        kinds[span.start : span.end] = [span.kind] * (span.end - span.start)
    return kinds


def _explained(kinds: tuple[Kind, ...], found: list[Anchor], history: list[Span]) -> Parting:
    folds = not SHOWN.issuperset(kinds)
    first = next((a for a in found if a.span in history), None)
    if first is None:
        why = "a signature or a footer" if folds else ""
        return Parting(kinds, True, "answers stand among the quotes" if found else why, folds)
    if first.span.kind is Kind.HISTORY and Kind.HISTORY not in kinds:
        return Parting(kinds, False, "there is nothing but an earlier mail", folds)
    return Parting(kinds, first.sure, first.why, folds)
