"""What matching costs: the same stream recorded with it and without, a switchboard of 20,000 and a chain of 3,000."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.speed import Speed, seconds
from making import ORGANISATION, message
from timeline.store import SqlStore, open_database

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

PEOPLE, KNOWN = 4_000, 6_000


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
async def speed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Speed]:
    """Open an empty store."""
    url = f"sqlite:///{tmp_path}/store.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = await open_database(url)
    yield Speed(SqlStore(database, ORGANISATION.id))
    await database.close()


async def test_matching_beside_storing(speed: Speed) -> None:
    print("\n" + await speed.all_new(PEOPLE))
    known = speed.unseen(PEOPLE)
    await seconds(speed.store, [message(f"known {n}", [known(n)], "x", n) for n in range(PEOPLE)])
    print(await speed.all_known(KNOWN, lambda n: known(n % PEOPLE)))


async def test_a_switchboard_of_twenty_thousand_is_as_fast_at_its_end(speed: Speed) -> None:
    print("\n" + await speed.switchboard(20_000, 2_000))


async def test_a_chain_of_three_thousand_links(speed: Speed) -> None:
    print("\n" + await speed.chain(3_000))
