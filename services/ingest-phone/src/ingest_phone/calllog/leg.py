"""One row of a call log as one leg of a call: pure."""

from dataclasses import dataclass

from ingest_phone.calllog.row import read_row
from ingest_phone.calllog.settings import Settings
from ingest_phone.calllog.told import Told
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Call, CallResult, Change, Direction, Flag, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, Proof, latin_digits, phone, withheld
from peyvand.identity.writing import without_unseen

_UNREADABLE = Flag(name="text", why="the row is not in the encoding it was read in; what cannot be read is \ufffd")


def leg(delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return the leg that a row tells of; raises Skipped for a call within the house, BadPayload."""
    told = Told(read_row(delivery), settings, settings.zone or organisation.zone, delivery)
    ends = _Ends(told, settings, organisation)
    direction = ends.direction
    if direction is Direction.INTERNAL:
        raise Skipped("internal call")
    started, extension = told.start, ends.extension(direction)
    if extension is None and not told.text("agent") and told.result is CallResult.ANSWERED:
        # who took it is not said; that somebody did is, and where they were called is all that is known of them
        extension = told.text("callee" if direction is Direction.INBOUND else "caller") or delivery.connector
    # what has no id of its own is known by all that its row says
    key = told.call or told.text("leg") or f"row:{told.row.digest}"
    agent = told.text("agent") or ends.named(extension)
    return event(
        delivery,
        organisation,
        family="phone",
        key=f"{settings.source or delivery.connector}:{key}",
        change=Change.LEG,
        change_key=told.leg,
        order=started.at.isoformat(),
        kind=Kind.CALL,
        direction=direction,
        occurred_at=started.at,
        parties=ends.inbound(extension, agent) if direction is Direction.INBOUND else ends.outbound(extension, agent),
        call=Call(
            leg=told.leg,
            started_at=started.at,
            result=told.result,
            wait_seconds=told.wait,
            talk_seconds=told.talk,
            queue=told.text("queue") or None,
            agent=agent or None,
            extension=extension,
            detail=told.text("cause"),
        ),
        flags=(*ends.flags(direction), *_doubts(told)),
    )


@dataclass(frozen=True, slots=True)
class _Ends:
    told: Told
    settings: Settings
    organisation: Organisation

    @property
    def direction(self) -> Direction:
        """By its own word, else by which of the two ends is ours."""
        if (said := self.told.direction) is not None:
            return said
        caller, callee = (self.told.text(field) for field in ("caller", "callee"))
        if not self._is_ours(caller, Proof.VIA):
            return Direction.INBOUND
        return Direction.INTERNAL if self._is_ours(callee, Proof.CLAIMED) else Direction.OUTBOUND

    def _is_ours(self, written: str, proof: Proof) -> bool:
        number = self._number(written, proof)
        return self._is_extension(written) or bool(number and self.organisation.owns(number))

    def _is_extension(self, written: str) -> bool:
        fewest, most = self.settings.extension_digits
        digits = latin_digits(written)
        short = digits.isascii() and digits.isdigit() and fewest <= len(digits) <= most
        return short or self.organisation.at_extension(written) is not None

    def _number(self, written: str, proof: Proof) -> Handle | None:
        return None if self._is_extension(written) else phone(written, self.organisation.region, proof)

    def extension(self, direction: Direction) -> str | None:
        """Return the extension of ours that called, or was rung."""
        own = self.told.text("callee" if direction is Direction.INBOUND else "caller")
        found = self.told.text("extension") or (own if self._is_extension(own) else "")
        return latin_digits(found) or None

    def named(self, extension: str | None) -> str | None:
        person = self.organisation.at_extension(extension) if extension else None
        return person.name or person.user if person else None

    def inbound(self, extension: str | None, agent: str | None) -> tuple[Party, ...]:
        name = _name(self.told.text("caller_name"))
        caller = party(Role.CALLER, [self._number(self.told.text("caller"), Proof.VIA)], self.organisation, name)
        dialled = self._number(self.told.text("callee"), Proof.CLAIMED)
        number = (party(Role.CALLEE, [dialled], self.organisation, ours=True),) if dialled else ()
        if not agent and not extension:
            return (caller, *number)
        role = Role.AGENT if self.told.result is CallResult.ANSWERED else Role.CALLEE
        return (caller, *number, party(role, (), self.organisation, agent or extension, ours=True))

    def outbound(self, extension: str | None, agent: str | None) -> tuple[Party, ...]:
        own = self._number(self.told.text("caller"), Proof.VIA)
        ours = party(Role.CALLER, [own], self.organisation, agent or extension, ours=True)
        return (ours, party(Role.CALLEE, [self._number(self.told.text("callee"), Proof.CLAIMED)], self.organisation))

    def flags(self, direction: Direction) -> tuple[Flag, ...]:
        field, word = ("caller", "caller") if direction is Direction.INBOUND else ("callee", "dialled")
        written = self.told.text(field)
        if not written or withheld(written) or self._number(written, Proof.CLAIMED):
            return ()
        return (Flag(name="number", why=f"the {word} number {written} is no complete telephone number"),)


def _name(written: str) -> str | None:
    name = without_unseen(written).strip().strip('"').strip()
    return None if not name or withheld(name) or "\ufffd" in name or not any(c.isalpha() for c in name) else name


def _doubts(told: Told) -> list[Flag]:
    clock = [Flag(name="clock", why=told.start.doubt)] if told.start.doubt else []
    return [*clock, *([_UNREADABLE] if any("\ufffd" in cell for _, cell in told.row.cells) else [])]
