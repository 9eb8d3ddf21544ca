"""The scorer of suggestions on FEBRL 3 and 4, beside the figures that Splink 5.0.0 (DuckDB, p >= .9) had there."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations

import pytest

from benchmarks import febrl
from timeline.folds.identity.likeness import score
from timeline.folds.identity.training import train

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

THRESHOLD = 3.0  # bits, as in the product
# Measured once with Splink 5.0.0, which is no part of the project: pairwise F1 and seconds with its training.
SPLINK = {
    ("FEBRL 3", True): (0.9996, 6.4), ("FEBRL 4", True): (0.9998, 6.4),
    ("FEBRL 3", False): (0.9942, None), ("FEBRL 4", False): (0.9944, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "numbered", "least"),
    [("FEBRL 3", True, 0.999), ("FEBRL 4", True, 0.999), ("FEBRL 3", False, 0.994), ("FEBRL 4", False, 0.994)],
    ids=["3 with the number", "4 with the number", "3 without it", "4 without it"],
)
def test_people_are_found_in_febrl(name: str, *, numbered: bool, least: float) -> None:
    rows = febrl.rows(name)
    began = time.process_time()
    candidates = febrl.pairs(rows, numbered=numbered)
    weights = train(febrl.fields(numbered=numbered), rows, candidates)
    alike = [(a["rec_id"], b["rec_id"]) for a, b in candidates if score(weights, a, b).score >= THRESHOLD]
    took = time.process_time() - began

    precision, recall = _fit({row["rec_id"]: febrl.whose(row) for row in rows}, alike)
    f1 = 2 * precision * recall / (precision + recall)
    theirs, seconds = SPLINK[name, numbered]
    print(
        f"\n{name}, {'with' if numbered else 'without'} the social security number: P {precision:.4f}  R {recall:.4f}"
        f"  F1 {f1:.4f}  {took:.1f} s of a processor, {len(candidates):,} pairs; Splink F1 {theirs:.4f}"
        f"{f', {seconds} s' if seconds else ''} (measured elsewhere)"
    )
    assert f1 >= least


def _fit(owner: dict[str, str], alike: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """Return precision and recall over pairs, what is alike to one thing counted as alike to each other."""
    group = {record: {record} for record in owner}
    for a, b in alike:
        if group[a] is not group[b]:
            group[a] |= group[b]
            for record in group[b]:
                group[record] = group[a]
    found = {
        pair for members in {id(g): g for g in group.values()}.values() for pair in combinations(sorted(members), 2)
    }
    people: defaultdict[str, list[str]] = defaultdict(list)
    for record, person in owner.items():
        people[person].append(record)
    real = {pair for members in people.values() for pair in combinations(sorted(members), 2)}
    return _share(found & real, found), _share(found & real, real)


def _pairs(groups: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    return {pair for members in groups for pair in combinations(sorted(members), 2)}


def _share(part: Collection[object], whole: Collection[object]) -> float:
    return len(part) / len(whole)
