"""Who takes part in an event: the customer by all that is known of him, and who of us."""

from collections.abc import Mapping
from dataclasses import dataclass

from ingest_social.partners.chat import bot, partner_in
from ingest_social.partners.submitted import Event
from peyvand.errors import BadPayload, Fault
from peyvand.event import Direction, Party, Role, party
from peyvand.identity import Handle, Organisation, bale, crm, email, handle, phones, telegram

# The customer's role and ours, by type and by who wrote or called.
_ROLES: Mapping[tuple[bool, Direction], tuple[Role, Role]] = {
    (False, Direction.INBOUND): (Role.FROM, Role.TO),
    (False, Direction.OUTBOUND): (Role.TO, Role.FROM),
    (False, Direction.INTERNAL): (Role.ABOUT, Role.FROM),
    (True, Direction.INBOUND): (Role.CALLER, Role.CALLEE),
    (True, Direction.OUTBOUND): (Role.CALLEE, Role.CALLER),
    (True, Direction.INTERNAL): (Role.ABOUT, Role.CALLER),
}


@dataclass(frozen=True, slots=True)
class Speaking:
    """Whose system speaks: the organisation, and the name within which its customer numbers mean something."""

    organisation: Organisation
    crm: str


def people(event: Event, direction: Direction, speaking: Speaking) -> tuple[Party, ...]:
    """Return the parties; raises BadPayload when nobody could tell whose it is."""
    theirs, ours = _ROLES[event.type == "call", direction]
    known = _handles(event, speaking)
    if not known:
        why = "names nobody: crm_id, phone, email, telegram, bale or rubika must hold a number or address that exists"
        raise BadPayload(why, [Fault("/customer", why)])
    customer = party(theirs, known, speaking.organisation, event.customer.name)
    us = _us(event, ours, speaking.organisation)
    return (us, customer) if us and direction is not Direction.INBOUND else (customer, *([us] if us else []))


def _handles(event: Event, speaking: Speaking) -> list[Handle]:
    """Return what is known of the customer; what the company's own system says of him was typed by somebody once."""
    said, region = event.customer, speaking.organisation.region
    found: list[Handle | None] = [
        partner_in(event),
        telegram(said.telegram) if said.telegram else None,
        bale(said.bale) if said.bale else None,
        handle("rubika", said.rubika) if said.rubika else None,
        crm(said.crm_id, speaking.crm) if said.crm_id else None,
        *phones(said.phone or "", region),
        email(said.email) if said.email else None,
    ]
    distinct = {h.key: h for h in found if h}.values()
    # an address of ours that stands in a customer's place does not make the customer one of us
    return [h for h in distinct if not speaking.organisation.owns(h)] or list(distinct)


def _us(event: Event, role: Role, organisation: Organisation) -> Party | None:
    speaker = bot(event, organisation)
    if speaker is not None:
        return speaker.model_copy(update={"role": role})
    if event.agent is None:
        return None
    person = next((p for p in organisation.people if p.user == event.agent), None)
    return Party(role=role, name=(person.name or person.user) if person else event.agent, ours=True)
