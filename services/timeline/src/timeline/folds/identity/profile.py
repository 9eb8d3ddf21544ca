"""What is known of a customer that rules do not follow, and in what two customers can be alike."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from peyvand.identity.domains import company_domain
from timeline.folds.identity.likeness import Agreement, Field
from timeline.folds.identity.names import NameKey, block_key, compatible, name_key
from timeline.folds.identity.skeleton import INITIAL
from timeline.folds.identity.spelling import likeness_of_words

ALIKE = 0.75  # of two mailboxes' names: mrezaei and m.rezaei, not rezaei and rahimi
_DIGITS = re.compile(r"\d+")
_NO_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer by one of their handles: names by sound, circles, and what their mailboxes say beyond the name.

    A circle is a company's domain, or a shared handle beside which the customer was seen: a landline, info@. Few people
    are in it, and so to be in the same says something, once: company, switchboard and info@ are one circle seen thrice.
    """

    handle: UUID
    names: frozenset[NameKey]
    blocks: frozenset[NameKey]
    circles: frozenset[str]
    mailboxes: frozenset[str]


def profile(handle: UUID, names: Iterable[str], addresses: Iterable[str], beside: Iterable[UUID]) -> Profile:
    """Return a customer's profile: names as written, their own addresses, the shared handles they were seen with."""
    written, own = list(names), list(addresses)
    keys = _fullest({key for name in written if (key := name_key(name))})
    companies = {domain for address in own if (domain := company_domain(address))}
    return Profile(
        handle,
        keys,
        frozenset(block for name in written if (block := block_key(name))),
        frozenset(companies | {str(shared) for shared in beside}),
        frozenset(told for address in own if (told := _beyond(address.rpartition("@")[0], keys))),
    )


def _fullest(names: Collection[NameKey]) -> frozenset[NameKey]:
    """Return the names that say the most: those written out, else those with an initial, else single words.

    Somebody known as Sara Rezaei is also called Ms Rezaei, as is every other Ms Rezaei.
    """
    for wanted in (_written_out, lambda name: len(name) > 1):
        if some := frozenset(filter(wanted, names)):
            return some
    return frozenset(names)


def _written_out(name: NameKey) -> bool:
    return len(name) > 1 and not any(word.startswith(INITIAL) for word in name)


def _beyond(local: str, names: Iterable[NameKey]) -> str | None:
    """Return what a mailbox says that the name does not: all of it, or the digits of ali.rezaei1365, or nothing."""
    letters = name_key(_NO_LETTERS.sub(" ", local))
    if not any(compatible(letters, name) for name in names):
        return local
    digits = "".join(_DIGITS.findall(local))
    return f"#{digits}" if digits else None


def _name(a: Profile, b: Profile) -> Agreement | None:
    """Compare names: in conflict, compatible (by a word, an initial), or written out the same."""
    if not a.names or not b.names:
        return None
    if both := _full(a) & _full(b):
        return Agreement(2, both)
    fitting = [(one, other) for one, other in product(a.names, b.names) if compatible(one, other)]
    if not fitting:
        return Agreement(0)
    words = {w for one, other in fitting for w in set(one) & set(other) if not w.startswith(INITIAL)}
    return Agreement(1, words)


def _name_terms(p: Profile) -> Iterable[str]:
    return _full(p) | {word for name in p.names for word in name if not word.startswith(INITIAL)}


def _full(p: Profile) -> set[str]:
    """Return the names written out, two words or more without an initial, their words in one order."""
    return {" ".join(sorted(name)) for name in p.names if _written_out(name)}


def _circle(a: Profile, b: Profile) -> Agreement | None:
    if not a.circles or not b.circles:
        return None
    return Agreement(1, both) if (both := a.circles & b.circles) else Agreement(0)


def _mailbox(a: Profile, b: Profile) -> Agreement | None:
    if not a.mailboxes or not b.mailboxes:
        return None
    if both := a.mailboxes & b.mailboxes:
        return Agreement(2, both)
    pairs = product(a.mailboxes, b.mailboxes)
    alike = any(one[0] != "#" != other[0] and likeness_of_words(one, other) >= ALIKE for one, other in pairs)
    return Agreement(1 if alike else 0)


FIELDS = (
    Field("name", (0.03, 0.27, 0.7), _name, _name_terms),
    Field("circle", (0.5, 0.5), _circle, lambda p: p.circles),
    Field("mailbox", (0.75, 0.05, 0.2), _mailbox, lambda p: p.mailboxes),
)
