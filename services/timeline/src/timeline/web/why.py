"""Why an interaction is where it is: what places it there, what it is made of, where that came from."""

from dataclasses import dataclass
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from peyvand.event import Party
from peyvand.identity import Handle
from timeline.folds.identity import strong
from timeline.folds.interaction import Interaction
from timeline.ports import Customer
from timeline.web.entry import entry_of
from timeline.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Placing:
    """A handle that places the interaction on the timeline of whoever has it."""

    party: Party
    handle: Handle
    links: bool
    theirs: bool  # of the customer from whose timeline the visitor comes


async def why(visit: Visit) -> Response:
    """Show an interaction with its evidence."""
    try:
        wanted = UUID(visit.request.path_params["interaction"])
    except ValueError as error:
        raise HTTPException(404) from error
    interaction = await visit.serving.timelines.interaction(visit.who, wanted)
    if interaction is None:
        raise HTTPException(404)
    came_from = await _customer(visit)
    return visit.page(
        "interaction.html",
        entry=entry_of(interaction, visit.moments, came_from, most=None),
        customer=came_from,
        placings=_placings(interaction, came_from),
        events=await visit.serving.timelines.why(visit.who, wanted),
    )


async def _customer(visit: Visit) -> Customer | None:
    """Return the customer from whose timeline the visitor comes."""
    try:
        return await visit.serving.timelines.customer(visit.who, UUID(visit.request.query_params["customer"]))
    except (KeyError, ValueError):
        return None


def _placings(interaction: Interaction, customer: Customer | None) -> list[Placing]:
    theirs = {(h.kind, h.scope, h.value) for h in customer.handles} if customer else set()
    return [
        Placing(party, handle, strong(handle.kind, handle.value), handle.key in theirs)
        for party in interaction.parties
        if not party.ours
        for handle in party.handles
    ]
