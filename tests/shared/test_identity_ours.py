"""What is ours is nobody's handle, however it is written."""

import pytest
from pydantic import ValidationError

from peyvand.identity import (
    Handle,
    Organisation,
    Person,
    crm,
    email,
    extension,
    handle,
    messenger,
    phone,
    sip,
    telegram,
)

US = Organisation(
    domains=("example.ir",),
    numbers=("021 9100 1000", "۰۹۱۲ ۰۰۰ ۱۰۲۰"),
    addresses=("Shop.Example+all@googlemail.com", "shop@yahoo.com"),
    ids={"telegram": (" ۱۱۰۲۰۱۵۴۳ ",), "messenger": ("100200300",)},
    sip_domains=("PBX.example.ir",),
    people=(
        Person(user="sara", ids={"telegram": "700100", "sip": "sara"}, numbers=("+98 (0)912 000 1021 ext 3",)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        phone("+98-21-91001000", "IR"),
        phone("00982191001000", "IR"),
        phone("(021) 91 00 10 00 داخلی 12", "US") or phone("+98 21 91001000 داخلی 12", "IR"),
        extension("02191001000,204", "IR"),
        phone("sip:+982191001000@trunk.example", "IR"),
        phone("989120001020@s.whatsapp.net", "IR"),
        phone("09120001021", "IR"),
        email("shopexample@gmail.com"),
        email("S.hop.Example+x@GMAIL.com"),
        email("Shop <SHOP@yahoo.com>"),
        email("anyone@Example.ir."),
        telegram(110_201_543),
        telegram("700100"),
        handle("telegram", "700100"),
        messenger("100200300", page="100200300"),
        sip("sip:Sara@pbx.example.ir", US.sip_domains),
    ],
)
def test_ours_is_ours_in_every_writing(found: Handle | None) -> None:
    assert found is not None
    assert US.owns(found)


@pytest.mark.parametrize(
    "found",
    [
        phone("021 9100 1001", "IR"),
        extension("021 9100 1001 ext 204", "IR"),
        email("shop+x@yahoo.com"),
        email("a@sub.example.ir"),
        telegram(110_201_544),
        handle("bale", "700100"),
        crm("700100", "erp"),
        sip("sip:omid@pbx.example.ir", US.sip_domains),
    ],
)
def test_what_only_resembles_ours_is_not(found: Handle | None) -> None:
    assert found is not None
    assert not US.owns(found)


@pytest.mark.parametrize("ids", [{"phone": ("09120001020",)}, {"email": ("a@b.ir",)}, {"phone_ext": ("12",)}])
def test_a_number_or_an_address_has_its_own_place(ids: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValidationError, match="name it in"):
        Organisation(ids=ids)


def test_a_sip_domain_is_a_domain() -> None:
    assert US.sip_domains == ("pbx.example.ir",)
    with pytest.raises(ValidationError, match="is no domain"):
        Organisation(sip_domains=("pbx",))
