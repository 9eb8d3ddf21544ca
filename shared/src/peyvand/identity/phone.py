"""Telephone numbers: one number, in whatever way it is written."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from peyvand.identity.handle import Handle, Proof
from peyvand.identity.numbering import as_mobile, renumbered
from peyvand.identity.withheld import is_placeholder_number, withheld
from peyvand.identity.writing import latin_digits, without_unseen

_ANGLE = re.compile(r"<([^<>]+)>")
_SCHEME = re.compile(r"(tel|callto|sips?):(?://)?", re.IGNORECASE)
# WhatsApp's own spellings; a device may stand after the number: 989123456789:12@s.whatsapp.net.
_WHATSAPP = re.compile(
    r"(?:whatsapp:|(?:https?://)?wa\.me/)\+?([\d ]+)\Z|\+?(\d+)(?:[.:]\d+)*@(?:s\.whatsapp\.net|c\.us)\Z", re.IGNORECASE
)
_EXTENSION = re.compile(r"داخل[یي]\s*[:.\-]?|(?<=\d)[pw](?=\d)")
# Letters of the script and its thousands sign stand around numbers, never in them.
_ARABIC = re.compile("[\u0600-\u065f\u066a-\u06ef\u06fa-\u06ff_]+")
# Between two numbers; a comma or semicolon before a few last digits is an extension's.
_BETWEEN = re.compile(
    r"[/|\n]|\s(?:و|یا|and|or)\s|[,;،؛](?!\s*(?:(?:e?xt?|داخل[یي])\W*)?\d{1,6}\s*(?:[,;،؛/|\n]|\Z))", re.IGNORECASE
)


def phone(written: str, region: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of a telephone number in E.164, or None when it is withheld, too short, or nobody's.

    `region` (ISO 3166) is the country of numbers written without one. Persian and Arabic digits, ZWNJ, `tel:`, `sip:`
    and WhatsApp spellings are understood; an extension is left out.
    """
    found = _read(written, region)
    return Handle(kind="phone", value=found[0], written=written, proof=proof) if found else None


def extension(written: str, region: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of a number with its extension, who sits behind a switchboard, or None without one."""
    number, behind = _read(written, region) or ("", "")
    value = f"{number};ext={behind}"
    return Handle(kind="phone_ext", value=value, written=written, proof=proof) if behind else None


def phones(written: str, region: str, proof: Proof = Proof.CLAIMED) -> tuple[Handle, ...]:
    """Return the handles of all numbers in a field, and of their extensions: `021 9100 1000 داخلی 12 / 0912 …`."""
    every = [read(part, region, proof) for part in _parts(written.strip()) for read in (phone, extension)]
    return tuple({found.key: found for found in every if found}.values())


def whatsapp_phone(wa_id: str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of WhatsApp's id of somebody, his number without +; None for what is no number (`…@lid`)."""
    text = latin_digits(wa_id).strip()
    spelt = _WHATSAPP.match(text)
    value = _messengers(spelt[1] or spelt[2] if spelt else text.removeprefix("+"))
    return Handle(kind="phone", value=value, written=wa_id, proof=proof) if value else None


def _parts(written: str) -> Iterator[str]:
    """Return what stands between the separators, as it is written; those in a URI are its own."""
    text, start = latin_digits(written), 0
    for between in () if _SCHEME.match(text) or _WHATSAPP.match(text) else _BETWEEN.finditer(text):
        yield written[start : between.start()].strip()
        start = between.end()
    yield written[start:].strip()


@lru_cache(maxsize=100_000)
def _read(written: str, region: str) -> tuple[str, str] | None:
    """Return number and extension."""
    text = latin_digits(without_unseen(written)).strip()
    if withheld(text) or len(text) > 200:
        return None
    if spelt := _WHATSAPP.match(text):
        number = _messengers(spelt[1] or spelt[2])
        return (number, "") if number else None
    text = _ARABIC.sub(" ", _EXTENSION.sub(" ext ", _bare(text))).strip()
    parsed = _parsed(text, region) if 5 <= len(text) <= 60 else None
    number = _nobodys(_today(parsed)) if parsed else None
    return (number, parsed.extension or "") if number and parsed else None


def _bare(text: str) -> str:
    """Return a number without a name before it, and without its scheme and what a SIP address has beside it."""
    if angle := _ANGLE.search(text):
        text = angle[1].strip()
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    rest = text[scheme.end() :]
    return re.split("[@;:?]", rest)[0] if scheme[1].lower().startswith("sip") else rest


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _today(number: PhoneNumber) -> str | None:
    """Return a number in E.164 when it is valid, by the plan of today or one of before."""
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # is_valid, not is_possible: 0912123456 (a digit short) and 0000000000 are possible, and nobody's.
    if phonenumbers.is_valid_number(number):
        return value
    value = renumbered(value) or ""
    again = _parsed(value, "ZZ") if value else None
    return value if again and phonenumbers.is_valid_number(again) else None


def _nobodys(value: str | None) -> str | None:
    return None if value is None or is_placeholder_number(value) else value


@lru_cache(maxsize=100_000)
def _messengers(written: str) -> str | None:
    """Return a number that a messenger vouches for: what the library does not know yet is taken when it can be one."""
    digits = written.replace(" ", "")
    parsed = _parsed(f"+{digits}", "ZZ") if digits.isdecimal() and len(digits) >= 7 else None
    if parsed is None:
        return None
    value = _today(parsed)
    if value is None and phonenumbers.is_possible_number(parsed):
        value = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return _nobodys(as_mobile(value)) if value else None
