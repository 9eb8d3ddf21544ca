"""Handles that are nobody's own: a function's mailbox, an address typed to give none, a number that many answer."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from peyvand.identity.lists import listed

_SEPARATORS = str.maketrans("", "", "._-")
# Nobody's own in any country. In some a landline cannot be told from a mobile: FIXED_LINE_OR_MOBILE is not here.
_SERVICES = frozenset([
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN,
    PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL,
])  # fmt: skip


def mailbox_name(local: str) -> str:
    """Return what stands before the @ without a tag and without separators: No-Reply+shop is noreply."""
    return local.lower().partition("+")[0].translate(_SEPARATORS)


def is_placeholder(address: str) -> bool:
    """Return whether an address is one that people type to give none."""
    addresses = listed("placeholder_addresses")
    return address in addresses or f"*@{address.rpartition('@')[2]}" in addresses


def is_service(number: str) -> bool:
    """Return whether a number in E.164 is a service's: toll-free, premium, one of a company for the whole country."""
    return _type(number) in _SERVICES


def is_landline(number: str) -> bool:
    """Return whether a number in E.164 is certainly a landline."""
    return _type(number) == PhoneNumberType.FIXED_LINE


@lru_cache(maxsize=100_000)
def _type(number: str) -> int:
    try:
        return phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return PhoneNumberType.UNKNOWN
