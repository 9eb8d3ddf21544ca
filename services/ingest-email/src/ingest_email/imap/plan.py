"""Which mails are fetched together: few, and not too many bytes, the newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest_email.imap.questions import Head

MOST_MAILS = 200
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Together:
    """Mails of one command, by ascending UID; `large` is one alone, of which only the text is fetched."""

    heads: tuple[Head, ...]
    large: bool = False

    @property
    def size(self) -> int:
        """Return how many bytes they have, as far as the server says it rightly."""
        return sum(h.size for h in self.heads)


def planned(heads: Sequence[Head], largest: int, most_bytes: int = MOST_BYTES) -> Iterator[Together]:
    """Yield ascending mails in groups, the newest group first."""
    group: list[Head] = []
    size = 0
    for head in reversed(heads):
        if head.size > largest:
            yield from _closed(group)
            group, size = [], 0
            yield Together((head,), large=True)
            continue
        if len(group) == MOST_MAILS or (group and size + head.size > most_bytes):
            yield from _closed(group)
            group, size = [], 0
        group.append(head)
        size += head.size
    yield from _closed(group)


def _closed(group: Sequence[Head]) -> Iterator[Together]:
    if group:
        yield Together(tuple(reversed(group)))
