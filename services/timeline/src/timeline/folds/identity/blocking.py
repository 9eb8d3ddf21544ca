"""Which customers are worth comparing: those that have something in common that few others have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from uuid import UUID

from timeline.folds.identity.profile import Profile
from timeline.folds.identity.verdicts import Pair

MOST = 200  # what more have in common tells nobody apart
_PREFIX = 4

Key = tuple[str, ...]


def candidates(profiles: Sequence[Profile], refused: Iterable[Pair] = ()) -> list[tuple[Profile, Profile]]:
    """Return pairs of profiles with a key in common, and those between which a rule refused a link."""
    known = {p.handle: p for p in profiles}
    blocks: defaultdict[Key, list[UUID]] = defaultdict(list)
    for p in profiles:
        for key in set(_keys(p)):
            blocks[key].append(p.handle)
    pairs = {(a, b) for a, b in refused if a != b and a in known and b in known}
    for members in blocks.values():
        if len(members) <= MOST:
            pairs.update(combinations(members, 2))
    ordered = sorted({(a, b) if a < b else (b, a) for a, b in pairs})
    return [(known[a], known[b]) for a, b in ordered]


def _keys(p: Profile) -> Iterator[Key]:
    """Name; circle, or the digits of a mailbox, and a word of the name; how a mailbox begins in a circle; a mailbox."""
    words = {word for block in p.blocks for word in block}
    for block in p.blocks:
        yield ("name", *block)
    for told in chain(p.circles, p.mailboxes):
        for word in words:
            yield ("word", told, word)
    for mailbox in p.mailboxes:
        if not mailbox.startswith("#"):
            yield ("mailbox", mailbox)
            for circle in p.circles:
                yield ("begins", circle, mailbox[:_PREFIX])
