"""Telephone numbers whose plan was changed: how they were written, and how they are now."""

import re

# In E.164. A number is rewritten only when it is invalid as it stands.
_CHANGED = tuple(
    (re.compile(old + r"\Z"), new)
    for old, new in (
        (r"\+52(?:1|01|044|045)(\d{10})", r"+52\1"),  # Mexico, 2019: one way to dial mobiles and landlines
        (r"\+55([1-9]\d)([6-9]\d{7})", r"+55\g<1>9\2"),  # Brazil, 2012-2016: a ninth digit for mobiles
        (r"\+225([04-9][0-3]\d{6})", r"+22501\1"),  # Côte d'Ivoire, 2021: the operator's prefix
        (r"\+225([04-9][4-6]\d{6})", r"+22505\1"),
        (r"\+225([04-9][7-9]\d{6})", r"+22507\1"),
        (r"\+225([23]\d8\d{5})", r"+22521\1"),
        (r"\+225([23]\d0\d{5})", r"+22525\1"),
        (r"\+225([23]\d\d{6})", r"+22527\1"),
        (r"\+229(\d{8})", r"+22901\1"),  # Benin, 2024
    )
)
# WhatsApp knows only mobiles in Argentina, and some clients leave out the 9 that makes them such.
_ARGENTINE = re.compile(r"\+54([1-8]\d{9})\Z")


def renumbered(number: str) -> str | None:
    """Return an outdated number as it is dialled today, or None where no plan was changed."""
    for old, new in _CHANGED:
        if old.match(number):
            return old.sub(new, number)
    return None


def as_mobile(number: str) -> str:
    """Return a number that a messenger knows, as the mobile that it must be."""
    return _ARGENTINE.sub(r"+549\1", number)
