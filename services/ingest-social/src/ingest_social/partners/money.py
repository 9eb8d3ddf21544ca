"""Amounts of money: a decimal and its ISO 4217 currency; what is said in toman is kept in rials."""

from decimal import Decimal

from ingest_social.money import currency_of
from peyvand.errors import BadPayload, Fault


def money(total: Decimal | None, unit: str | None) -> tuple[Decimal | None, str | None]:
    """Return an amount in a currency's own unit; raises BadPayload for one whose unit is not declared, or unknown."""
    if total is None:
        return None, None
    if unit is None:
        raise _wrong("is missing: an amount without its unit could be rials or toman (IRR, IRT, USD …)")
    try:
        times, currency = currency_of(unit)
    except BadPayload as error:
        raise _wrong(str(error)) from error
    return total * times, currency


def _wrong(why: str) -> BadPayload:
    return BadPayload(why, [Fault("/purchase/currency", why)])
