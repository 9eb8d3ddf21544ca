"""Telephone numbers: every trap of writing them, and what is nobody's number."""

import pytest

from peyvand.identity import Proof, extension, phone, phones, sip, whatsapp_phone, withheld
from peyvand.identity.lists import listed

SWITCHBOARD = "+982191001000"


@pytest.mark.parametrize(
    "written",
    [
        "021 9100 1000 ext 12",
        "021 9100 1000 ext. 12",
        "021-91001000 x12",
        "+98 21 9100 1000;ext=12",
        "tel:+982191001000;ext=12",
        "02191001000,12",
        "02191001000p12",
        "021 9100 1000 #12",
        "021 9100 1000 داخلی 12",
        "۰۲۱۹۱۰۰۱۰۰۰ داخلی ۱۲",
        "021 9100 1000 داخلي: 12",
        "02191001000، داخلی 12",
    ],
)
def test_an_extension_is_no_part_of_the_number_and_a_handle_of_its_own(written: str) -> None:
    number, behind = phones(written, "IR")
    assert number.key == ("phone", "", SWITCHBOARD)
    assert behind.key == ("phone_ext", "", f"{SWITCHBOARD};ext=12")
    assert number.written == behind.written == written
    assert phone(written, "IR") == number
    assert extension(written, "IR") == behind


def test_a_number_without_an_extension_has_none() -> None:
    assert extension("021 9100 1000", "IR") is None


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("0912 345 6789 / 0935 222 4455", ["+989123456789", "+989352224455"]),
        ("0912 345 6789, 0935 222 4455", ["+989123456789", "+989352224455"]),
        ("09123456789;09352224455", ["+989123456789", "+989352224455"]),
        ("۰۹۱۲۳۴۵۶۷۸۹ و ۰۹۳۵۲۲۲۴۴۵۵", ["+989123456789", "+989352224455"]),
        ("۰۹۱۲۳۴۵۶۷۸۹، ۰۹۳۵۲۲۲۴۴۵۵", ["+989123456789", "+989352224455"]),
        ("09123456789\n09352224455", ["+989123456789", "+989352224455"]),
        ("0912 345 6789 / +98 912 345 6789", ["+989123456789"]),
        ("021 9100 1000, 12, 0912 345 6789", [SWITCHBOARD, f"{SWITCHBOARD};ext=12", "+989123456789"]),
        ("021-88881234/5", ["+982188881234"]),
        ("none, 12", []),
    ],
)
def test_a_field_may_hold_several_numbers(written: str, values: list[str]) -> None:
    assert [h.value for h in phones(written, "IR")] == values


@pytest.mark.parametrize(
    "written",
    ["https://wa.me/989123456789", "tel:912-345-6789;phone-context=+98", "sip:+989123456789;x=1@pbx.example.ir"],
)
def test_what_separates_the_parts_of_a_uri_separates_no_numbers(written: str) -> None:
    assert [(h.value, h.written) for h in phones(written, "US")] == [("+989123456789", written)]


def test_of_several_numbers_each_keeps_how_it_was_written() -> None:
    assert [h.written for h in phones("۰۹۱۲ ۳۴۵ ۶۷۸۹ و ۰۹۳۵۲۲۲۴۴۵۵", "IR")] == ["۰۹۱۲ ۳۴۵ ۶۷۸۹", "۰۹۳۵۲۲۲۴۴۵۵"]


@pytest.mark.parametrize(
    "written",
    [
        "+98 0912 345 6789",
        "+98 (0) 912 345 6789",
        "0098 0912 345 6789",
        "0912_345_6789",
        "0912.345.6789",
        "۰۹۱۲٬۳۴۵٬۶۷۸۹",
        "09123456789 (علی)",
        "موبایل: 0912 345 6789",
        "شماره‌ام ۰۹۱۲۳۴۵۶۷۸۹",
        "\u20660912\u200f3456789\u2069",
        "\ufeff09123456789",
        "callto:09123456789",
        "sips:+989123456789@10.0.0.5:5061;transport=tls",
        "sip:09123456789;user=phone@pbx.example.ir",
        '"Ali 2" <sip:09123456789@pbx.example.ir>;tag=77',
        "989123456789:12@s.whatsapp.net",
        "989123456789@c.us",
        "https://wa.me/989123456789",
    ],
)
def test_what_stands_around_a_number_is_no_part_of_it(written: str) -> None:
    found = phone(written, "IR")
    assert found is not None
    assert found.value == "+989123456789"
    assert found.written == written


@pytest.mark.parametrize(
    "written",
    [
        "0", "-1", "0-0-0", "110", "125", "1000", "09629",
        "0912123456", "09121234567890", "+55 11 3876-543", "1234567", "0912 123 4567", "09120000000", "09999999999",
        "+1 202 555 0143", "+44 20 7946 0123", "+61 491 570 156",
        "123456789012345@lid", "120363025246125486@g.us", "09123456789@gmail.com",
        "sip:alice@pbx.example.ir", "sip:1001@pbx.example.ir", "09123456789 ali", "سلام",
    ],
)  # fmt: skip
def test_what_is_no_complete_number_or_typed_to_give_none_is_no_handle(written: str) -> None:
    assert phone(written, "IR") is None


