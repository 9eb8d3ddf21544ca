"""Who called whom, and which of them is ours: Twilio's own `Direction` is seen from Twilio, not from us."""

from dataclasses import dataclass

from ingest_phone.twilio_voice.told import Told
from peyvand.event import CallState, Direction, Flag, Party, Role, party
from peyvand.identity import Handle, Organisation, Person, Proof, phone, sip, withheld

_CLIENT = "client:"
_SIP = ("sip:", "sips:")
# Where telephones register at Twilio, each account at domains of its own.
_AT_TWILIO = ".sip.twilio.com"


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a leg; `agent` and `extension` are of the one of ours who called, or was rung."""

    direction: Direction
    parties: tuple[Party, ...]
    agent: str | None
    extension: str | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class _End:
    written: str
    handle: Handle | None = None
    ours: bool = False
    agent: str | None = None
    extension: str | None = None

    @property
    def who(self) -> str | None:
        return self.agent or self.extension

    @property
    def is_number(self) -> bool:
        return not self.written.startswith((_CLIENT, *_SIP))


def ends(told: Told, organisation: Organisation) -> Ends:
    """Return a leg's direction, and its parties."""
    caller = _end(told.caller, organisation, Proof.VIA, ours=told.way == "outbound-api")
    callee = _end(told.callee, organisation, Proof.CLAIMED, ours=told.way == "inbound" and not caller.ours, called=True)
    direction = _direction(told, caller, callee)
    ours = callee if direction is Direction.INBOUND else caller
    if direction is Direction.INTERNAL and callee.agent and not caller.agent:
        ours = callee
    return Ends(
        direction,
        tuple(_parties(told, caller, callee, organisation)),
        ours.agent,
        ours.extension,
        (*_unplaced("caller", caller), *_unplaced("dialled", callee)),
    )


def _direction(told: Told, caller: _End, callee: _End) -> Direction:
    if not caller.ours:
        return Direction.INBOUND
    if not callee.ours and callee.written:
        return Direction.OUTBOUND
    # A dialled leg to one of us that shows a number of ours (callerId) is how somebody's call is passed on.
    return Direction.INBOUND if told.is_child and caller.is_number and callee.written else Direction.INTERNAL


def _parties(told: Told, caller: _End, callee: _End, organisation: Organisation) -> list[Party]:
    asserted = None if withheld(told.name) or caller.ours else told.name
    role = Role.AGENT if told.state is not CallState.RINGING and told.talk != 0 else Role.CALLEE
    found = [party(Role.CALLER, [caller.handle], organisation, caller.who or asserted, ours=caller.ours)]
    if callee.handle or not callee.ours:
        found.append(party(Role.CALLEE, [callee.handle], organisation, callee.who, ours=callee.ours))
    elif callee.who:
        found.append(party(role, (), organisation, callee.who, ours=True))
    return [one for one in found if one.handles or one.name or (one.role is Role.CALLER and not one.ours)]


def _end(written: str, organisation: Organisation, proof: Proof, *, ours: bool = False, called: bool = False) -> _End:
    text = written.strip()
    if text.startswith(_CLIENT):
        user = text.removeprefix(_CLIENT).partition("?")[0]
        return _End(text, None, True, _named(_of_client(user, organisation)) or user or None)
    if text.startswith(_SIP):
        return _at_sip(text, organisation, proof, called=called)
    number = phone(text, organisation.region, proof)
    person = _at_number(number, organisation)
    return _End(text, number, ours or bool(number and organisation.owns(number)), _named(person))


def _at_sip(text: str, organisation: Organisation, proof: Proof, *, called: bool) -> _End:
    """Return an end at a SIP address: one that registers at a domain of ours at Twilio, our switchboard, or outside."""
    user, _, rest = text.partition(":")[2].partition("@")
    host = rest.partition(";")[0].partition("?")[0].partition(":")[0].lower()
    # From anywhere else somebody may write one of our extensions before the @.
    home = called or host.endswith(_AT_TWILIO) or host in organisation.sip_domains
    person = organisation.at_extension(user) if home else None
    number = None if person else phone(text, organisation.region, proof)
    owned = bool(number and organisation.owns(number))
    # We dial SIP only to reach our own telephones and switchboard.
    ours = person is not None or owned or (number is None and (called or host.endswith(_AT_TWILIO)))
    if ours:
        return _End(text, number, True, _named(person), None if number else user or None)
    return _End(text, number or sip(text, organisation.sip_domains, proof))


def _of_client(user: str, organisation: Organisation) -> Person | None:
    return next((p for p in organisation.people if user in (p.user, *p.extensions)), None)


def _at_number(number: Handle | None, organisation: Organisation) -> Person | None:
    """Return who of us has a number of their own (people: numbers)."""
    if number is None or not organisation.owns(number):
        return None
    for person in organisation.people:
        own = (phone(written, organisation.region) for written in person.numbers)
        if any(one is not None and one.key == number.key for one in own):
            return person
    return None


def _named(person: Person | None) -> str | None:
    return person.name or person.user if person else None


def _unplaced(what: str, end: _End) -> tuple[Flag, ...]:
    if end.ours or end.handle or not end.written or withheld(end.written):
        return ()
    return (Flag(name="number", why=f"the {what} number {end.written[:80]} is no complete telephone number"),)
