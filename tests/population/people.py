"""A made-up population: households with one landline, companies behind a switchboard, and what each person has."""

from dataclasses import dataclass, field
from random import Random

from peyvand.identity import Handle, Proof, email, handle, phone
from population.names import Name, Word, name

REGION = "IR"
FREE = ("gmail.com", "yahoo.com", "outlook.com", "chmail.ir")


@dataclass(frozen=True, slots=True)
class Common:
    """What several people use: a household's landline and perhaps a mobile, a company's switchboard and info@."""

    phones: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    domain: str | None = None


@dataclass(slots=True)
class Person:
    """One person, and the handles that are theirs alone, as they would be written."""

    number: int
    name: Name
    home: Common | None = None
    work: Common | None = None
    phones: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    accounts: list[Handle] = field(default_factory=list)  # telegram, instagram
    crm: Handle | None = None

    @property
    def own(self) -> list[Handle]:
        """Return all handles that are this person's alone."""
        typed = [number(p) for p in self.phones] + [mailbox(a) for a in self.addresses]
        return [*typed, *self.accounts, *([self.crm] if self.crm else [])]


def number(written: str, proof: Proof = Proof.CLAIMED) -> Handle:
    """Return the handle of a number that is one."""
    found = phone(written, REGION, proof)
    assert found is not None, written
    return found


def mailbox(written: str, proof: Proof = Proof.CLAIMED) -> Handle:
    """Return the handle of an address that is one."""
    found = email(written, proof)
    assert found is not None, written
    return found


def people(chance: Random, count: int) -> list[Person]:
    """Return a population: six of ten live in households of two to five, four of ten work in companies of 3 to 200."""
    everybody: list[Person] = []
    fresh = _Fresh(chance)
    while len(everybody) < count:
        everybody += _household(chance, len(everybody), fresh)
    del everybody[count:]
    _employ(chance, everybody, fresh)
    for person in everybody:
        _equip(chance, person, fresh)
    return everybody


class _Fresh:
    """Telephone numbers and addresses, none of them twice."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()

    def mobile(self) -> str:
        return self._number(("0912", "0919", "0935", "0937", "0901"), 7)

    def landline(self) -> str:
        return self._number(("0212", "0214", "0218"), 7)

    def _number(self, prefixes: tuple[str, ...], digits: int) -> str:
        while True:
            made = self._chance.choice(prefixes) + "".join(self._chance.choices("0123456789", k=digits))
            if made not in self._taken and phone(made, REGION) is not None:
                self._taken.add(made)
                return made

    def address(self, local: str, domain: str) -> str:
        while True:
            made = f"{local}{self._chance.choice(('', self._chance.randrange(1, 1000)))}@{domain}"
            if made not in self._taken:
                self._taken.add(made)
                return made


def _household(chance: Random, first: int, fresh: _Fresh) -> list[Person]:
    """Return one person, or a household: one landline, in three of ten a mobile that all use, mostly one surname."""
    if chance.random() < 0.67:
        return [Person(first, name(chance))]
    surname: Word = name(chance).family
    shared = (fresh.mobile(),) if chance.random() < 0.3 else ()
    home = Common((fresh.landline(), *shared))
    return [
        Person(first + place, name(chance, surname if chance.random() < 0.75 else None), home)
        for place in range(chance.choice((2, 3, 3, 4, 4, 5)))
    ]


def _employ(chance: Random, everybody: list[Person], fresh: _Fresh) -> None:
    """Put four of ten people into companies whose sizes go from 3 to 200, evenly in their logarithm."""
    staff = chance.sample(everybody, len(everybody) * 4 // 10)
    companies = 0
    while staff:
        size = round(3 * (200 / 3) ** chance.random())
        domain = f"firm{companies}.example"
        company = Common((fresh.landline(),), (f"info@{domain}", f"sales@{domain}"), domain)
        for person in staff[:size]:
            person.work = company
        del staff[:size]
        companies += 1


def _equip(chance: Random, person: Person, fresh: _Fresh) -> None:
    """Give a person 1 or 2 mobiles, up to two addresses of their own and one at work, and perhaps accounts."""
    person.phones = [fresh.mobile() for _ in range(chance.choices((1, 2), (85, 15))[0])]
    given, family = (w.latin[0].lower().replace("ü", "u") for w in (person.name.given, person.name.family))
    for _ in range(chance.choices((0, 1, 2), (35, 55, 10))[0]):
        person.addresses.append(fresh.address(f"{given}.{family}", chance.choice(FREE)))
    if person.work and person.work.domain and chance.random() < 0.6:
        person.addresses.append(fresh.address(f"{given[0]}.{family}", person.work.domain))
    if chance.random() < 0.4:
        person.accounts.append(handle("telegram", 100_000_000 + person.number))
    if chance.random() < 0.2:
        person.accounts.append(handle("instagram", 17_000_000_000 + person.number, scope="shop"))
    if chance.random() < 0.2:
        person.crm = handle("crm", f"C{person.number}", scope="erp")
