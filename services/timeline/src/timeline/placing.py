"""What places an interaction on a timeline: the handles that came with it, or the one to which somebody moved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from peyvand.event import Party, Role
from peyvand.identity import Handle, Proof
from timeline.folds.identity import handle_id
from timeline.folds.identity.verdicts import VerdictKind
from timeline.folds.interaction import Interaction
from timeline.people import Placed
from timeline.ports import Principal
from timeline.serving import Serving

EXACT, DECIDED = "exact handle", "decided"


@dataclass(frozen=True, slots=True)
class Placing:
    """A handle that places an interaction on the timeline of whoever has it, and by which rule.

    `links` says whether it is one person's own; the role, the proof and the name are those of the party who brought it.
    """

    id: UUID
    kind: str
    scope: str
    value: str
    rule: str
    links: bool
    customer: UUID | None
    role: Role | None = None
    proof: Proof | None = None
    name: str | None = None


async def placings_of(serving: Serving, who: Principal, interaction: Interaction) -> Sequence[Placing]:
    """Return what places an interaction; one that was moved stands only where it was moved to."""
    about = await serving.people.about(who, [interaction.id])
    moved = next((v.b for v in about if v.kind is VerdictKind.MOVE and v.a == interaction.id), None)
    came = [
        (handle_id(serving.organisation.id, *h.key), p, h) for p in interaction.parties if not p.ours for h in p.handles
    ]
    known = await serving.people.handles(who, {i for i, _, _ in came} | ({moved} if moved else set()))
    if moved and (to := known.get(moved)):
        k = to.handle
        return [Placing(k.id, k.kind, k.scope, k.value, DECIDED, to.shared is None, to.customer)]
    return [_placing(known.get(i), i, party, h) for i, party, h in came]


def _placing(placed: Placed | None, handle: UUID, party: Party, h: Handle) -> Placing:
    links, whose = placed is None or placed.shared is None, placed.customer if placed else None
    return Placing(handle, h.kind, h.scope, h.value, EXACT, links, whose, party.role, h.proof, party.name)
