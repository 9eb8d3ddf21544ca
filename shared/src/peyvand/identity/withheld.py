"""Numbers that are nobody's: withheld ones, in words and on the keypad, and those typed to give none."""

import re
from functools import cache

from peyvand.identity.lists import listed
from peyvand.identity.writing import latin_digits, without_unseen

_ONE_LETTER = str.maketrans("يىك", "ییک")
_SIP = re.compile(r"\Asips?:|(?<=\w)@.*")
_SAME_DIGITS = r".*(\d)\1{6}"


def withheld(written: str) -> bool:
    """Return whether a caller's number or name says that there is none: Anonymous, ناشناس, 266696687 (keyed)."""
    text = latin_digits(without_unseen(written)).strip().lower().translate(_ONE_LETTER)
    bare = re.sub(r"[\W_]+", "", _SIP.sub("", text))
    words = listed("withheld")
    # Some gateways put the country code of North America before the keypad's spelling.
    return not bare or bare in words or (text.startswith("+1") and bare[1:] in words)


def is_placeholder_number(number: str) -> bool:
    """Return whether a number in E.164 is one that people type to give none."""
    return _placeholders().fullmatch(number) is not None


@cache
def _placeholders() -> re.Pattern[str]:
    entries = (re.escape(e).replace(r"\?", r"\d").replace(r"\*", r".*") for e in listed("placeholder_numbers"))
    return re.compile("|".join([_SAME_DIGITS, *sorted(entries)]))
