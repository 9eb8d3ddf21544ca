"""Handles: one way to write what people write in many ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.identity import (
    Organisation,
    Person,
    crm,
    email,
    handle,
    messenger,
    phone,
    phones,
    sip,
    telegram,
    whatsapp_bsuid,
    whatsapp_phone,
)

ONE = "+989123456789"


@pytest.mark.parametrize(
    "written",
    [
        "09123456789",
        "0912 345 6789",
        "0912-345-67-89",
        "+98 912 345 6789",
        "0098 9123456789",
        "989123456789",
        "9123456789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "۰۹۱۲\u200c۳۴۵\u200c۶۷۸۹",
        "\u202a+989123456789\u202c",
        "tel:+98-912-345-6789",
        "whatsapp:+989123456789",
        "989123456789@s.whatsapp.net",
        "sip:09123456789@pbx.example.ir",
    ],
)
def test_every_writing_of_a_number_is_one_handle(written: str) -> None:
    found = phone(written, "IR")
    assert found is not None
    assert found.value == ONE
    assert found.written == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "anonymous",
        "ناشناس",
        "0000000000",
        "0912123456",
        "110",
        "1000",
        "266696687",
        "+982112345",
        "sip:anonymous@x",
        "0912 1111111",
        "1" * 62,
    ],
)
def test_what_is_nobodys_number_is_no_handle(written: str) -> None:
    assert phone(written, "IR") is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Ali@Example.IR", "ali@example.ir"),
        ("a.b+tag@googlemail.com", "ab@gmail.com"),
        ("a.b+tag@outlook.com", "a.b@outlook.com"),
        ("a+tag@yahoo.com", "a+tag@yahoo.com"),
        ("mailto:a@b.ir", "a@b.ir"),
        ("علی@مثال.ایران", "علی@xn--mgbh0fb.xn--mgba3a4f16a"),
    ],
)
def test_an_address_is_folded_only_where_the_provider_does(written: str, value: str) -> None:
    found = email(written)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("written", ["", "a", "a@", "@b.ir", "a b@c.ir", ".a@b.ir", "a..b@c.ir", "a@b@c.ir", "a@b.ir>"])
def test_what_is_no_address_is_no_handle(written: str) -> None:
    assert email(written) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_handles(text: str) -> None:
    every = [phone(text, "IR"), email(text), *phones(text, "IR"), whatsapp_phone(text), sip(text, ("x.ir",)),
             telegram(text), crm(text, "erp"), whatsapp_bsuid(text, "p"), messenger(text, "p")]  # fmt: skip
    assert all(found is None or found.value for found in every)


@given(st.text(alphabet='0123456789۰۱۹+-.,;/@:<>" extpsi()داخلی\u200c', max_size=40))
def test_a_number_that_is_read_again_is_the_same(text: str) -> None:
    found = phones(text, "IR")
    again = {h.key for f in found for h in phones(f.value, "US")}
    assert {f.key for f in found} <= again


@given(st.text(alphabet='aB.+"\\@<>-_ ۱é\u200cmailto:', max_size=24))
def test_an_address_that_is_read_again_is_the_same(text: str) -> None:
    values = [found.value for found in (email(f"{text}@Example.ir"), email(text)) if found]
    assert [found.value for found in map(email, values) if found] == values


def test_ours_are_numbers_domains_addresses_and_peoples_ids() -> None:
    us = Organisation(
        domains=("example.ir",),
        numbers=("021 9100 1000",),
        addresses=("shop@gmail.com",),
        people=(Person(user="sara", ids={"telegram": "7"}),),
    )
    ours = [phone("+982191001000", "IR"), email("anyone@EXAMPLE.ir"), email("s.hop@gmail.com"), handle("telegram", 7)]
    assert all(h is not None and us.owns(h) for h in ours)
    assert not us.owns(handle("bale", 7))
    assert not us.owns(handle("telegram", 8))


@pytest.mark.parametrize("written", ["Example.IR", " example.ir ", "@example.ir", "example.ir."])
def test_an_own_domain_is_ours_however_it_is_written(written: str) -> None:
    ours = email("sara@example.ir")
    assert ours is not None
    assert Organisation(domains=(written,)).owns(ours)


def test_a_persian_domain_is_ours_as_it_is_written() -> None:
    ours = email("sara@شرکت.ایران")
    assert ours is not None
    assert Organisation(domains=("شرکت.ایران",)).owns(ours)
