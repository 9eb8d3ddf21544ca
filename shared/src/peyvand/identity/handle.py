"""A handle: one address under which a channel knows somebody."""

import re
from enum import StrEnum
from functools import lru_cache

import idna
import phonenumbers
from pydantic import BaseModel, ConfigDict

from peyvand.identity.writing import latin_digits, without_unseen


class Proof(StrEnum):
    """How a party is known to own a handle."""

    VIA = "via"  # the channel itself authenticated the sender
    VERIFIED = "verified"  # a code, a signed-in session, a sender's own contact card
    CLAIMED = "claimed"  # typed by somebody


class Handle(BaseModel):
    """Kind, scope and normalised value; `written` is what stood there."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: str
    value: str
    scope: str = ""
    written: str = ""
    proof: Proof = Proof.CLAIMED

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what makes two handles the same handle."""
        return (self.kind, self.scope, self.value)


def handle(kind: str, value: str | int, *, scope: str = "", proof: Proof = Proof.VIA) -> Handle:
    """Return a handle of a vendor's own kind, its value taken as the vendor gives it."""
    return Handle(kind=kind, scope=scope, value=str(value), written=str(value), proof=proof)


_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\Z")
_ALIASES = {"googlemail.com": "gmail.com", "me.com": "icloud.com", "mac.com": "icloud.com"}
# Providers whose documentation says that "+tag" is the same mailbox; Yahoo is not one of them.
_PLUS = {"gmail.com", "outlook.com", "hotmail.com", "live.com", "icloud.com", "proton.me", "protonmail.com",
         "fastmail.com", "zoho.com", "yandex.com", "yandex.ru"}  # fmt: skip


@lru_cache(maxsize=100_000)
def _mailbox(written: str) -> str | None:
    address = without_unseen(written).strip().removeprefix("mailto:").rstrip(".").lower()
    if len(address) > 320 or not _ADDRESS.match(address):
        return None
    local, _, domain = address.rpartition("@")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
    domain = _ALIASES.get(domain, domain)
    if domain in _PLUS:
        local = local.partition("+")[0] or local
    if domain == "gmail.com":
        local = local.replace(".", "")
    return f"{local}@{domain}"


def email(written: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of an e-mail address, or None when it is none.

    Local parts are folded to lower case by convention (RFC 5321 calls them opaque); dots and tags are dropped only
    where the provider says that they are the same mailbox.
    """
    value = _mailbox(written)
    return Handle(kind="email", value=value, written=written, proof=proof) if value else None


_WRAPPED = re.compile(
    r"(?:tel|callto|whatsapp):|sips?:(?=\+?\d)|@(?:s\.whatsapp\.net|c\.us)\Z|(?<=\d)@.*\Z", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"(\d)\1{6}\Z|1234567\Z")


@lru_cache(maxsize=100_000)
def _e164(written: str, region: str) -> str | None:
    text = _WRAPPED.sub("", latin_digits(without_unseen(written)).strip())
    if not 5 <= len(text) <= 60:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # is_valid, not is_possible: 0912123456 (a digit short) and 0000000000 are possible, and nobody's.
    if not phonenumbers.is_valid_number(number):
        return None
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None if _PLACEHOLDER.search(value) else value


def phone(written: str, region: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of a telephone number in E.164, or None when it is withheld, too short, or nobody's.

    `region` (ISO 3166) is the country of numbers written without one. Persian and Arabic digits, ZWNJ, `tel:`, `sip:`
    and WhatsApp spellings are understood.
    """
    value = _e164(written, region)
    return Handle(kind="phone", value=value, written=written, proof=proof) if value else None
