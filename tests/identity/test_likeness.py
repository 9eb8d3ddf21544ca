"""What speaks for two customers being one person, and that a name alone never does."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from pairing import candidates, suggested
from peyvand.identity.rules import Rules
from population.stream import ORGANISATION, Stream, stream
from timeline.folds.identity.alike import THRESHOLD
from timeline.folds.identity.blocking import MOST
from timeline.folds.identity.derive import Derived, derive
from timeline.folds.identity.likeness import Agreement, Field, Likeness, Weights, score
from timeline.folds.identity.profile import FIELDS, Profile, profile
from timeline.folds.identity.spelling import likeness_of_words
from timeline.folds.identity.training import train


def person(name: str, *addresses: str, beside: Sequence[UUID] = ()) -> Profile:
    return profile(uuid4(), [name] if name else [], addresses, beside)


def profiles_of(derived: Derived) -> list[Profile]:
    """Return the customers that the rules found, as profiles."""
    names, addresses, beside = defaultdict[UUID, set[str]](set), defaultdict[UUID, set[str]](set), _beside(derived)
    for handle, name, _ in derived.names:
        names[derived.handles[handle].customer].add(name)
    for standing in derived.handles.values():
        if standing.seen.kind == "email":
            addresses[standing.customer].add(standing.seen.value)
    own = {s.customer for s in derived.handles.values() if s.shared is None}
    return [profile(c, names[c], addresses[c], beside[c]) for c in sorted(own)]


def _beside(derived: Derived) -> defaultdict[UUID, set[UUID]]:
    found = defaultdict[UUID, set[UUID]](set)
    for a, b in [*derived.links, *((b, a) for a, b in derived.links)]:
        if derived.handles[b].shared:
            found[derived.handles[a].customer].add(b)
    return found


@pytest.fixture(name="said", scope="module")
def _said() -> Stream:
    return stream(11, count=600, events=4_600)


@pytest.fixture(name="profiles", scope="module")
def _profiles(said: Stream) -> list[Profile]:
    return profiles_of(derive(ORGANISATION, said.evidence, (), Rules()))


@pytest.fixture(name="weights", scope="module")
def _weights(profiles: list[Profile]) -> Weights[Profile]:
    return train(FIELDS, profiles, candidates(profiles))


def test_two_of_one_rare_name_are_not_suggested_for_the_name_alone(weights: Weights[Profile]) -> None:
    found = score(weights, person("ژوبین خرمدین"), person("Zhoobin Khorramdin"))

    assert [name for name, bits in found.parts if bits > 5] == ["name"]
    assert found.score < THRESHOLD


@pytest.mark.parametrize("others", [0, 1, 10, 300])
def test_a_name_alone_never_reaches_however_few_there_are(others: int) -> None:
    two = [person("ژوبین خرمدین"), person("Zhoobin Khorramdin")]
    every = [*two, *(person(f"{a}{b}د {b}{c}ر") for a in "بپتجچخ" for b in "سشفقکگل" for c in "منرزدهپتب")][
        : 2 + others
    ]
    weights = train(FIELDS, every, candidates(every))

    assert score(weights, *two).score < THRESHOLD
    assert suggested(every) == []


def test_the_name_in_the_mailbox_is_the_name_once_more_and_no_second_reason(weights: Weights[Profile]) -> None:
    one, other = (
        person("ژوبین خرمدین", "zhoobin.khorramdin@gmail.com"),
        person("Zhoobin Khorramdin", "zhoobin.khorramdin@yahoo.com"),
    )

    assert score(weights, one, other).score < THRESHOLD


def test_a_name_and_a_company_of_few_are_a_suggestion(profiles: list[Profile]) -> None:
    few = [person("ژوبین خرمدین", "zh@khorram.ir"), person("Zhoobin Khorramdin", "zhoobin@khorram.ir")]
    found = suggested([*profiles, *few])

    theirs = next(f for f in found if {f.a, f.b} == {p.handle for p in few})
    assert {name for name, bits in theirs.likeness.parts if bits > 5} >= {"name", "circle"}


def test_colleagues_of_other_names_are_none(weights: Weights[Profile]) -> None:
    one, other = person("ژوبین خرمدین", "zh@khorram.ir"), person("سارا خرمدین", "sara@khorram.ir")

    assert score(weights, one, other).score < THRESHOLD


def test_a_frequent_name_says_less_than_a_rare_one(profiles: list[Profile], weights: Weights[Profile]) -> None:
    names = Counter(name for p in profiles for name in {" ".join(sorted(n)) for n in p.names if len(n) > 1})
    often = next(p for p in profiles if any(" ".join(sorted(n)) == names.most_common(1)[0][0] for n in p.names))
    rare = person("ژوبین خرمدین")

    assert score(weights, often, often).parts[0][1] < score(weights, rare, rare).parts[0][1] - 1


def test_two_customers_of_one_person_score_more_than_those_of_two(
    said: Stream, profiles: list[Profile], weights: Weights[Profile]
) -> None:
    derived = derive(ORGANISATION, said.evidence, (), Rules())
    whose = defaultdict[UUID, set[int]](set)
    for handle, owner in said.owner.items():
        whose[derived.handles[handle].customer].add(owner)
    scored = sorted(
        (score(weights, a, b).score, bool(whose[a.handle] & whose[b.handle])) for a, b in candidates(profiles)
    )
    ranks = [rank for rank, (_, same) in enumerate(scored) if same]

    assert len(ranks) > 100
    assert sum(ranks) / len(ranks) > 0.85 * len(scored)


def test_a_score_is_the_prior_and_its_parts(profiles: list[Profile], weights: Weights[Profile]) -> None:
    scored = [score(weights, a, b) for a, b in candidates(profiles)]

    assert len({round(found.score - sum(bits for _, bits in found.parts), 6) for found in scored}) == 1


def test_what_is_suggested_depends_on_no_order(profiles: list[Profile]) -> None:
    some = profiles[:300]

    assert candidates(some) == candidates(some[::-1])
    assert suggested(some) == suggested(some[::-1])


def test_a_refused_link_is_a_candidate_and_a_crowd_is_none() -> None:
    one, other = person("ژوبین خرمدین"), person("سارا کریمی")
    crowd = [person("علی رضایی") for _ in range(MOST + 1)]

    assert candidates([one, other]) == []
    assert len(candidates([one, other], [(one.handle, other.handle)])) == 1
    assert candidates(crowd) == []
    assert len(candidates(crowd[1:])) == MOST * (MOST - 1) // 2


def test_expectation_and_maximisation_find_what_matches_have_in_common() -> None:
    values = [(str(n // 2), str(n // 2 % 50) if n % 10 else "x") for n in range(2_000)]

    def field(name: str, place: int) -> Field[tuple[str, str]]:
        return Field(name, (0.1, 0.9), lambda a, b: Agreement(int(a[place] == b[place])))

    pairs = list(pairwise(values))
    weights = train((field("number", 0), field("rest", 1)), values, pairs)

    assert weights.m[0][1] > 0.9
    assert 0.7 < weights.m[1][1] < 0.9
    assert weights.u[1][1] == pytest.approx(0.03, abs=0.01)
    assert 0.9 < weights.prior * 2_000 < 1.1


def test_a_field_of_which_one_says_nothing_has_no_part(weights: Weights[Profile]) -> None:
    nobody = person("")

    assert score(weights, nobody, person("علی رضایی", "ali@firm.ir")).parts == ()
    assert isinstance(score(weights, nobody, nobody), Likeness)


@pytest.mark.parametrize(
    ("a", "b", "alike_"),
    [("rezaei", "rezaei", 1.0), ("rezaei", "rezaie", 0.57), ("rezaei", "khan", 0.0), ("aaa", "aa", 0.86)],
)
def test_words_are_alike_by_their_pairs_of_letters(a: str, b: str, alike_: float) -> None:
    assert likeness_of_words(a, b) == pytest.approx(alike_, abs=0.01)
    assert likeness_of_words(a, b) == likeness_of_words(b, a)
