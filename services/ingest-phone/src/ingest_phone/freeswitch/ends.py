"""Who called whom, and which of them is ours: FreeSWITCH's own `direction` is seen from itself, not from us."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest_phone.freeswitch.cdr import Cdr, Profile
from ingest_phone.freeswitch.names import caller_name, channel_user
from ingest_phone.freeswitch.settings import Settings
from peyvand.errors import Skipped
from peyvand.event import Direction, Flag, Party, Role, party
from peyvand.identity import Handle, Organisation, Proof, latin_digits, phone, withheld


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a leg; `extension` is the one of ours that called, or was reached or rung."""

    direction: Direction
    parties: tuple[Party, ...]
    extension: str | None
    agent: str | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class _Leg:
    cdr: Cdr
    settings: Settings
    organisation: Organisation

    @property
    def origin(self) -> Profile:
        """The profile of who began: this leg's first, or the one of the leg that asked for it."""
        return self.cdr.originator or self.cdr.first

    def number(self, written: str, proof: Proof) -> Handle | None:
        return None if self.is_extension(written) else phone(written, self.organisation.region, proof)

    def is_extension(self, text: str) -> bool:
        fewest, most = self.settings.extension_digits
        short = text.isascii() and text.isdigit() and fewest <= len(text) <= most
        return short or self.organisation.at_extension(text) is not None

    def extension(self, candidates: Iterable[str]) -> str | None:
        return next((one for one in candidates if one and self.is_extension(one)), None)

    def named(self, extension: str | None) -> str | None:
        person = self.organisation.at_extension(extension) if extension else None
        return person.name or person.user if person else None

    @property
    def caller(self) -> Handle | None:
        return self.number(self.origin.number, Proof.VIA)

    @property
    def callee(self) -> Handle | None:
        return self.number(self.cdr.first.dialled, Proof.CLAIMED)

    def caller_is_outside(self) -> bool:
        origin, caller = self.origin, self.caller
        if origin.by_itself:  # somebody clicked, or a program called; or a queue called its agent
            return self.cdr.variable("cc_side") == "agent"
        if origin.context.startswith(self.settings.inbound_contexts):
            return True
        if self.cdr.is_first_leg and self.cdr.variable("user_name"):  # it signed in as one of ours
            return False
        return not self.calling_extension() and not (caller and self.organisation.owns(caller))

    def callee_is_outside(self) -> bool:
        dialled, callee = self.cdr.first.dialled, self.callee
        if (
            self.is_extension(dialled)
            or self.cdr.variable("dialed_user")
            or (callee and self.organisation.owns(callee))
        ):
            return False
        digits = sum(c.isdigit() for c in latin_digits(dialled))
        return callee is not None or (digits > self.settings.extension_digits[1] and dialled[:1] not in "*#")

    def calling_extension(self) -> str | None:
        origin = self.origin
        if origin.by_itself:
            return self.extension([origin.dialled, channel_user(origin.channel)])
        signed_in = self.cdr.variable("user_name") if self.cdr.is_first_leg else ""
        return self.extension([signed_in, origin.number, origin.username])

    def reached_extension(self) -> str | None:
        cdr, told = self.cdr, self.cdr.variable
        if not cdr.is_first_leg:
            agent = channel_user(told("cc_agent"))
            return self.extension([told("dialed_user"), cdr.first.dialled, channel_user(cdr.first.channel), agent])
        if cdr.at("bridge") is None:
            return None
        reached = [channel_user(told("bridge_channel")), told("last_sent_callee_id_number"), cdr.last.dialled]
        return self.extension(reached)


def ends(cdr: Cdr, settings: Settings, organisation: Organisation) -> Ends:
    """Return a leg's direction, and its parties; raises Skipped for one that another leg of the call tells of."""
    if cdr.beyond_loopback:
        raise Skipped("far side of a loopback")
    leg = _Leg(cdr, settings, organisation)
    if leg.caller_is_outside():
        return _inbound(leg)
    extension = leg.calling_extension()
    if not leg.callee_is_outside():
        return Ends(Direction.INTERNAL, (), extension, leg.named(extension), ())
    name = leg.named(extension) or extension
    own = [leg.caller] if leg.caller and organisation.owns(leg.caller) else []
    callers = party(Role.CALLER, own, organisation, name, ours=True)
    callee = party(Role.CALLEE, [leg.callee], organisation)
    flags = () if leg.callee else (_unplaced("dialled", cdr.first.dialled),)
    return Ends(Direction.OUTBOUND, (callers, callee), extension, leg.named(extension), flags)


def _inbound(leg: _Leg) -> Ends:
    origin, extension = leg.origin, leg.reached_extension()
    caller = party(Role.CALLER, [leg.caller], leg.organisation, caller_name(origin.name))
    flags = () if leg.caller or withheld(origin.number) else (_unplaced("caller", origin.number),)
    return Ends(Direction.INBOUND, (caller, *_called(leg, extension)), extension, leg.named(extension), flags)


def _called(leg: _Leg, extension: str | None) -> tuple[Party, ...]:
    """Return the number that was dialled, and who of ours was rung or answered."""
    # What a leg from outside dialled first is a number of ours, were it not named in peyvand.yaml.
    ours = leg.cdr.is_first_leg or not leg.callee_is_outside()
    number = (party(Role.CALLEE, [leg.callee], leg.organisation, ours=ours),) if leg.callee else ()
    if extension is None:
        return number
    role = Role.AGENT if leg.cdr.at("answer") else Role.CALLEE
    return (*number, party(role, (), leg.organisation, leg.named(extension) or extension, ours=True))


def _unplaced(what: str, written: str) -> Flag:
    return Flag(name="number", why=f"the {what} number {written} is no complete telephone number")
