"""Signatures at the end of new words: below "-- ", a telephone's line, the lines below a name."""

import re

from ingest_email.reading.newwords.page import LONGEST, SIGNED, below, words
from ingest_email.reading.newwords.vocabulary import Vocabulary

_CERTAIN = frozenset(("--", "—", "––", "- -", "__"))
_SEPARATORS = _CERTAIN | {"-- -", "–", "―", "---", "----", "===", "***"}
_MOST_LINES = 25
_FEW_LINES = 8
_LAST_LINES = 5
_LONGEST_LINE = 90
_LONGEST_CLOSING = 40
_LONGEST_LABEL = 25
_MOST_WORDS = 12
_FEW_WORDS = 7
_DASHED_NAME = re.compile(r"[-–—]{1,2} ?[A-ZÀ-Þ][\w.]*(?: [A-ZÀ-Þ][\w.]*){0,2}\Z")
_CONTACT = re.compile(
    r"https?://|www\.|[^\s<>@]@[^\s<>@]{3}|\+?\(?\d[\d()\s./\-]{6,}\d|\b[a-z0-9-]{1,63}\.(?:com|ir|org|net|co)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;؟؛](?:\s|$)")
_AROUND = " *_[]().-–—\u200c"


def signature(seen: list[str], start: int, end: int, known: Vocabulary) -> int:
    """Return the first line of the signature that these lines end in, `end` when they end in none."""
    first = below(seen, start)
    lines = [at for at in range(max(first, end - 2 * _MOST_LINES), end) if seen[at]]
    for left, at in enumerate(reversed(lines)):
        if left > _MOST_LINES:
            break
        if seen[at] in _SEPARATORS and at > first and _parts(seen, at, end, left, known):
            return at
    mobile = next((at for at in lines[-_LAST_LINES:] if is_mobile(seen[at], known)), end)
    return mobile if mobile < end else _name_block(seen, lines[-_FEW_LINES:], end, known)


def _parts(seen: list[str], at: int, end: int, left: int, known: Vocabulary) -> bool:
    """Return whether a line of signs parts a signature off, with so many lines left below it."""
    if seen[at] in _CERTAIN:
        return True
    return left <= _FEW_LINES and any(_is_contact(line, known) for line in seen[at + 1 : end])


def is_mobile(line: str, known: Vocabulary) -> bool:
    """Return whether a line is one that a telephone or a mail program signs with."""
    if len(line) > LONGEST or (len(line) > _LONGEST_LINE and "<http" not in line):
        return False
    text = line.partition("<http")[0].strip(_AROUND)
    count = text.count(" ") + 1
    if count > _MOST_WORDS or not (known.mobile.starts(text) or known.mobile_end.ends(text)) or _SENTENCE.search(text):
        return False
    mine = known.mine.starts(text) and count <= _FEW_WORDS and not set(text) & set(",،:")
    return mine or ("," not in text[:20] and bool(words(line) & known.programs))


def _name_block(seen: list[str], lines: list[int], end: int, known: Vocabulary) -> int:
    """Return where the lines below a sender's name begin that say how to reach them."""
    if not lines:
        return end
    last = lines[-1]
    listed = len(lines) > 1 and seen[lines[-2]][:1] in "-–—"
    if last > lines[0] and not seen[last - 1] and not listed and _DASHED_NAME.match(seen[last]):
        return last
    closing = next((at for at in lines if len(seen[at]) < _LONGEST_CLOSING and known.closing.has(seen[at])), end)
    below_name = [at for at in lines if at > closing][1:]
    if any(_is_prose(seen[at]) for at in below_name) or not any(_is_contact(seen[at], known) for at in below_name):
        return end
    return below_name[0]


def _is_contact(line: str, known: Vocabulary) -> bool:
    if len(line) > 2 * _LONGEST_LINE:
        return False
    head, colon, _ = line.partition(":")
    labelled = bool(colon) and len(head) < _LONGEST_LABEL and known.contact.has(head)
    return labelled or _CONTACT.search(line) is not None


def _is_prose(line: str) -> bool:
    return len(line) > _LONGEST_LINE or line[-1:] in "?؟!" or line[:1] == SIGNED
