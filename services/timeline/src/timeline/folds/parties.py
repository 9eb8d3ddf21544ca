"""The parties of an interaction, once each, whatever number of events name them."""

from collections.abc import Iterable

from peyvand.event import Party, Role
from peyvand.identity import Handle, Proof

ROLE_ORDER = {role: rank for rank, role in enumerate(Role)}
_STRENGTH = {Proof.CLAIMED: 0, Proof.VIA: 1, Proof.VERIFIED: 2}


def merged_parties(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Return each party once: the same role and the same handles (or, without any, the same name) are one."""
    groups: dict[tuple[object, ...], list[Party]] = {}
    for p in parties:
        keys = tuple(sorted({h.key for h in p.handles}))
        groups.setdefault((p.role, keys or p.name), []).append(p)
    return tuple(sorted((_one(same) for same in groups.values()), key=_order))


def _one(same: list[Party]) -> Party:
    names = sorted({p.name for p in same if p.name}, key=lambda n: (-len(n), n))
    handles: dict[tuple[str, str, str], Handle] = {}
    for h in sorted((h for p in same for h in p.handles), key=lambda h: (_STRENGTH[h.proof], h.written)):
        handles[h.key] = h
    return Party(
        role=same[0].role,
        handles=tuple(handles[key] for key in sorted(handles)),
        name=names[0] if names else None,
        ours=any(p.ours for p in same),
    )


def _order(party: Party) -> tuple[int, bool, list[tuple[str, str, str]], str]:
    return (ROLE_ORDER[party.role], party.ours, [h.key for h in party.handles], party.name or "")
