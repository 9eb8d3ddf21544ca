"""Which way a text runs, where a browser's own guess goes wrong."""

import re
import unicodedata

# "Re: سفارش" is a Persian subject.
_REPLY = re.compile(r"(?:\s*(?:re|fw|fwd|aw|wg)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE)
_WAYS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def way(text: str) -> str | None:
    """Return rtl or ltr by the first letter that has a direction, None when there is none (a number, a smile)."""
    return next((_WAYS[b] for c in text if (b := unicodedata.bidirectional(c)) in _WAYS), None)


def subject_way(subject: str) -> str | None:
    """Return the way of a subject, whatever a mail program wrote before it."""
    return way(_REPLY.sub("", subject, count=1)) or way(subject)


def paragraphs(text: str) -> list[tuple[str | None, str]]:
    """Return the parts of a text with the way of each; lines without a letter run as those before them."""
    lines = text.split("\n")
    running = next((found for line in lines if (found := way(line))), None)
    parts: list[tuple[str | None, list[str]]] = []
    for line in lines:
        running = way(line) or running
        if not parts or parts[-1][0] != running:
            parts.append((running, []))
        parts[-1][1].append(line)
    return [(runs, "\n".join(part)) for runs, part in parts]
