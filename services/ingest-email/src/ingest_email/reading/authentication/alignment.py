"""Whether two domains are one organisation's, as DMARC means it (RFC 7489 §3.1, relaxed)."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from peyvand.identity import email


@lru_cache(maxsize=10_000)
def organisational(written: str) -> str:
    """Return the domain under which an organisation registered: example.co.ir of mail.example.co.ir; "" for none."""
    handle = email("x@" + written.strip().rstrip("."))
    domain = handle.value.partition("@")[2] if handle else ""
    return _suffixes().privatesuffix(domain) or domain


def aligned(one: str, other: str) -> bool:
    """Return whether two domains are the same organisation's."""
    return bool(organisational(one)) and organisational(one) == organisational(other)


@cache
def _suffixes() -> PublicSuffixList:
    """Return the public suffix list as it was when its package was made; nothing is fetched."""
    return PublicSuffixList()
