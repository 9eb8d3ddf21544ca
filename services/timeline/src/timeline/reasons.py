"""By which rule a handle stands with a customer: what the evidence comes to, in a word."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from timeline.folds.identity.verdicts import pair, rulings
from timeline.ledger import HandleWhy, LinkWhy


class Rule(StrEnum):
    """Why a handle is where it is."""

    ALONE = "alone"  # nothing links it
    SHARED = "shared"  # many use it, so it links nobody and is a customer of its own
    DECIDED = "decided"  # somebody said so
    LINKED = "linked"  # seen with another handle of the customer


@dataclass(frozen=True, slots=True)
class Reason:
    """The rule, and what it rests on: the other handle, and the link where there is one."""

    rule: Rule
    other: UUID | None = None
    link: LinkWhy | None = None


def rule_of(why: HandleWhy, every: Collection[HandleWhy]) -> Reason:
    """Return why a handle stands with the others of its customer: what people decided before what links say."""
    others = {w.handle.id for w in every} - {why.handle.id}
    same = rulings(why.verdicts).same
    if decided := next((o for o in sorted(others) if pair(why.handle.id, o) in same), None):
        return Reason(Rule.DECIDED, decided)
    if why.shared:
        return Reason(Rule.SHARED)
    joining = [link for link in why.links if link.refused is None and link.other in others]
    if not joining:
        return Reason(Rule.ALONE)
    best = min(joining, key=lambda link: (-link.strength, link.first_at, link.other))
    return Reason(Rule.LINKED, best.other, best)