@pytest.mark.parametrize("region", ["IR", "US", "PT", "RU", "CN", "GB"])
@pytest.mark.parametrize(
    "written",
    [
        "", " ", "anonymous", "Anonymous", "ANONYMOUS", "Unknown", "unknown caller", "Restricted", "Private Number",
        "private", "Blocked", "unavailable", "ID-Unavailable", "withheld", "No Caller ID", "ناشناس", "خصوصی", "خصوصي",
        "شماره خصوصی", "شماره‌ی خصوصی", "نا‌شناس", "مخفی",
        "266696687", "7378742833", "8656696", "2562533", "86282452253", "7748283", "94844353",
        "+266696687", "+17378742833", "+1 737-874-2833", "+86282452253", "۲۶۶۶۹۶۶۸۷",
        "sip:anonymous@anonymous.invalid", "anonymous@anonymous.invalid", "sip:266696687@pbx.example.ir",
    ],
)  # fmt: skip
def test_a_withheld_number_is_nobodys_in_every_country_and_spelling(written: str, region: str) -> None:
    assert withheld(written)
    assert phone(written, region) is None


@pytest.mark.parametrize("written", ["09123456789", "Ali", "Mr Private Eye", "+351 266 696 688", "1001"])
def test_a_number_or_a_name_is_not_withheld(written: str) -> None:
    assert not withheld(written)


@pytest.mark.parametrize(
    ("word", "keys"),
    [("anonymous", "266696687"), ("restricted", "7378742833"), ("unknown", "8656696"), ("blocked", "2562533"),
     ("unavailable", "86282452253"), ("private", "7748283"), ("withheld", "94844353")],
)  # fmt: skip
def test_the_keypads_spellings_are_those_of_the_words(word: str, keys: str) -> None:
    keypad = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
    assert word.translate(keypad) == keys
    assert {word, keys} <= listed("withheld")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+54 9 11 2345 6789", "+5491123456789"),
        ("+54 11 15 2345 6789", "+5491123456789"),
        ("+54 11 2345 6789", "+541123456789"),
        ("+55 11 9876-5432", "+5511998765432"),
        ("+55 11 99876-5432", "+5511998765432"),
        ("+55 11 3876-5432", "+551138765432"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("+225 45 12 34 56", "+2250545123456"),
        ("+225 01 12 34 56", "+2250101123456"),
        ("+225 20 31 22 23", "+2252720312223"),
        ("+225 07 07 12 34 56", "+2250707123456"),
        ("+229 97 12 34 56", "+2290197123456"),
        ("+229 01 97 12 34 56", "+2290197123456"),
    ],
)
def test_a_number_of_a_former_plan_is_the_number_of_today(written: str, value: str) -> None:
    found = phone(written, "IR")
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("region", "written", "value"),
    [("MX", "044 55 1234 5678", "+525512345678"), ("MX", "1 55 1234 5678", "+525512345678"),
     ("BR", "(11) 9876-5432", "+5511998765432"), ("AR", "011 15 2345 6789", "+5491123456789"),
     ("US", "1-800-FLOWERS", "+18003569377")],
)  # fmt: skip
def test_a_number_is_read_as_in_the_organisations_country(region: str, written: str, value: str) -> None:
    found = phone(written, region)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("wa_id", "value"),
    [
        ("989123456789", "+989123456789"),
        ("+98 912 345 6789", "+989123456789"),
        ("989123456789@s.whatsapp.net", "+989123456789"),
        ("5215512345678", "+525512345678"),
        ("525512345678", "+525512345678"),
        ("5491123456789", "+5491123456789"),
        ("541123456789", "+5491123456789"),
        ("551198765432", "+5511998765432"),
        ("5511998765432", "+5511998765432"),
        ("22507123456", "+2250707123456"),
        ("22997123456", "+2290197123456"),
    ],
)
def test_whatsapps_id_of_somebody_is_his_number(wa_id: str, value: str) -> None:
    found = whatsapp_phone(wa_id)
    assert found is not None
    assert (found.key, found.written, found.proof) == (("phone", "", value), wa_id, Proof.VIA)


def test_a_number_that_whatsapp_vouches_for_is_taken_before_the_library_knows_its_range() -> None:
    assert phone("+551112345432", "BR") is None
    found = whatsapp_phone("551112345432")
    assert found is not None
    assert found.value == "+551112345432"


@pytest.mark.parametrize("wa_id", ["", "0", "123456789012345@lid", "120363025246125486@g.us", "IR.a1b2", "00000000000"])
def test_what_is_no_number_on_whatsapp_is_no_telephone(wa_id: str) -> None:
    assert whatsapp_phone(wa_id) is None


@pytest.mark.parametrize(
    "written",
    ["sip:Alice@PBX.example.ir", "sips:alice:secret@pbx.example.ir:5061;transport=tls",
     '"Alice" <sip:alice;x=1@pbx.example.ir>;tag=9', "sip:%61lice@pbx.example.ir."],
)  # fmt: skip
def test_a_sip_user_of_a_trusted_domain_is_a_handle_there(written: str) -> None:
    found = sip(written, ("pbx.example.ir",))
    assert found is not None
    assert (found.key, found.written) == (("sip", "pbx.example.ir", "alice"), written)


@pytest.mark.parametrize(
    "written",
    ["sip:alice@elsewhere.example", "sip:anonymous@pbx.example.ir", "alice@pbx.example.ir", "sip:pbx.example.ir",
     "sip:266696687@pbx.example.ir", ""],
)  # fmt: skip
def test_a_sip_user_for_whom_nobody_vouches_is_no_handle(written: str) -> None:
    assert sip(written, ("pbx.example.ir",)) is None
