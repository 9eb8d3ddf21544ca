"""Made-up customers, each by a number: what handles they have, and in which ways they write and call.

Of a thousand neighbours 60 work behind three switchboards, 60 are families of four with one mobile, 60 are known by
nothing but a number; the rest have two or three handles that are theirs alone. Nobody shares anything with somebody of
another thousand, so each thousand is parted into customers by itself.
"""

from functools import lru_cache
from typing import NamedTuple

from population.names import FAMILIES, MEN, WOMEN

NEIGHBOURS = 1_000
_SCATTER, _FIRST = 387, 800  # neighbours in number are no neighbours in place
_GIVEN, _FAMILIES = ([word.split() for word in listed.split("|")] for listed in (f"{MEN}|{WOMEN}", FAMILIES))
_FREE = ("gmail.com", "yahoo.com", "outlook.com", "chmail.ir")
_STAFF = (30, 20, 10)


class Way(NamedTuple):
    """How somebody turns to us: by a shape, showing these handles and this name."""

    shape: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    telegram: str | None = None


class Person(NamedTuple):
    """What somebody does, in the order in which it is done first; `crm` is the number on their card, if they have one.

    The card says what `known` shows.
    """

    ways: tuple[Way, ...]
    known: Way
    crm: str | None


class _Own(NamedTuple):
    """A name as it is typed and as a profile has it, and handles that are one's own."""

    typed: str
    shown: str
    phone: str
    email: str
    telegram: str


@lru_cache(maxsize=20_000)
def person(number: int) -> Person:
    """Return somebody; the first of all has three handles of their own."""
    thousand, place = number // NEIGHBOURS, (number * _SCATTER + _FIRST) % NEIGHBOURS
    own = _own(number, number)
    if place < 60:
        ways = _employee(own, 3 * thousand + (place >= _STAFF[0]) + (place >= _STAFF[0] + _STAFF[1]), place)
    elif place < 120:
        ways = _relative(_own(number, thousand * NEIGHBOURS + place // 4), 15 * thousand + (place - 60) // 4)
    else:
        ways = _single(own, place)
    known = next((way for way in ways if way.phone == own.phone), ways[0])
    return Person(ways, known, f"C{number}" if place % 5 == 0 else None)


def number_at(thousand: int, place: int) -> int:
    """Return the number of who has a place in a thousand."""
    return thousand * NEIGHBOURS + (place - _FIRST) * pow(_SCATTER, -1, NEIGHBOURS) % NEIGHBOURS


def _own(number: int, surname: int) -> _Own:
    given = _GIVEN[_often(number, len(_GIVEN))]
    family = _FAMILIES[_often(surname * 31 + 7, len(_FAMILIES))]
    latin = f"{given[-1]} {family[-1]}"
    box = f"{given[1].lower()}{family[1].lower()}{number}@{_FREE[number % 4]}"
    phone = f"+98935{(number + 1) * 6_700_417 % 10_000_000:07d}"
    return _Own(f"{given[0]} {family[0]}", latin if number % 3 else given[-1], phone, box, str(1_000_000_000 + number))


def _often(number: int, count: int) -> int:
    """Return a place in a list, the earlier ones more often."""
    chance = number * 2_654_435_761 % 2**32 / 2**32
    return int(chance * chance * count)


def _employee(own: _Own, company: int, place: int) -> tuple[Way, ...]:
    office, info = f"+9821{22_000_000 + company}", f"info@firm{company}.example"
    box = f"{own.email.partition('@')[0]}@firm{company}.example"
    last = Way("signed", own.typed, own.phone, info) if place % 3 == 0 else Way("mail", own.typed, email=box)
    return (Way("form", own.typed, office, box), Way("call", phone=office), last)


def _relative(own: _Own, family: int) -> tuple[Way, ...]:
    shared = f"+98937{family + 1:07d}"
    return (
        Way("form", own.typed, shared, own.email),
        Way("whatsapp", own.shown, own.phone),
        Way("signed", own.typed, own.phone, own.email),
    )


def _single(own: _Own, place: int) -> tuple[Way, ...]:
    typed, shown, phone, email, telegram = own
    call, mail, whatsapp = Way("call", phone=phone), Way("mail", typed, email=email), Way("whatsapp", shown, phone)
    form, signed = Way("form", typed, phone, email), Way("signed", typed, phone, email)
    chat, contact = Way("telegram", shown, telegram=telegram), Way("contact", shown, phone, telegram=telegram)
    if place < 400:
        return (form, call, mail)
    if place < 650:
        return (chat, contact)
    if place < 800:
        return (signed, whatsapp)
    if place < 900:
        return (form, contact, mail)
    if place < 960:
        return (call,)
    return (whatsapp, signed, Way("form", typed, f"+98936{phone[6:]}", email))
