"""Address lists (RFC 5322), in one pass: names with commas, comments, groups, and lists that are none."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest_email.reading import limits
from ingest_email.reading.words import readable

_SPECIAL = re.compile(r'["(<,;:]')
_QUOTED = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A name and an address as they stand; either may be empty."""

    name: str
    written: str


@dataclass(slots=True)
class _Open:
    """The mailbox that is being read."""

    phrase: list[str]
    address: str | None = None
    comment: str = ""

    def closed(self, hint: str) -> Address | None:
        phrase = " ".join("".join(self.phrase).split())
        if self.address is None and "@" in phrase:
            written, name = phrase, self.comment
        else:
            written, name = self.address or "", phrase or self.comment
        written = readable(written.encode("latin-1"), hint)
        name = readable(name.encode("latin-1"), hint).strip("'\" ")
        return Address("" if name == written else name, written) if name or written else None


def addresses(values: Sequence[bytes], hint: str = "") -> tuple[Address, ...]:
    """Return the addresses of all fields of one name, at most as many as we read."""
    found: list[Address] = []
    for value in values:
        for mailbox in _mailboxes(value.decode("latin-1")):
            address = mailbox.closed(hint)
            if address is not None:
                found.append(address)
            if len(found) >= limits.ADDRESSES:
                return tuple(found)
    return tuple(found)


def _mailboxes(text: str) -> Iterator[_Open]:
    mailbox, at = _Open([]), 0
    while special := _SPECIAL.search(text, at):
        mailbox.phrase.append(text[at : special.start()])
        at = special.end()
        match special[0]:
            case '"':
                quoted = _QUOTED.match(text, at)
                end = quoted.end() if quoted else len(text)
                mailbox.phrase.append(re.sub(r"\\(.)", r"\1", text[at:end]))
                at = end + 1
            case "(":
                end = _comment_end(text, at)
                mailbox.comment = text[at : end - 1]
                at = end
            case "<":
                end = text.find(">", at)
                end = len(text) if end == -1 else end
                mailbox.address = text[at:end].strip()
                at = end + 1
            case ":":  # the name of a group, unless an address has begun
                mailbox.phrase = [] if mailbox.address is None and "@" not in "".join(mailbox.phrase) else [":"]
            case _:
                yield mailbox
                mailbox = _Open([])
    mailbox.phrase.append(text[at:])
    yield mailbox


def _comment_end(text: str, at: int) -> int:
    """Return what follows a comment; comments nest, and are counted, not descended into."""
    depth = 1
    for sign in _PARENTHESIS.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if depth == 0:
            return sign.end()
    return len(text) + 1
