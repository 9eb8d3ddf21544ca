"""Profiles and pairs kept in files are those that there would be in memory."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

import pytest

from making import ORGANISATION
from pairing import candidates, suggested
from population.names import Name, name, written
from timeline.folds.identity.alike import alike
from timeline.folds.identity.blocking import MOST
from timeline.folds.identity.profile import Profile, profile
from timeline.scratch import ByNumber, InOrder
from timeline.shelf import Pairs, Profiles


def _id(number: int) -> UUID:
    return uuid5(ORGANISATION.id, str(number))


@pytest.fixture(name="some", scope="module")
def _some() -> list[Profile]:
    """Make three hundred people of sixty companies, and fifty who are there twice."""
    chance = Random(3)

    def person(number: int, called: Name, *addresses: str) -> Profile:
        names = [said for said in [written(chance, called, careful=True)] if said]
        return profile(_id(number), names, addresses, [_id(9)] if number > 2_000 else [])

    every = [person(n, name(chance), f"p{n}@firm{n // 5}.ir") for n in range(300)]
    for n in range(50):
        called = name(chance)
        every += [person(1_000 + n, called, f"x{n}@twice{n}.ir"), person(2_000 + n, called, f"y{n}@twice{n}.ir")]
    chance.shuffle(every)
    return every


@pytest.fixture(name="shelved")
def _shelved(tmp_path: Path, some: list[Profile]) -> Iterator[tuple[Profiles, Pairs]]:
    refused = [(_customer(some[0]), _customer(some[1])), (_customer(some[2]), _id(77_777))]
    with closing(Profiles(tmp_path, ((_customer(p), p) for p in some))) as profiles:
        yield profiles, Pairs(tmp_path, profiles, refused)


def _customer(p: Profile) -> UUID:
    return uuid5(p.handle, "customer")


def test_profiles_are_read_as_they_were_written(shelved: tuple[Profiles, Pairs], some: list[Profile]) -> None:
    in_order = sorted(some, key=lambda p: p.handle)
    assert list(shelved[0]) == in_order
    assert [shelved[0][n] for n in range(len(shelved[0]))] == in_order


def test_pairs_are_those_of_memory(shelved: tuple[Profiles, Pairs], some: list[Profile]) -> None:
    wanted = candidates(some, [(some[0].handle, some[1].handle)])
    assert list(shelved[1]) == wanted
    assert list(shelved[1]) == wanted  # again, as they are gone through twice
    assert len(wanted) > 100


def test_what_is_suggested_is_the_same(shelved: tuple[Profiles, Pairs], some: list[Profile]) -> None:
    found = alike(*shelved)
    assert found == suggested(some, [(some[0].handle, some[1].handle)])
    assert len(found) > 10


def test_what_a_crowd_has_in_common_makes_no_pairs(tmp_path: Path) -> None:
    crowd = [(_id(n), profile(_id(n), ["علی رضایی"], [], [])) for n in range(MOST + 1)]
    assert [_pairs(tmp_path / f"{n}", crowd[n:]) for n in (0, 1)] == [0, MOST * (MOST - 1) // 2]


def _pairs(folder: Path, people: list[tuple[UUID, Profile]]) -> int:
    folder.mkdir()
    with closing(Profiles(folder, people)) as profiles:
        return len(list(Pairs(folder, profiles, [])))


def test_of_two_profiles_by_one_handle_there_is_one(tmp_path: Path) -> None:
    twice = [profile(_id(1), [called], [], []) for called in ("علی رضایی", "سارا کریمی")]
    with closing(Profiles(tmp_path, [(_id(n), p) for n, p in enumerate(twice)])) as profiles:
        assert len(profiles) == 1


def test_lines_that_went_to_files_come_back_in_order_and_once(tmp_path: Path) -> None:
    chance, lines = Random(1), InOrder(tmp_path, most=7)
    written = [f"line {chance.randint(0, 40)} ژوبین" for _ in range(100)]
    for line in written:
        lines.add(line)
    assert list(lines) == sorted(set(written))
    assert len(list(tmp_path.iterdir())) > 10


def test_lines_are_found_by_number(tmp_path: Path) -> None:
    lines = ByNumber(tmp_path / "lines", ["one", "", "ژوبین"])
    assert [lines.line(n) for n in range(len(lines))] == ["one", "", "ژوبین"]
    lines.close()
