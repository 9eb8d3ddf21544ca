"""Shapes of evidence that make one customer of all the world elsewhere: the largest stays small, and time flat."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from uuid import UUID

import pytest

from making import ORGANISATION as COMPANY
from making import address, customer, message, mobile, telegram
from peyvand.event import Role, party
from peyvand.identity import Handle, Proof, email, phone
from peyvand.identity.rules import Rules
from timeline.folds.identity.derive import Derived, derive
from timeline.folds.identity.evidence import Evidence, evidence_of, handle_id

ORGANISATION = UUID("5b0e4a52-2d3f-5a77-9a52-6f1f7f0f6d10")
START = datetime(2026, 10, 1, tzinfo=UTC)
LARGEST = 15
Party = tuple[str | None, Sequence[Handle | None]]


def events(*said: Sequence[Party]) -> list[Evidence]:
    """Return the evidence of events, a minute apart, each of which has parties of a name and handles."""
    return [
        Evidence(UUID(int=at), place, handle_id(ORGANISATION, h.kind, h.scope, h.value), h.kind, h.scope, h.value,
                 "from", h.proof, name, START + timedelta(minutes=at))
        for at, parties in enumerate(said)
        for place, (name, handles) in enumerate(parties)
        for h in handles
        if h
    ]  # fmt: skip


def derived(evidence: Iterable[Evidence], **rules: int) -> Derived:
    return derive(ORGANISATION, evidence, (), Rules.model_validate(rules))


def sizes(found: Derived) -> list[int]:
    """Return how many handles each customer has, the largest first."""
    return sorted(Counter(s.customer for s in found.handles.values()).values(), reverse=True)


def customer_of(found: Derived, known: Handle | None) -> UUID:
    assert known is not None
    return found.handles[handle_id(ORGANISATION, known.kind, known.scope, known.value)].customer


def mobiles(prefix: str = "0912") -> Iterator[Handle]:
    """Return one person's number after another."""
    return (mobile(f"{prefix}{n:07d}") for n in count(2_000_001, 3) if phone(f"{prefix}{n:07d}", "IR"))


SWITCHBOARD, MOBILE = phone("02191002000", "IR"), phone("09351112299", "IR")
INFO, PERSONAL = email("info@firm.example.net"), email("ceo@firm.ir")


@pytest.mark.parametrize(
    "shared", [SWITCHBOARD, MOBILE, INFO, PERSONAL], ids=["landline", "mobile", "info@", "address"]
)
def test_a_handle_that_twenty_thousand_use_links_nobody(shared: Handle) -> None:
    numbers = mobiles()
    found = derived(events(*([(None, [shared, next(numbers)])] for _ in range(20_000))))

    assert sizes(found)[0] == 1
    assert len(sizes(found)) == 20_001


@pytest.mark.timeout(60)
def test_twenty_thousand_names_of_one_number_are_looked_through_in_a_moment() -> None:
    letters = "بپتجچخدرزسشفقکگلمن"
    names = (f"{a}{b}{c}ا {d}{a}{c}" for a in letters for b in letters for c in letters for d in letters[:4])
    evidence = events(*([(name, [MOBILE])] for name, _ in zip(names, range(20_000), strict=False)))

    began = time.process_time()
    found = derived(evidence)

    assert found.handles[evidence[0].handle_id].shared == "names"
    assert time.process_time() - began < 20


def test_a_family_of_four_that_shares_a_landline_and_a_mobile_stays_four() -> None:
    numbers, home, shared = mobiles(), phone("02144445555", "IR"), mobile("09371234568")
    names = ("علی رضایی", "مریم رضایی", "Sara Rezaei", "حسین رضایی")
    own = [next(numbers).model_copy(update={"proof": Proof.VIA}) for _ in names]
    said = [[(name, [mine, common])] for name, mine in zip(names, own, strict=True) for common in (home, shared)]
    known = [[(name, [mine])] for name, mine in zip(names, own, strict=True)]
    found = derived(events(*known, *said))

    assert len({customer_of(found, mine) for mine in own}) == 4
    assert customer_of(found, home) not in {customer_of(found, mine) for mine in own}


@pytest.mark.parametrize("typed", ["test@test.com", "nobody.knows@gmail.com", "09121230000"])
def test_what_everybody_types_links_nobody(typed: str) -> None:
    numbers, filler = mobiles("0935"), email(typed) or phone(typed, "IR")
    found = derived(events(*([(None, [filler, telegram(n), next(numbers)])] for n in range(500))))

    assert sizes(found)[0] == 2


def test_a_chain_of_three_thousand_links_that_are_legal_one_by_one_is_cut() -> None:
    numbers = mobiles()
    chain = [next(numbers) if n % 2 else address(f"p{n}@gmail.com") for n in range(3_001)]
    found = derived(events(*([(None, [chain[n], chain[n + 1]])] for n in range(3_000))))

    assert sizes(found)[0] <= LARGEST
    assert len({s.component for s in found.handles.values()}) == 1


def test_a_chain_takes_time_as_its_length_does() -> None:
    def seconds(length: int) -> float:
        numbers = mobiles()
        chain = [next(numbers).model_copy(update={"proof": Proof.VERIFIED}) for _ in range(length + 1)]
        evidence = events(*([(None, [chain[n], chain[n + 1]])] for n in range(length)))
        began = time.process_time()
        found = derived(evidence)
        took = time.process_time() - began
        assert sizes(found)[0] <= LARGEST
        return took

    seconds(500)
    assert seconds(6_000) < 60 * max(seconds(600), 0.02)


def test_our_own_number_is_the_hub_of_nothing() -> None:
    ours, numbers = phone("+98 21 9100 1000", "IR", Proof.VIA), mobiles()
    calls = [
        message(f"call {n}", [customer(next(numbers)), party(Role.TO, (ours,), COMPANY, None)], minutes=n)
        for n in range(300)
    ]
    found = derived(e for event in calls for e in evidence_of(ORGANISATION, event))

    assert sizes(found) == [1] * 300


def test_ten_people_who_got_one_mail_are_ten() -> None:
    people = [customer(address(f"person{n}@gmail.com"), name=f"P{n}", role=Role.TO) for n in range(10)]
    mail = [message(f"mail {n}", people, minutes=n) for n in range(5)]
    found = derived(e for event in mail for e in evidence_of(ORGANISATION, event))

    assert sizes(found) == [1] * 10


def test_fifty_people_of_one_group_are_fifty() -> None:
    members = [customer(telegram(1_000 + n), name="عضو", role=Role.MEMBER) for n in range(50)]
    said = [message(f"said {n}", [members[n], *members[:n], *members[n + 1 :]], minutes=n) for n in range(50)]
    found = derived(e for event in said for e in evidence_of(ORGANISATION, event))

    assert sizes(found) == [1] * 50


def test_one_party_of_a_hundred_handles_is_no_customer_of_a_hundred() -> None:
    numbers, addresses = mobiles(), (address(f"p{n}@gmail.com") for n in range(50))
    found = derived(events([(None, [telegram(5), *islice(numbers, 50), *addresses])]))

    assert sizes(found)[0] <= LARGEST
