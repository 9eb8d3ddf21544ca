"""Whether many use a handle: then it links nobody.

A rule on the handle's own direct neighbourhood, and monotone: more evidence can only turn it on. So order is nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.names import NameKey, compatible
from timeline.folds.identity.verdicts import Pair, VerdictKind

DECIDED, GENERIC, LANDLINE, MANY, NAMES = "decided", "generic", "landline", "many", "names"
# What no further evidence changes: the handle need not be looked at again.
SETTLED = frozenset({GENERIC, LANDLINE, MANY})
_NAMED = frozenset({"phone", "email"})
# Nobody is written in more ways; and to compare all with all would take the square of them.
CROWD = 30


def shared_by_itself(kind: str, value: str, ruling: VerdictKind | None, rules: Rules) -> str | None:
    """Return why a handle links nobody, whatever is beside it; "" when it links by decision; None when it depends."""
    match ruling:
        case VerdictKind.PERSONAL:
            return ""
        case VerdictKind.SHARED:
            return DECIDED
    if rules.generic(kind, value):
        return GENERIC
    return LANDLINE if rules.landline(kind, value) else None


def shared_by_others(kind: str, peers: Iterable[str], names: Sequence[NameKey], rules: Rules) -> str | None:
    """Return why a handle links nobody when the kinds of its peers, and the names seen with it, say so."""
    most = rules.fan.get(kind, {})
    counted = Counter(peers)
    if any(counted[k] > limit for k, limit in most.items()):
        return MANY
    if rules.names_must_agree and kind in _NAMED and three_strangers(names):
        return NAMES
    return None


def peers_of(links: Iterable[Pair], handles: Collection[UUID], kinds: Mapping[UUID, str]) -> dict[UUID, list[str]]:
    """Return the kinds of each handle's peers."""
    found: dict[UUID, list[str]] = {h: [] for h in handles}
    for a, b in links:
        if a in found:
            found[a].append(kinds[b])
        if b in found:
            found[b].append(kinds[a])
    return found


def three_strangers(names: Sequence[NameKey]) -> bool:
    """Return whether three of the names fit no other of the three; "Ali" and "Mr Rezaei" may be one person's."""
    written_out = [name for name in names if len(name) > 1]
    if len(written_out) > CROWD:
        return True
    strangers = {(i, j) for (i, a), (j, b) in combinations(enumerate(written_out), 2) if not compatible(a, b)}
    return any(
        (i, k) in strangers and (j, k) in strangers for i, j in strangers for k in range(j + 1, len(written_out))
    )
