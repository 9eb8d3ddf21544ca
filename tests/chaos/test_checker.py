"""The checker notices what is missing, twice, wrong, out of order, or not in the books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chaos.checker import book_faults, entry_faults
from chaos.entries import Customer, Entry
from chaos.ledger import Ledger

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SENT = [
    Entry(AT, "web", "form 1"),
    Entry(AT + timedelta(minutes=1), "telegram", "update 1 edited", edited=True),
    Entry(AT + timedelta(minutes=2), "phone", "1.10 1.11 1.12"),
]
FOUND = SENT[::-1]
BOOKS = {
    "name": "pbx", "balanced": True, "seen": 5, "stored": 3, "duplicate": 2, "arriving": 0, "kept": 0, "skipped": {},
}  # fmt: skip


def faults(found: list[Entry]) -> list[str]:
    return entry_faults("Ali", SENT, found)


def books(**different: Any) -> list[str]:
    return book_faults({"pbx": 3}, [{**BOOKS, **different}])


def test_what_stands_as_it_was_sent_has_no_fault() -> None:
    assert faults(FOUND) == []


def test_two_entries_of_one_second_have_no_order() -> None:
    twins = [Entry(AT, "web", "form 1"), Entry(AT, "web", "form 2")]
    assert entry_faults("Ali", twins, twins) == entry_faults("Ali", twins, twins[::-1]) == []


def test_a_missing_entry_is_noticed() -> None:
    assert faults(FOUND[1:]) == ["Ali: missing phone '1.10 1.11 1.12' of 09:32:00"]


def test_an_entry_that_is_there_twice_is_noticed() -> None:
    assert faults([FOUND[0], *FOUND]) == ["Ali: twice phone '1.10 1.11 1.12' of 09:32:00"]


def test_an_entry_that_nobody_sent_is_noticed() -> None:
    assert faults([*FOUND, Entry(AT, "web", "form 9")]) == ["Ali: wrong web 'form 9' of 09:30:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FOUND[0], said="1.10 1.11"),
        replace(FOUND[0], said="1.10 1.11 1.11 1.12"),
        replace(FOUND[0], at=AT + timedelta(minutes=3)),
        replace(FOUND[0], channel="web"),
    ],
    ids=["a leg is missing", "a leg is there twice", "another time", "another channel"],
)
def test_an_entry_that_is_not_as_it_was_sent_is_noticed(wrong: Entry) -> None:
    assert len(faults([wrong, *FOUND[1:]])) == 2


def test_an_edit_that_was_not_folded_is_noticed() -> None:
    unfolded = replace(FOUND[1], said="update 1", edited=False)
    assert len(faults([FOUND[0], unfolded, FOUND[2]])) == 2


def test_a_timeline_out_of_order_is_noticed() -> None:
    assert faults(SENT) == ["Ali: not in the order of time"]


def test_many_faults_are_told_as_some_and_a_number() -> None:
    told = entry_faults("Ali", [Entry(AT, "web", f"form {n:02}") for n in range(30)], [])
    assert len(told) == 11
    assert told[-1] == "Ali: and 20 more"


def test_books_of_what_was_sent_have_no_fault() -> None:
    assert books() == []


@pytest.mark.parametrize(
    "different",
    [
        {"balanced": False},
        {"stored": 2, "seen": 4},
        {"stored": 4, "seen": 6},
        {"arriving": 1},
        {"kept": 1},
        {"skipped": {"internal call": 1}},
        {"seen": 6},
    ],
    ids=lambda different: " ".join(different),
)
def test_books_that_are_not_those_of_what_was_sent_are_noticed(different: dict[str, Any]) -> None:
    assert books(**different) != []


def test_a_call_with_one_more_leg_replaces_the_one_with_fewer() -> None:
    ledger, caller = Ledger(), Customer(1)
    short, long = Entry(AT, "phone", "1.10"), Entry(AT, "phone", "1.10 1.11")
    ledger.expect(caller, short)
    ledger.replace(caller, short, long)
    assert ledger.of(caller) == [long]


def test_an_entry_is_found_as_it_was_sent() -> None:
    told = {"occurred_at": "2026-11-23T09:32:00Z", "channel": "phone", "text": None, "edited_at": None}
    legs = [{"leg": leg} for leg in ("1.12", "1.10", "1.11")]
    assert Entry.found({**told, "call": {"legs": legs}}) == SENT[2]
