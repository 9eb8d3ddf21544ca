"""Who called whom, and which of them is ours: a CDR does not say it, so contexts, extensions and own numbers do."""

from dataclasses import dataclass
from functools import cached_property

from ingest_phone.channels.asterisk.cdr import Row
from ingest_phone.channels.asterisk.names import caller_id, device, is_extension, is_local, line
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.event import CallResult, Direction, Flag, Party, Role, party
from peyvand.identity import Handle, Organisation, Proof, latin_digits, phone, withheld


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a leg; `extension` is the one of ours that called out, or was reached or rung."""

    direction: Direction
    parties: tuple[Party, ...]
    extension: str | None
    agent: str | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class _Leg:
    row: Row
    settings: Settings
    organisation: Organisation

    @property
    def came_in(self) -> bool:
        """The row stands in a context that only calls from outside enter."""
        return self.row.dcontext.startswith(self.settings.inbound_contexts)

    @cached_property
    def caller(self) -> Handle | None:
        name_and_number = caller_id(self.row.clid)
        return self.number(self.row.src, Proof.VIA) or self.number(name_and_number[1], Proof.VIA)

    @cached_property
    def callee(self) -> Handle | None:
        return self.number(self.row.dst, Proof.CLAIMED)

    def number(self, written: str, proof: Proof) -> Handle | None:
        return None if self.extension(written) else phone(written, self.organisation.region, proof)

    def extension(self, text: str | None) -> str | None:
        return text if text and is_extension(text, self.settings.extension_digits, self.organisation) else None

    def is_long(self, written: str) -> bool:
        """More digits than an extension has, and no feature code."""
        digits = sum(c.isdigit() for c in latin_digits(written))
        return digits > self.settings.extension_digits[1] and written[0] not in "*#" and 2 * digits > len(written)

    def caller_is_outside(self) -> bool:
        row, caller = self.row, self.caller
        if self.came_in:
            return True
        if not is_local(row.channel) and self.extension(device(row.channel)):
            return False
        if self.extension(row.src) or (caller and self.organisation.owns(caller)):
            return False
        # A call that was passed on inside stands in an internal context too, under its caller's number.
        return (
            caller is not None or self.is_long(row.src) or not row.dcontext.startswith(self.settings.internal_contexts)
        )

    def callee_is_outside(self) -> bool:
        callee = self.callee
        if self.came_in or self.extension(self.row.dst) or (callee and self.organisation.owns(callee)):
            return False
        return callee is not None or self.is_long(self.row.dst)

    def fetches_a_parked_caller(self) -> bool:
        """One of ours dialled the place where somebody of outside was parked: the other channel is his."""
        row = self.row
        far = row.dstchannel and not is_local(row.dstchannel) and not self.extension(device(row.dstchannel))
        return row.lastapp.lower() == "parkedcall" and bool(far) and self.calling_extension() is not None

    def calling_extension(self) -> str | None:
        return (
            self.extension(device(self.row.channel)) or self.extension(self.row.src) or line(self.row.channel) or None
        )

    def reached_extension(self) -> str | None:
        row = self.row
        if not row.dstchannel:
            return None
        if found := self.extension(device(row.dstchannel)):
            return found
        if row.lastapp.lower() == "dial" and self.extension(row.dst):
            return row.dst
        return None if self.callee_is_outside() else line(row.dstchannel)

    def named(self, extension: str | None) -> str | None:
        person = self.organisation.at_extension(extension) if extension else None
        return person.name or person.user if person else None


def ends(row: Row, settings: Settings, organisation: Organisation) -> Ends:
    """Return a leg's direction, and its parties."""
    leg = _Leg(row, settings, organisation)
    if leg.fetches_a_parked_caller():
        return _fetched(leg)
    if leg.caller_is_outside():
        return _inbound(leg)
    return _outbound(leg) if leg.callee_is_outside() else _internal(leg)


def _inbound(leg: _Leg) -> Ends:
    row, extension = leg.row, leg.reached_extension()
    caller = party(Role.CALLER, [leg.caller], leg.organisation, caller_id(row.clid)[0])
    flags = () if leg.caller or withheld(row.src) else (_unplaced("caller", row.src),)
    return Ends(Direction.INBOUND, (caller, *_called(leg, extension)), extension, leg.named(extension), flags)


def _outbound(leg: _Leg) -> Ends:
    extension = leg.calling_extension()
    callee = party(Role.CALLEE, [leg.callee], leg.organisation)
    flags = () if leg.callee else (_unplaced("dialled", leg.row.dst),)
    return Ends(Direction.OUTBOUND, (_our_caller(leg), callee), extension, leg.named(extension), flags)


def _fetched(leg: _Leg) -> Ends:
    """Return who talks from then on; who was parked, and which way he came, the call's other rows tell."""
    extension = leg.calling_extension()
    name = leg.named(extension)
    return Ends(
        Direction.INBOUND,
        (party(Role.AGENT, (), leg.organisation, name or extension, ours=True),),
        extension,
        name,
        (),
    )


def _internal(leg: _Leg) -> Ends:
    extension = leg.reached_extension()
    parties = (_our_caller(leg), *_called(leg, extension))
    return Ends(Direction.INTERNAL, parties, extension, leg.named(extension), ())


def _our_caller(leg: _Leg) -> Party:
    extension = leg.calling_extension()
    name = leg.named(extension) or caller_id(leg.row.clid)[0] or extension
    return party(Role.CALLER, [leg.caller], leg.organisation, name, ours=True)


def _called(leg: _Leg, extension: str | None) -> tuple[Party, ...]:
    """Return the number that was dialled, and who of ours was rung or answered."""
    dialled = leg.callee
    ours = not leg.callee_is_outside()
    number = (party(Role.CALLEE, [dialled], leg.organisation, ours=ours),) if dialled or not ours else ()
    if extension is None:
        wanted = leg.named(leg.row.dst)
        return (*number, *((party(Role.CALLEE, (), leg.organisation, wanted, ours=True),) if wanted else ()))
    role = Role.AGENT if leg.row.disposition is CallResult.ANSWERED else Role.CALLEE
    return (*number, party(role, (), leg.organisation, leg.named(extension) or extension, ours=True))


def _unplaced(what: str, written: str) -> Flag:
    return Flag(name="number", why=f"the {what} number {written} is no complete telephone number")
