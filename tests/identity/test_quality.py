"""Who is who in a made-up population of 3,000: as good as the design promises, and far better than what others do."""

from random import Random
from uuid import UUID

import pytest

from peyvand.identity.rules import Rules
from population.measures import quality
from population.others import limited, naive, oracle, parties_of
from population.stream import ORGANISATION, Stream, stream
from timeline.folds.identity.derive import derive

SEED = 20_261_001


@pytest.fixture(name="said", scope="module")
def _said() -> Stream:
    return stream(SEED)


def customers(said: Stream) -> dict[UUID, UUID]:
    derived = derive(ORGANISATION, said.evidence, (), Rules())
    return {handle: standing.customer for handle, standing in derived.handles.items()}


def test_the_population_is_as_large_and_as_hard_as_it_was_measured(said: Stream) -> None:
    others = quality(said.owner, naive(said.evidence)), quality(said.owner, limited(parties_of(said.evidence)))

    assert len(set(said.owner.values())) > 2_950  # the others were only heard from behind a switchboard
    assert said.events == 23_000
    assert (others[0].precision < 0.01, others[0].largest > 1_000) == (True, True), others[0]
    assert 0.45 < others[1].precision < 0.65, others[1]


def test_customers_are_whom_they_should_be(said: Stream) -> None:
    most = quality(said.owner, oracle(said.evidence, said.owner))
    ours = quality(said.owner, customers(said))

    print(f"\nseed {SEED}: {ours}; oracle {most}")
    assert ours.precision >= 0.95
    assert ours.recall >= 0.98 * most.recall
    assert ours.largest <= 15


def test_they_are_still_when_one_handle_in_fifty_is_anothers() -> None:
    mistaken = stream(SEED, wrong=0.02)
    ours = quality(mistaken.owner, customers(mistaken))

    print(f"\nseed {SEED}, 2 %: {ours}")
    assert ours.precision >= 0.87
    assert ours.largest <= 15


def test_what_others_find_depends_on_the_order_and_ours_does_not(said: Stream) -> None:
    shuffled = list(said.evidence)
    Random(SEED).shuffle(shuffled)
    parties = parties_of(said.evidence)

    assert derive(ORGANISATION, shuffled, (), Rules()) == derive(ORGANISATION, said.evidence, (), Rules())
    assert limited(parties) != limited(parties[::-1])


def test_a_seed_tells_the_whole_stream() -> None:
    assert stream(7, count=200, events=900) == stream(7, count=200, events=900)
    assert stream(7, count=200, events=900) != stream(8, count=200, events=900)
