"""E-mail addresses: one mailbox, in whatever way it is written."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

import idna

from peyvand.identity.handle import Handle, Proof
from peyvand.identity.writing import UNSEEN, latin_digits

_NAMED = re.compile(r"[^<>]*<([^<>]+)>\Z")
_MAILTO = re.compile(r"mailto:([^?]*)", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)+)"\Z')
_ATOMS = re.compile(r"[^\s@<>(),;:\\\"\[\].]+(?:\.[^\s@<>(),;:\\\"\[\].]+)*\Z")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENDS = "".join(map(chr, UNSEEN))
_ALIASES = {"googlemail.com": "gmail.com", "me.com": "icloud.com", "mac.com": "icloud.com"}
# Providers whose documentation says that "+tag" is the same mailbox; Yahoo is not one of them: its tag is "base-tag",
# and the base alone may be no mailbox.
_PLUS = {"gmail.com", "outlook.com", "hotmail.com", "live.com", "icloud.com", "proton.me", "protonmail.com", "pm.me",
         "fastmail.com", "zoho.com", "yandex.com", "yandex.ru"}  # fmt: skip


def email(written: str, proof: Proof = Proof.CLAIMED) -> Handle | None:
    """Return the handle of an e-mail address, or None when it is none.

    Local parts are folded to lower case by convention (RFC 5321 calls them opaque); dots and tags are dropped only
    where the provider says that they are the same mailbox.
    """
    value = _mailbox(written)
    return Handle(kind="email", value=value, written=written, proof=proof) if value else None


@lru_cache(maxsize=100_000)
def _mailbox(written: str) -> str | None:
    address = _bare(written)
    local, at, host = address.rpartition("@")
    if not at or len(address) > 320:
        return None
    local_part, domain = _local(local), _domain(host)
    if local_part is None or domain is None:
        return None
    return f"{_same_mailbox(local_part, domain)}@{domain}"


def _bare(written: str) -> str:
    """Return the address without a name before it, a scheme, and what copying leaves at its ends."""
    text = unicodedata.normalize("NFKC", written.strip().strip(_ENDS).strip())
    if named := _NAMED.match(text):
        text = named[1].strip()
    if mailto := _MAILTO.match(text):
        text = unquote(mailto[1])
    return text


def _local(written: str) -> str | None:
    """Return a local part as it stands in handles; quotes only where they are needed."""
    if _NEVER.search(written) or any(ord(c) in UNSEEN for c in written):
        return None
    text = written.lower()
    if quoted := _QUOTED.match(text):
        text = re.sub(r"\\(.)", r"\1", quoted[1])
        if not _ATOMS.match(text):
            return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    # Persian keyboards type Persian digits into addresses that have none.
    text = latin if (latin := latin_digits(text)).isascii() else text
    return text if _ATOMS.match(text) else None


def _domain(written: str) -> str | None:
    """Return a domain as it stands in the DNS; a ZWNJ is for IDNA to allow."""
    domain = written.lower().removesuffix(".")
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None
    if len(domain) > 253 or not _DOMAIN.match(domain):
        return None
    return _ALIASES.get(domain, domain)


def _same_mailbox(local: str, domain: str) -> str:
    if domain in _PLUS:
        local = local.partition("+")[0] or local
    return local.replace(".", "") if domain == "gmail.com" else local
