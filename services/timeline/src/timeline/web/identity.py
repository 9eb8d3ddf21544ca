"""Who a customer is: each handle with why it is there, and the forms that change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from timeline.ledger import HandleWhy
from timeline.people import Placed
from timeline.ports import Customer, Hit
from timeline.reasons import Reason, rule_of
from timeline.web.customer import found_customer
from timeline.web.home import LONGEST_QUERY
from timeline.web.review import DECISIONS, done, suggested, told, waiting
from timeline.web.visit import Visit

CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Explained:
    """A handle, and the rule by which it is there."""

    why: HandleWhy
    reason: Reason


async def identity(visit: Visit) -> Response:
    """Show why a customer's handles are there, what was decided, and what may be decided."""
    found = await found_customer(visit)
    ledger, asked = visit.serving.ledger, visit.request.query_params.get("other", "").strip()[:LONGEST_QUERY]
    whys = await ledger.why(visit.who, found.id)
    known = await _known(visit, found, whys)
    page = await waiting(visit, found.id)
    return visit.page(
        "identity.html",
        customer=found,
        explained=[Explained(why, rule_of(why, whys)) for why in whys],
        known=known,
        decisions=await told(visit, await ledger.verdicts(visit.who, found.id, DECISIONS)),
        suggestions=await suggested(visit, page),
        further=page.further,
        other=asked,
        candidates=await _candidates(visit, found, asked),
        done=done(visit),
    )


async def _known(visit: Visit, found: Customer, whys: Sequence[HandleWhy]) -> dict[UUID, Placed]:
    """Return the handles to which links lead, and the customer's own."""
    ids = {link.other for why in whys for link in why.links} | {h.id for h in found.handles}
    return dict(await visit.serving.people.handles(visit.who, ids))


async def _candidates(visit: Visit, found: Customer, asked: str) -> list[Hit]:
    """Return whom a search finds beside the customer; the id or address of a customer's page finds that one."""
    if not asked:
        return []
    if other := await _by_id(visit, asked):
        return [Hit(other, "")] if other.id != found.id else []
    hits = await visit.serving.timelines.search(visit.who, asked, CANDIDATES)
    return [hit for hit in hits if hit.customer.id != found.id]


async def _by_id(visit: Visit, asked: str) -> Customer | None:
    for part in asked.split("?")[0].split("/"):
        try:
            return await visit.serving.timelines.customer(visit.who, UUID(part))
        except ValueError:
            continue
    return None
