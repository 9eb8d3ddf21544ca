"""What a made-up population says to a company in two years, as evidence, and the truth about it.

Every choice follows from the seed. The shares are those of the design: about 23,000 interactions of 3,000 people;
0.4 % of the handles that somebody typed are another person's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from peyvand.identity import Handle, Proof, email, phone
from population.names import written
from population.people import REGION, Person, people
from timeline.folds.identity.evidence import Evidence, handle_id

ORGANISATION = UUID("5b0e4a52-2d3f-5a77-9a52-6f1f7f0f6d10")
START = datetime(2024, 10, 1, tzinfo=UTC)
PERIOD = timedelta(days=730)
PLACEHOLDER_NUMBERS = ("09123456789", "09121111111", "09120000000", "09111111111", "09121234567")
PLACEHOLDER_ADDRESSES = ("test@test.com", "a@a.com", "none@gmail.com", "no@mail.com", "x@y.ir", "nadaram@gmail.com")
PLACEHOLDERS = 0.04  # of the numbers and addresses that are typed


@dataclass(frozen=True, slots=True)
class Stream:
    """Evidence in the order in which it happened, and whose each personal handle is (those that occur in it)."""

    seed: int
    events: int
    evidence: tuple[Evidence, ...]
    owner: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class _Said:
    """One party of one event: what it is called and its handles."""

    name: str | None
    handles: tuple[Handle, ...]


def stream(seed: int, *, count: int = 3_000, events: int = 23_000, wrong: float = 0.004) -> Stream:
    """Return a population's stream; `wrong` is the share of typed handles that are another person's."""
    chance = Random(seed)
    everybody = people(chance, count)
    typing = _Typing(chance, everybody, wrong)
    weights = [chance.lognormvariate(0, 0.6) for _ in everybody]
    speakers = 2 * everybody + chance.choices(everybody, weights, k=max(0, events - 2 * count))
    chance.shuffle(speakers)
    moments = sorted(START + PERIOD * chance.random() for _ in speakers)
    evidence: list[Evidence] = []
    for person, at in zip(speakers, moments, strict=True):
        event = UUID(int=chance.getrandbits(128))
        for party, said in enumerate(_said(typing, person)):
            evidence += _evidence(event, party, said, at)
    occurring = {e.handle_id for e in evidence}
    owner = {_id(h): p.number for p in everybody for h in p.own}
    return Stream(seed, len(speakers), tuple(evidence), {h: p for h, p in owner.items() if h in occurring})


def _id(h: Handle) -> UUID:
    return handle_id(ORGANISATION, h.kind, h.scope, h.value)


def _evidence(event: UUID, party: int, said: _Said, at: datetime) -> Iterable[Evidence]:
    return [
        Evidence(event, party, _id(h), h.kind, h.scope, h.value, "from" if party == 0 else "cc", h.proof, said.name, at)
        for h in dict.fromkeys(said.handles)
    ]


class _Typing:
    """People typing numbers and addresses: their own, a common one, one that is nobody's, and by mistake another's."""

    def __init__(self, chance: Random, everybody: Sequence[Person], wrong: float) -> None:
        self.chance, self.wrong = chance, wrong
        self._phones = [p for person in everybody for p in person.phones]
        self._addresses = [a for person in everybody for a in person.addresses]

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def number(self, person: Person, common: float = 0.25) -> Handle | None:
        """Return the number that a person types; a common one (home, switchboard) so often."""
        shared = [c.phones for c in (person.home, person.work) if c]
        if self.likely(PLACEHOLDERS):
            return phone(self.chance.choice(PLACEHOLDER_NUMBERS), REGION)
        if shared and self.likely(common):
            return phone(self._spelt(self.chance.choice(self.chance.choice(shared))), REGION)
        mine = person.phones[0] if self.likely(0.8) else person.phones[-1]
        return phone(self._spelt(self.chance.choice(self._phones) if self.likely(self.wrong) else mine), REGION)

    def address(self, person: Person, common: float = 0.15) -> Handle | None:
        """Return the address that a person types; at work perhaps info@; None when there is none to type."""
        if self.likely(PLACEHOLDERS):
            return email(self.chance.choice(PLACEHOLDER_ADDRESSES))
        if person.work and self.likely(common):
            return email(self.chance.choice(person.work.addresses))
        if not person.addresses:
            return None
        mine = self.chance.choice(person.addresses)
        typed = self.chance.choice(self._addresses) if self.likely(self.wrong) else mine
        return email(typed.title() if self.likely(0.1) else typed)

    def name(self, person: Person, careful: bool = False) -> str | None:
        return written(self.chance, person.name, careful)

    def _spelt(self, number: str) -> str:
        persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
        spellings = (number, f"+98{number[1:]}", f"0098 {number[1:4]} {number[4:]}", number.translate(persian))
        return self.chance.choices(spellings, (70, 15, 5, 10))[0]


def _said(typing: _Typing, person: Person) -> list[_Said]:
    """Return the parties of one thing that a person does."""
    ways: list[tuple[float, Callable[[], list[_Said]]]] = [
        (22, partial(_call, typing, person)),
        (16, partial(_whatsapp, typing, person)),
        (30, partial(_form, typing, person)),
        (24 if person.addresses or person.work else 0, partial(_mail, typing, person)),
        (20 if person.accounts else 0, partial(_chat, typing, person)),
        (5 if person.crm else 0, partial(_card, typing, person)),
    ]
    return typing.chance.choices([way for _, way in ways], [weight for weight, _ in ways])[0]()


def _call(typing: _Typing, person: Person) -> list[_Said]:
    """A call shows a number and no name: a mobile, or what is shared at home and at work."""
    shared = [p for c in (person.home, person.work) if c for p in c.phones]
    used = typing.chance.choice(shared) if shared and typing.likely(0.3) else typing.chance.choice(person.phones)
    return [_party(None, phone(used, REGION, Proof.VIA))]


def _whatsapp(typing: _Typing, person: Person) -> list[_Said]:
    own = phone(typing.chance.choice(person.phones), REGION, Proof.VIA)
    typed = typing.address(person) if typing.likely(0.15) else None
    return [_party(typing.name(person), own, typed)]


def _form(typing: _Typing, person: Person) -> list[_Said]:
    number = typing.number(person) if typing.likely(0.9) else None
    address = typing.address(person) if typing.likely(0.75) else None
    return [_party(typing.name(person, careful=True), number, address)]


def _mail(typing: _Typing, person: Person) -> list[_Said]:
    """A mail, at times from info@, with a signature in every other; colleagues in copy are parties of their own."""
    from_work = person.work is not None and (not person.addresses or typing.likely(0.1))
    used = person.work.addresses[0] if from_work and person.work else typing.chance.choice(person.addresses)
    signed = typing.number(person, common=0.4) if typing.likely(0.5) else None
    copies = typing.chance.sample(person.work.addresses, 1) if person.work and typing.likely(0.1) else []
    sender = _party(typing.name(person, careful=True), email(used, Proof.VIA), signed)
    return [sender, *(_party(None, email(copy)) for copy in copies)]


def _chat(typing: _Typing, person: Person) -> list[_Said]:
    """A message on Telegram or Instagram: a number typed in it, or the sender's own shared by a button."""
    account = typing.chance.choice(person.accounts)
    told = None
    if account.kind == "telegram" and typing.likely(0.08):
        told = phone(person.phones[0], REGION, Proof.VERIFIED)
    elif typing.likely(0.2):
        told = typing.number(person) if typing.likely(0.7) else typing.address(person)
    return [_party(typing.name(person), account, told)]


def _card(typing: _Typing, person: Person) -> list[_Said]:
    """What another system knows: its id, and what somebody typed there."""
    return [_party(typing.name(person, careful=True), person.crm, typing.number(person), typing.address(person))]


def _party(name: str | None, *handles: Handle | None) -> _Said:
    return _Said(name, tuple(h for h in handles if h))
