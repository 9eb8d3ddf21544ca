"""The new words of a mail, and the history that its writer's program put below them.

Structure before vocabulary: a line that ends in a colon above `>` lines introduces a quote in any language. Where
nothing is certain, nothing is folded.
"""

import re
from dataclasses import dataclass

from peyvand.identity import latin_digits

# Direction signs that mail programs put around a line of Persian; only ignored while comparing.
_DIRECTION = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_SAID = re.compile(
    r"(?:\bwrote|\bsaid|نوشت(?:ه است|ه|ند)?|كتب|a écrit|escribió|ha scritto|написал[аи]?|yazdı"
    r"|\b(?:schrieb|schreef|skrev)\b.*)\s*:\s*\Z",
    re.IGNORECASE,
)
_ON = re.compile(r"(?:در|on|am|le|el|il|op|в|في|بتاريخ)\s.*\d", re.IGNORECASE)
_NAMED = re.compile(r"\d|<?\S+@\S+|.*<\S+@\S+>")
_SEPARATOR = re.compile(
    r"-{2,}\s*(?:original message|reply message|پیام اصلی|پیغام اصلی|پیام قبلی|الرسالة الأصلية)\s*-{2,}\Z",
    re.IGNORECASE,
)
_LABELS = {
    "from": re.compile(r"(?:from|از|فرستنده|من|von|de)\s*:", re.IGNORECASE),
    "date": re.compile(
        r"(?:sent|date|تاریخ|ارسال\s?شده|زمان ارسال|تاریخ ارسال|التاريخ|gesendet|datum)\s*:", re.IGNORECASE
    ),
    "to": re.compile(r"(?:to|به|گیرنده|إلى|an|à)\s*:", re.IGNORECASE),
    "subject": re.compile(r"(?:subject|موضوع|عنوان|الموضوع|betreff|objet)\s*:", re.IGNORECASE),
}
_RULE = re.compile(r"[_*\-=]{5,}\Z")
_LONGEST_ATTRIBUTION = 4
_LONGEST_LINE = 300
_HEADER_LINES = 8
_MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Folded:
    """New words, and what was folded away: None when nothing was."""

    new: str
    quoted: str | None = None


def fold(text: str) -> Folded:
    """Return the new words and the quoted history of a text; the new words are never empty when the text is not."""
    lines = text.split("\n")
    seen = [latin_digits(line[:_LONGEST_LINE].translate(_DIRECTION)).strip() for line in lines[:_MOST_LINES]]
    found = _history(seen)
    if found is None:
        return Folded(text)
    start, end = found
    end = len(lines) if end == len(seen) else end
    around = ("\n".join(part).strip("\n") for part in (lines[:start], lines[end:]))
    new = "\n\n".join(part for part in around if part.strip())
    if not new:
        return Folded(text)
    return Folded(new, "\n".join(lines[start:end]).strip("\n"))


def _history(seen: list[str]) -> tuple[int, int] | None:
    """Return the span of the quoted history, or None when there is none or it is woven into the new words."""
    for at, line in enumerate(seen):
        if _SEPARATOR.match(line) or _begins_headers(seen, at):
            return _rule_above(seen, at), len(seen)
        if line.endswith(":") and (above := _attribution(seen, at)) is not None:
            below = _next(seen, at + 1)
            quoted = below < len(seen) and seen[below].startswith(">")
            return (above, len(seen)) if not quoted else _block(seen, above, below)
        if line.startswith(">"):
            return _block(seen, at, at)
    return None


def _attribution(seen: list[str], at: int) -> int | None:
    """Return the first line of the attribution that ends here, or None when this line is none."""
    below = _next(seen, at + 1)
    quotes = below < len(seen) and seen[below].startswith(">")
    for above in range(at, max(-1, at - _LONGEST_ATTRIBUTION), -1):
        if not seen[above]:
            break
        block = " ".join(seen[above : at + 1])
        if _ON.match(seen[above]) and (quotes or _SAID.search(block)):
            return above
    certain = _SAID.search(seen[at]) if not quotes else True
    return at if certain and _NAMED.match(seen[at]) else None


def _block(seen: list[str], start: int, at: int) -> tuple[int, int] | None:
    """Return a quote's span; None when more than one stands among new words, which would lose their sense alone."""
    end = at
    while end < len(seen) and (seen[end].startswith(">") or (not seen[end] and _goes_on(seen, end))):
        end += 1
    if any(line.startswith(">") for line in seen[end:]):
        return None
    return start, end


def _goes_on(seen: list[str], at: int) -> bool:
    below = _next(seen, at)
    return below < len(seen) and seen[below].startswith(">")


def _begins_headers(seen: list[str], at: int) -> bool:
    """Return whether a block of mail headers begins here: a sender, and two more kinds within a few lines."""
    if not _LABELS["from"].match(seen[at].lstrip("*")) or not (
        at == 0 or not seen[at - 1] or _RULE.match(seen[at - 1])
    ):
        return False
    block = [line.lstrip("*") for line in seen[at : at + _HEADER_LINES]]
    kinds = {kind for kind, label in _LABELS.items() for line in block if label.match(line)}
    return len(kinds) >= 3


def _rule_above(seen: list[str], at: int) -> int:
    return at - 1 if at > 0 and _RULE.match(seen[at - 1]) else at


def _next(seen: list[str], at: int) -> int:
    while at < len(seen) and not seen[at]:
        at += 1
    return at
