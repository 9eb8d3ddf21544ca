"""Who is who in made-up populations, several seeds, beside what others do with the same evidence."""

import os
import time
from random import Random

import pytest

from peyvand.identity.rules import Rules
from population.measures import Quality, quality
from population.others import limited, naive, oracle, parties_of
from population.stream import ORGANISATION, Stream, stream
from timeline.folds.identity.derive import derive

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

SEEDS = [int(given) for given in os.environ.get("PEYVAND_BENCH_SEEDS", "1,2,3,4,5").split(",")]


@pytest.mark.parametrize(("wrong", "least"), [(0.004, 0.95), (0.02, 0.87)], ids=["0.4 % wrong", "2 % wrong"])
def test_customers_are_whom_they_should_be(wrong: float, least: float) -> None:
    found = [_table(stream(seed, wrong=wrong)) for seed in SEEDS]

    precision = min(ours.precision for ours, _ in found)
    print(f"\nleast of {len(SEEDS)} seeds: P {precision:.4f}, R {_relative(found):.4f} of the oracle's")
    assert precision >= least
    assert max(ours.largest for ours, _ in found) <= 15
    assert wrong > 0.004 or _relative(found) >= 0.98


def _relative(found: list[tuple[Quality, Quality]]) -> float:
    return min(ours.recall / most.recall for ours, most in found)


def _table(said: Stream) -> tuple[Quality, Quality]:
    """Print what each method finds, and return ours and the oracle's."""
    began = time.process_time()
    derived = derive(ORGANISATION, said.evidence, (), Rules())
    took = time.process_time() - began
    ours = quality(said.owner, {handle: standing.customer for handle, standing in derived.handles.items()})
    most = quality(said.owner, oracle(said.evidence, said.owner))
    print(f"\nseed {said.seed}: {said.events:,} events, {len(said.owner):,} personal handles")
    print(f"  oracle (true links only)  {most}")
    print(f"  connected components      {quality(said.owner, naive(said.evidence))}")
    parties = parties_of(said.evidence)
    for order in range(3):
        print(f"  limits, order {order + 1}           {quality(said.owner, limited(parties))}")
        Random(order).shuffle(parties)
    print(f"  f                         {ours}  ({took:.1f} s)")
    return ours, most
