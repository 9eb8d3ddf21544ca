"""Ids by which platforms know somebody, each within the scope in which the platform gives it."""

import re

from peyvand.identity.handle import Handle, Proof
from peyvand.identity.withheld import withheld
from peyvand.identity.writing import latin_digits, without_unseen

# The Bot API promises at most 52 significant bits.
_LARGEST = 2**52 - 1
# ENT: an id that linked portfolios share.
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}\Z")
_SCOPED = re.compile(r"[0-9]{5,32}\Z")
# What stands in a field for "none": 0, 0000, -1, undefined.
_NONE = re.compile(r"[0\-]*\Z|-1\Z")
_LONGEST = 200


def telegram(user: int | str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of a person's number on Telegram; usernames can be given up, and groups are nobody."""
    return _person("telegram", user, proof)


def bale(user: int | str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of a person's number on Bale."""
    return _person("bale", user, proof)


def whatsapp_bsuid(user: str, portfolio: str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of a WhatsApp user within a business portfolio; it is a new one when his number is."""
    return _scoped("whatsapp_bsuid", portfolio, user, proof) if _BSUID.match(user) else None


def messenger(user: str, page: str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of a Messenger user of a page (PSID); at another page he has another."""
    return _scoped("messenger", page, user, proof) if _SCOPED.match(user) else None


def instagram(user: str, account: str, proof: Proof = Proof.VIA) -> Handle | None:
    """Return the handle of an Instagram user of a professional account (IGSID); the username is not it."""
    return _scoped("instagram", account, user, proof) if _SCOPED.match(user) else None


def crm(number: str | int, source: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of a customer's number in a system of ours; another system's same number is another's."""
    return _told("crm", source, str(number), proof)


def web(visitor: str, source: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of a website's visitor: a cookie, a device, an anonymous id."""
    return _told("web", source, visitor, proof)


def _person(kind: str, user: int | str, proof: Proof) -> Handle | None:
    text = latin_digits(str(user).strip())
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= _LARGEST):
        return None
    return Handle(kind=kind, value=str(int(text[:20])), written=str(user), proof=proof)


def _scoped(kind: str, scope: str, value: str, proof: Proof) -> Handle | None:
    return Handle(kind=kind, scope=scope, value=value, written=value, proof=proof) if scope else None


def _told(kind: str, scope: str, written: str, proof: Proof) -> Handle | None:
    """Return the handle of an id that somebody copied or typed; a word for none is none."""
    value = latin_digits(without_unseen(written)).strip()
    if not scope or not 0 < len(value) <= _LONGEST or _NONE.match(value):
        return None
    if withheld(value) and not value.isdecimal():
        return None
    return Handle(kind=kind, scope=scope, value=value, written=written, proof=proof)
