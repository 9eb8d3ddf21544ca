"""Rows of a table as cards: which column says what, and what stands in a cell."""

from datetime import UTC, datetime

import pytest

from making import ORGANISATION
from peyvand.identity import Proof
from timeline.cards import Misread, Reader, Reading, Row, Unmapped, Unread, columns_of
from timeline.cards.cells import emails, phones, telegrams
from timeline.ledger import Card

AT = datetime(2026, 11, 1, tzinfo=UTC)


def guessed(*headings: str) -> dict[str, tuple[str, ...]]:
    columns = columns_of(headings, {})
    return {field: columns.headed(field) for field in columns.places}


def reader(*headings: str) -> Reader:
    return Reader(ORGANISATION, "hesab", columns_of(headings, {}), AT)


def card(headings: tuple[str, ...], *cells: str) -> Card:
    reading = reader(*headings).read(Row(2, cells))
    assert isinstance(reading, Reading)
    return reading.card


def keys(card: Card) -> list[tuple[str, str, str]]:
    return [h.key for h in card.handles]


def numbers(cell: str) -> list[str]:
    return [f"? {f.written}" if isinstance(f, Misread) else f.value for f in phones(cell, "IR")]


def test_persian_headings_are_understood() -> None:
    assert guessed("شناسه", "نام", "نام خانوادگی", "موبایل", "تلفن", "ایمیل", "شرکت") == {
        "id": ("شناسه",), "first": ("نام",), "last": ("نام خانوادگی",), "phone": ("موبایل", "تلفن"),
        "email": ("ایمیل",), "company": ("شرکت",),
    }  # fmt: skip


def test_english_headings_are_understood() -> None:
    assert guessed("Customer ID", "Full Name", "Mobile Phone", "E-mail", "Telegram ID", "Company") == {
        "id": ("Customer ID",), "name": ("Full Name",), "phone": ("Mobile Phone",), "email": ("E-mail",),
        "telegram": ("Telegram ID",), "company": ("Company",),
    }  # fmt: skip


@pytest.mark.parametrize("heading", ["كد مشتري", "کد‌مشتری", "کدمشتری", " کد  مشتری ", "CUSTOMER_ID", "customerId"])
def test_a_heading_may_be_written_in_many_ways(heading: str) -> None:
    assert guessed(heading, "نام")["id"] == (heading,)


def test_beside_a_family_name_the_name_is_the_first_name() -> None:
    assert card(("id", "نام", "نام خانوادگی", "موبایل"), "1", "علی", "رضایی", "09123456780").name == "علی رضایی"


def test_a_name_that_stands_alone_is_the_whole_name() -> None:
    assert card(("id", "نام", "موبایل"), "1", "علی رضایی", "09123456780").name == "علی رضایی"


def test_several_columns_of_numbers_are_all_read() -> None:
    found = card(("id", "تلفن ۱", "تلفن ۲", "Mobile 2"), "1", "02188776655", "09123456780", "09351234568")
    assert [h.value for h in found.handles] == ["1", "+982188776655", "+989123456780", "+989351234568"]


def test_the_likeliest_of_two_ids_is_taken_and_the_other_is_told_of() -> None:
    columns = columns_of(("کد", "شناسه مشتری", "نام"), {})
    assert (columns.headed("id"), columns.unused) == (("شناسه مشتری",), ("کد",))


def test_what_is_told_goes_before_what_is_guessed() -> None:
    columns = columns_of(("id", "کد ملی", "موبایل", "فکس"), {"id": ["کد ملی"], "phone": ["فکس", "3"]})
    assert (columns.headed("id"), columns.headed("phone")) == (("کد ملی",), ("فکس", "موبایل"))


def test_a_field_told_to_be_nowhere_is_not_guessed() -> None:
    assert columns_of(("id", "email"), {"email": [""]}).headed("email") == ()


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "no column is known to hold the customers' ids"),
        ({"id": ["کد"]}, "no column is headed so: کد"),
        ({"id": ["x", "y"]}, "id can only be one column"),
        ({"id": ["same"]}, "2 column are headed so: say the column's number"),
        ({"fax": ["x"]}, "fax is no field"),
    ],
    ids=["none", "unknown", "two", "ambiguous", "no field"],
)
def test_a_mapping_that_cannot_be_followed_says_what_to_do(told: dict[str, list[str]], says: str) -> None:
    with pytest.raises(Unmapped, match=says):
        columns_of(("x", "y", "same", "same"), told)


def test_a_card_bears_the_id_as_a_handle_of_its_source_and_the_rest_as_claims() -> None:
    found = card(("id", "mobile", "email", "telegram"), "۱۷", "0912 345 6780", "Ali@Example.com", "5001")
    assert (found.source, found.key, found.at) == ("hesab", "17", AT)
    assert keys(found) == [
        ("crm", "hesab", "17"), ("phone", "", "+989123456780"), ("email", "", "ali@example.com"),
        ("telegram", "", "5001"),
    ]  # fmt: skip
    assert [h.proof for h in found.handles] == [Proof.VIA, Proof.CLAIMED, Proof.CLAIMED, Proof.CLAIMED]
    assert found.handles[1].written == "0912 345 6780"


