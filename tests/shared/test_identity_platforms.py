"""Ids of platforms: whose they are, and where."""

from collections.abc import Callable

import pytest

from peyvand.identity import Handle, Proof, bale, crm, instagram, messenger, telegram, web, whatsapp_bsuid


@pytest.mark.parametrize(
    ("found", "key"),
    [
        (telegram(700_100), ("telegram", "", "700100")),
        (telegram("۷۰۰۱۰۰"), ("telegram", "", "700100")),
        (telegram(2**52 - 1), ("telegram", "", "4503599627370495")),
        (bale("0880100"), ("bale", "", "880100")),
        (whatsapp_bsuid("IR.13491208655302741918", "p1"), ("whatsapp_bsuid", "p1", "IR.13491208655302741918")),
        (whatsapp_bsuid("IR.ENT.118157992128", "p1"), ("whatsapp_bsuid", "p1", "IR.ENT.118157992128")),
        (messenger("24915560028", "page1"), ("messenger", "page1", "24915560028")),
        (instagram("17841400", "shop"), ("instagram", "shop", "17841400")),
        (crm(" C-۱۲ ", "erp"), ("crm", "erp", "C-12")),
        (crm("1", "erp"), ("crm", "erp", "1")),
        (crm(8656696, "erp"), ("crm", "erp", "8656696")),
        (web("3f0c-77", "site"), ("web", "site", "3f0c-77")),
    ],
    ids=str,
)
def test_an_id_is_known_by_its_kind_and_its_scope(found: Handle | None, key: tuple[str, str, str]) -> None:
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "found",
    [
        telegram(-1001234567890),
        telegram("@sara"),
        telegram("sara"),
        telegram(0),
        telegram(2**52),
        telegram("9" * 400),
        bale(-5),
        whatsapp_bsuid("989123456789", "p1"),
        whatsapp_bsuid("ir.1349", "p1"),
        whatsapp_bsuid("IR.ENT.", "p1"),
        whatsapp_bsuid("IR.ORG.1349", "p1"),
        whatsapp_bsuid("IR." + "1" * 129, "p1"),
        messenger("sara", "page1"),
        instagram("@sara", "shop"),
        crm("", "erp"),
        crm("0", "erp"),
        crm("000-0", "erp"),
        crm("-1", "erp"),
        crm("null", "erp"),
        crm("ناشناس", "erp"),
        web("undefined", "site"),
        web("x" * 201, "site"),
    ],
)
def test_a_name_a_group_or_a_word_for_none_is_no_id(found: Handle | None) -> None:
    assert found is None


@pytest.mark.parametrize("make", [whatsapp_bsuid, messenger, instagram, crm, web])
def test_what_means_nothing_outside_its_scope_is_no_handle_without_one(
    make: Callable[[str, str], Handle | None],
) -> None:
    for_all = "IR.12345" if make is whatsapp_bsuid else "1234567"
    assert make(for_all, "") is None
    one, other = make(for_all, "a"), make(for_all, "b")
    assert one is not None
    assert other is not None
    assert one.key != other.key


def test_what_a_platform_vouches_for_came_by_it_and_what_is_told_is_claimed() -> None:
    proofs = [h.proof for h in (telegram(7), messenger("12345", "p"), crm("5", "erp"), web("a", "site")) if h]
    assert proofs == [Proof.VIA, Proof.VIA, Proof.CLAIMED, Proof.CLAIMED]
