"""Which customers are worth comparing: those that have something in common that few others have."""

from collections.abc import Iterator
from itertools import chain

from timeline.folds.identity.profile import Profile

MOST = 200  # what more have in common tells nobody apart
_PREFIX = 4

Key = tuple[str, ...]


def keys(p: Profile) -> set[Key]:
    """Return what a profile is found by; those that have a key in common are compared, unless more than MOST have it.

    Name; circle, or the digits of a mailbox, and a word of the name; how a mailbox begins in a circle; a mailbox.
    """
    return set(_keys(p))


def _keys(p: Profile) -> Iterator[Key]:
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
