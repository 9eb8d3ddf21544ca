"""Amounts with their currency: what shops write, as a decimal in an ISO 4217 currency; tomans are stored as rials.

The units of Persian shops (IRT, IRHT, IRHR) are those of the plugin "Persian WooCommerce"; none of them is in ISO 4217.
"""

import re
from decimal import Decimal, InvalidOperation

from peyvand.errors import BadPayload
from peyvand.identity.writing import latin_digits, without_unseen

# A unit in small letters: how many of which currency it is.
_UNITS = {
    "irt": (10, "IRR"), "toman": (10, "IRR"), "tooman": (10, "IRR"), "tomans": (10, "IRR"),
    "تومان": (10, "IRR"), "تومن": (10, "IRR"),
    "irr": (1, "IRR"), "rls": (1, "IRR"), "rial": (1, "IRR"), "rials": (1, "IRR"), "ریال": (1, "IRR"),
    "irht": (10_000, "IRR"), "هزارتومان": (10_000, "IRR"), "irhr": (1_000, "IRR"), "هزارریال": (1_000, "IRR"),
    "$": (1, "USD"), "€": (1, "EUR"), "£": (1, "GBP"),
}  # fmt: skip
# https://www.six-group.com/dam/download/financial-information/data-center/iso-currrency/lists/list-one.xml
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW
UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_ISO = frozenset(_CODES.split())
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[,٬'\s]\d{3})+(?:[./٫]\d{1,4})?\Z")
_PLAIN = re.compile(r"[-+]?\d+(?:[.٫]\d+)?\Z")
_MOST_DIGITS = 30


def currency_of(written: str) -> tuple[int, str]:
    """Return how many of which ISO currency a unit is; raises BadPayload for none and for an unknown one."""
    unit = re.sub(r"\s", "", without_unseen(written)).translate(str.maketrans("يك", "یک")).lower()
    if unit in _UNITS:
        return _UNITS[unit]
    if unit.upper() not in _ISO:
        raise BadPayload(
            "the currency of an amount is not declared, or no code of ISO 4217 (IRR, IRT for tomans, USD, …)"
        )
    return 1, unit.upper()


def amount(written: str | int | Decimal) -> Decimal:
    """Return a number as shops write it: digits of any script, grouped or not; raises BadPayload."""
    text = latin_digits(without_unseen(str(written))).strip()
    if len(text) > _MOST_DIGITS or not (_PLAIN.match(text) or _GROUPED.match(text)):
        raise BadPayload("an amount is no number")
    try:
        return Decimal(re.sub(r"[,٬'\s]", "", text).replace("٫", ".").replace("/", "."))
    except InvalidOperation as error:
        raise BadPayload("an amount is no number") from error


def money(written: str | int | Decimal, unit: str, minor: int = 0) -> tuple[Decimal, str]:
    """Return an amount in its ISO currency; `minor` is how many of its last digits are decimals (Stripe: cents)."""
    times, currency = currency_of(unit)
    return amount(written).scaleb(-minor) * times, currency
