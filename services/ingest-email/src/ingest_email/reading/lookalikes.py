"""Domains that are made to be taken for another: other letters of the same look, or our domain within another."""

import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from importlib.resources import files

import idna

from ingest_email.reading.authentication import organisational

# Two letters that one takes for a third in most typefaces.
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Below this a company's name is within one letter of many others'.
_SHORTEST = 4
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "GEORGIAN"})


def imitated(domain: str, own: Collection[str]) -> str | None:
    """Return the one of our domains that a domain (as in handles) was made to look like, or None."""
    for ours in sorted(own):
        if domain == ours or domain.endswith("." + ours):
            return None
    return next((ours for ours in sorted(own) if _looks_like(domain, ours)), None)


def mixes_alphabets(domain: str) -> bool:
    """Return whether a label of a domain is written with letters of two alphabets that share their look."""
    return "xn--" in domain and any(len(_alphabets(label) & _ALPHABETS) > 1 for label in _read(domain).split("."))


def _looks_like(domain: str, ours: str) -> bool:
    if f".{ours}." in f".{domain}":
        return True
    name, own = _name(domain), _name(ours)
    return name != own and len(own) >= _SHORTEST and _skeleton(name) == _skeleton(own)


@lru_cache(maxsize=10_000)
def _name(domain: str) -> str:
    """Return the label under which the organisation registered, as people read it."""
    return _read(organisational(domain)).partition(".")[0]


@lru_cache(maxsize=10_000)
def _read(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    return ".".join(_label(label) for label in domain.split("."))


def _label(label: str) -> str:
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def _alphabets(label: str) -> set[str]:
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}


@lru_cache(maxsize=10_000)
def _skeleton(label: str) -> str:
    """Return a label with each letter replaced by the one for which it is taken."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(c))
    text = plain.translate(_letters())
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


@cache
def _letters() -> dict[int, str]:
    text = files("ingest_email.reading").joinpath("data", "confusables.txt").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {ord(letter): like for like, letters in lines for letter in letters}
