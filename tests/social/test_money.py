"""Amounts as shops write them, in an ISO currency; what declares no unit is no amount."""

from decimal import Decimal

import pytest

from ingest_social.money import money
from peyvand.errors import BadPayload


@pytest.mark.parametrize(
    ("written", "unit", "minor", "stored"),
    [
        ("1250000", "IRT", 0, ("12500000", "IRR")),
        ("۱٬۲۵۰٬۰۰۰", "تومان", 0, ("12500000", "IRR")),
        ("1,250,000", "ريال", 0, ("1250000", "IRR")),
        ("12.5", "هزار تومان", 0, ("125000.0", "IRR")),
        ("4990", "eur", 2, ("49.90", "EUR")),
        (4990, "jpy", 0, ("4990", "JPY")),
        ("-49.90", "USD", 0, ("-49.90", "USD")),
        (Decimal("0.1"), "USD", 0, ("0.1", "USD")),
    ],
)
def test_an_amount_is_exact_in_its_currency(
    written: str | int | Decimal, unit: str, minor: int, stored: tuple[str, str]
) -> None:
    total, currency = money(written, unit, minor)
    assert (str(total), currency) == stored


@pytest.mark.parametrize(
    ("written", "unit"),
    [("5", ""), ("5", "coins"), ("", "IRR"), ("1,25", "IRR"), ("1e9", "IRR"), ("NaN", "IRR"), ("9" * 31, "IRR")],
)
def test_what_is_no_amount_or_of_no_unit_is_refused(written: str, unit: str) -> None:
    with pytest.raises(BadPayload):
        money(written, unit)