def test_a_number_that_stands_twice_is_one_handle() -> None:
    assert len(card(("id", "mobile", "phone"), "1", "09123456780", "+989123456780").handles) == 2


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("09123456780، 09351234568", ["+989123456780", "+989351234568"]),
        ("09123456780/09351234568؛02188776655", ["+989123456780", "+989351234568", "+982188776655"]),
        ("09123456780 و ۰۹۳۵۱۲۳۴۵۶۸", ["+989123456780", "+989351234568"]),
        ("09123456780 09351234568", ["+989123456780", "+989351234568"]),
        ("09123456780 - 09351234568", ["+989123456780", "+989351234568"]),
        ("09123456780\n09351234568", ["+989123456780", "+989351234568"]),
        ("021/88776655", ["+982188776655"]),
        ("0912 - 345 - 6780", ["+989123456780"]),
        ("021-88776655/6", ["+982188776655", "? 6"]),
        ("0912345678", ["? 0912345678"]),
    ],
)  # fmt: skip
def test_a_cell_may_hold_several_numbers(cell: str, found: list[str]) -> None:
    assert numbers(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("9123456780", ["+989123456780"]),  # the zero is lost
        ("9123456780.0", ["+989123456780"]),
        ("989123456780", ["+989123456780"]),  # the plus
        ("4915112345678", ["+4915112345678"]),
        ("'09123456780", ["+989123456780"]),
        ("9.12345678E+09", ["? 9.12345678E+09"]),  # a digit is gone, were it only a zero
        ("9.123456789E+09", ["+989123456789"]),
        ("9,123456789E+09", ["+989123456789"]),
        ("9.12E+09", ["? 9.12E+09"]),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_number_is_repaired_unless_digits_are_gone(cell: str, found: list[str]) -> None:
    assert numbers(cell) == found


@pytest.mark.parametrize("cell", ["", "-", "0", "00000000000", "ندارد", "N/A", "null", " ـ ", "—", "ناشناس"])
def test_a_cell_that_says_that_there_is_nothing_says_nothing(cell: str) -> None:
    assert (numbers(cell), list(emails(cell)), list(telegrams(cell))) == ([], [], [])


def test_who_sits_behind_a_switchboard_is_known_by_the_extension_too() -> None:
    assert numbers("021-88776655 داخلی 12") == ["+982188776655", "+982188776655;ext=12"]


def test_an_address_is_found_beside_a_name_and_among_several() -> None:
    found = [f"? {f.written}" if isinstance(f, Misread) else f.value for f in emails("Ali <a@x.ir>; B@x.ir / nobody")]
    assert found == ["a@x.ir", "b@x.ir", "? nobody"]


def test_a_telegram_name_is_no_handle_for_it_may_change_hands() -> None:
    (found,) = telegrams("@ali_rezaei")
    assert isinstance(found, Misread)


def test_our_own_numbers_and_addresses_are_never_handles_and_this_is_said() -> None:
    reading = reader("id", "name", "phone", "email").read(Row(2, ("1", "Ali", "02191001000", "sales@example.ir")))
    assert isinstance(reading, Reading)
    assert keys(reading.card) == [("crm", "hesab", "1")]
    assert [(m.written, "is ours" in m.why) for m in reading.misread] == [
        ("02191001000", True), ("sales@example.ir", True),
    ]  # fmt: skip
    assert not reading.reachable


def test_a_company_lends_its_name_to_a_row_that_has_none() -> None:
    assert card(("id", "name", "company", "phone"), "1", "", "پارس", "02188776655").name == "پارس"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("", "Ali", "09123456780"), "it has no id (in Customer ID)"),
        (("2", "", "-"), "it has neither a name nor anything to be reached under"),
        (("3", "Ali", "09123456780", "", "x"), "it has 5 cells where the headings have 3"),
        (("0", "Ali", "09123456780"), "its Customer ID says that there is none: 0"),
        (("k" * 201, "Ali", "09123456780"), "its Customer ID has more than 200 letters"),
    ],
    ids=["no id", "nothing", "too wide", "none", "too long"],
)
def test_a_row_that_is_no_card_says_why(cells: tuple[str, ...], says: str) -> None:
    unread = reader("Customer ID", "Name", "Phone").read(Row(7, cells))
    assert isinstance(unread, Unread)
    assert (unread.row, unread.why) == (7, says)


def test_an_id_that_stands_twice_is_read_once() -> None:
    reading = reader("id", "name")
    reading.read(Row(2, ("17", "Ali")))
    assert reading.read(Row(9, ("۱۷.0", "Sara"))) == Unread(9, "its id 17 stands in row 2 already")
