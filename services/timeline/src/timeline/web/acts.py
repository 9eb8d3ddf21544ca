"""What the forms of the pages decide; each leads back to where it stands afterwards."""

import re
from collections.abc import Iterable
from uuid import UUID, uuid4

from starlette.exceptions import HTTPException
from starlette.responses import Response

from peyvand.identity import Handle, Proof, email, phone
from timeline.deciding import Reason
from timeline.desk import Decided, Desk
from timeline.nonsense import Nonsense, Undecidable
from timeline.web.forms import Form, form_of
from timeline.web.visit import Visit

LONGEST_WHY = 500
LONGEST_NAME = 200
_PATH = re.compile(r"/[a-z0-9/-]*\Z")


async def create(visit: Visit) -> Response:
    """Write a customer down by hand."""
    form = await form_of(visit.request)
    region = visit.serving.organisation.region
    handles = [h for written in form.one("handles").splitlines() if (h := _handle(written, region))]
    if not handles:
        raise Undecidable("handles", Nonsense.NO_HANDLE)
    if any(visit.serving.organisation.owns(h) for h in handles):
        raise Undecidable("handles", Nonsense.OURS)
    return _back(visit, form, await _desk(visit, form).create(form.one("name")[:LONGEST_NAME], handles))


async def merge(visit: Visit) -> Response:
    """Make one customer of two."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.merge(_id(visit, "customer"), _uuid(form.one("other"))))


async def split(visit: Visit) -> Response:
    """Part handles from a customer."""
    form, desk = await _asked(visit)
    moved = [_uuid(handle) for handle in form.every("handle")]
    return _back(visit, form, await desk.split(_id(visit, "customer"), moved))


async def different(visit: Visit) -> Response:
    """Keep two customers apart."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.different(_id(visit, "customer"), _uuid(form.one("other"))))


async def name(visit: Visit) -> Response:
    """Call a customer something."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.rename(_id(visit, "customer"), form.one("name")[:LONGEST_NAME]))


async def tag(visit: Visit) -> Response:
    """Put a word to a customer."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.tag(_id(visit, "customer"), form.one("tag")[:LONGEST_NAME]))


async def not_a_customer(visit: Visit) -> Response:
    """Hide somebody who is no customer."""
    form, desk = await _asked(visit)
    try:
        reason = Reason(form.one("reason"))
    except ValueError as error:
        raise HTTPException(404) from error
    return _back(visit, form, await desk.not_a_customer(_id(visit, "customer"), reason))


async def shared(visit: Visit) -> Response:
    """Say that many use a handle."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.shared(_id(visit, "handle")))


async def personal(visit: Visit) -> Response:
    """Say that a handle is one person's."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.personal(_id(visit, "handle")))


async def move(visit: Visit) -> Response:
    """Move an interaction to whoever has a handle."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.move(_id(visit, "interaction"), _uuid(form.one("handle"))))


async def confirm(visit: Visit) -> Response:
    """Say that a suggestion is right."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.confirm(_uuid(form.one("a")), _uuid(form.one("b"))))


async def dismiss(visit: Visit) -> Response:
    """Say that a suggestion need not come again."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.dismiss(_uuid(form.one("a")), _uuid(form.one("b"))))


async def revoke(visit: Visit) -> Response:
    """Take a decision back."""
    form, desk = await _asked(visit)
    return _back(visit, form, await desk.revoke(_id(visit, "act")))


async def _asked(visit: Visit) -> tuple[Form, Desk]:
    form = await form_of(visit.request)
    return form, _desk(visit, form)


def _desk(visit: Visit, form: Form) -> Desk:
    key = form.one("key")[:100] or str(uuid4())
    return Desk(visit.serving, visit.who, key, form.one("why")[:LONGEST_WHY] or None)


def _back(visit: Visit, form: Form, decided: Decided) -> Response:
    """Lead back to the page that asks to, else to the customer, and tell what was decided."""
    given = form.one("back")
    wanted = given if _PATH.match(given) and not given.startswith("//") else None
    return visit.back_to(f"{wanted or _page(c.id for c in decided.customers)}?done={decided.act}")


def _page(customers: Iterable[UUID]) -> str:
    return next((f"/customers/{c}/identity" for c in customers), "/decisions")


def _id(visit: Visit, name: str) -> UUID:
    return _uuid(visit.request.path_params[name])


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise HTTPException(404) from error


def _handle(written: str, region: str) -> Handle | None:
    return email(written, Proof.VERIFIED) or phone(written, region, Proof.VERIFIED)
