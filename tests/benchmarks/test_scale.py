"""A store with a long history: what it takes to load, the plans of what is asked all day, and how fast it still is.

PEYVAND_BENCH_MILLIONS=1,10 PEYVAND_BENCH_CUSTOMERS=1000000: everything after a million interactions, then after ten;
so many customers at the end, and in proportion before. The history is loaded once. The plans go into files of the
folder PEYVAND_BENCH_PLANS, or of a temporary one.
"""

import asyncio
import os
import statistics
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from benchmarks.agreement import components, differing
from benchmarks.batching import Batches
from benchmarks.cores import OTHERS, SERVICE, pin
from benchmarks.growth import Runs
from benchmarks.loading import Loading, told
from benchmarks.parties import party_of
from benchmarks.persons import NEIGHBOURS, person
from benchmarks.plans import answered, large_tables, seconds_for
from benchmarks.posts import configuration
from benchmarks.questions import Questions
from benchmarks.speed import Speed
from conftest import not_run
from parts.kafka import Kafka
from parts.missing import Missing
from parts.postgres import OwnPostgres, own_postgres
from timeline.store import Database, SqlStore, open_database
from timeline.store.limits import Limits

pytestmark = [pytest.mark.bench, pytest.mark.real, pytest.mark.timeout(0)]

MILLIONS = [float(given) for given in os.environ.get("PEYVAND_BENCH_MILLIONS", "0.05").split(",")]
CUSTOMERS = int(os.environ.get("PEYVAND_BENCH_CUSTOMERS", "5000"))
POSTS = int(os.environ.get("PEYVAND_BENCH_EVENTS", "20000"))
EACH = round(MILLIONS[-1] * 1_000_000 / CUSTOMERS)
# Megabytes: what one would give to a server with such a store, and not the little of other tests.
MEMORY = round(max(64, 200 * MILLIONS[-1]))
SETTINGS = (f"shared_buffers={MEMORY}MB", "max_wal_size=8GB", "wal_level=minimal", "max_wal_senders=0")
# Of a minute and more, as what is explained may take, and as a machine that loads may need to answer at all.
PATIENT = Limits.model_construct(connect_seconds=60, wait_seconds=60, read_seconds=120, write_seconds=120,
                                 lock_seconds=60, idle_seconds=600)  # fmt: skip
SAMPLE, ROUNDS = 200, 40


@dataclass(slots=True)
class Stage:
    """A server with one store, and how far it is loaded; `number` keeps what stages record apart from each other."""

    postgres: OwnPostgres
    loading: Loading
    number: int = -1

    @property
    def customers(self) -> int:
        return self.loading.thousands * NEIGHBOURS


@pytest.fixture(scope="module")
def server() -> Iterator[Stage]:
    """Start a server and make an empty store on it."""
    try:
        with own_postgres(*SETTINGS, durable=True) as postgres, postgres.database() as url:
            asyncio.run(_migrate(url))
            yield Stage(postgres, Loading(url, EACH, f"{MEMORY // 2}MB"))
    except Missing as missing:
        not_run(missing)


@pytest.fixture(scope="module", params=MILLIONS, ids=lambda millions: f"{millions:g} million")
def stage(request: pytest.FixtureRequest, server: Stage) -> Stage:
    """Load until so many million interactions are there."""
    asyncio.run(server.loading.go_on(round(request.param * 1_000_000 / EACH / NEIGHBOURS)))
    server.number += 1
    return server


@pytest.fixture
async def database(stage: Stage) -> AsyncIterator[Database]:
    """Open the store, with time for what is explained."""
    opened = await open_database(stage.loading.url, PATIENT)
    yield opened
    await opened.close()


@pytest.fixture
def questions(stage: Stage, database: Database) -> Questions:
    """Return the questions to the store as it is loaded."""
    return Questions(database, configuration().organisation, stage.customers, stage.loading.interactions)


async def test_what_was_loaded_is_what_its_evidence_says(stage: Stage, database: Database) -> None:
    print("\n" + told(stage.loading, await stage.loading.sizes()))
    chance, organisation = Random(stage.number), configuration().organisation.id
    around = [UUID(int=chance.getrandbits(128)) for _ in range(SAMPLE)]
    handles = await database.read(lambda c: components(c, around))
    assert await database.read(lambda c: differing(c, organisation, handles)) == []


async def test_a_page_takes_less_than_fifty_milliseconds(questions: Questions) -> None:
    pages = {name: ask for name, ask in (await questions.pages()).items() if name.startswith("page")}
    taken = {name: statistics.median([await seconds_for(ask) for _ in range(ROUNDS)]) for name, ask in pages.items()}
    print("\n" + "\n".join(f"{name}: {seconds * 1e3:.1f} ms" for name, seconds in taken.items()))
    assert max(taken.values()) < 0.05


async def test_no_question_reads_a_large_table_from_end_to_end(
    stage: Stage, questions: Questions, tmp_path: Path
) -> None:
    store, fresh = SqlStore(questions.database, questions.organisation.id), count(1_000 * stage.number)
    asked = {**await questions.pages(), **await questions.searches(), **await questions.lists()}
    asked |= Batches(store, stage.customers, fresh).questions()
    found = [await answered(questions.database, name, ask) for name, ask in asked.items()]
    file = Path(os.environ.get("PEYVAND_BENCH_PLANS", tmp_path)) / f"plans-{stage.loading.interactions}.txt"
    file.write_text("\n\n".join(f"# {one}\n\n" + "\n\n".join(one.plans) for one in found), "utf-8")
    print("\n" + "\n".join(map(str, found)) + f"\nplans: {file}")
    large = await large_tables(questions.database)
    assert {one.question: one.scanned(large) for one in found if one.scanned(large)} == {}


async def test_matching_is_as_fast_beside_storing(stage: Stage, database: Database) -> None:
    speed = Speed(SqlStore(database, configuration().organisation.id), people=(stage.number + 1) * 500_000)
    chance = Random(stage.number)
    ways = [chance.choice(person(chance.randrange(stage.customers)).ways) for _ in range(6_000)]
    print("\n" + await speed.all_known(6_000, lambda n: party_of(ways[n])))
    print(await speed.all_new(4_000))
    print(await speed.switchboard(20_000, 2_000))
    print(await speed.chain(3_000))


def test_a_worker_records_as_fast_as_into_an_empty_store(stage: Stage, own_kafka: Kafka) -> None:
    pin(own_kafka.pid, OTHERS)
    pin(stage.postgres.pid, OTHERS)
    runs = Runs(own_kafka, POSTS, 2 * stage.number)
    with stage.postgres.database() as url:
        empty = asyncio.run(runs.rate(url, (SERVICE,)))
    full = asyncio.run(runs.rate(stage.loading.url, (SERVICE,)))
    pin(stage.postgres.pid, SERVICE, OTHERS)
    print(f"\none worker: {full:.0f} interactions/s, into an empty store {empty:.0f}/s: {full / empty:.2f}")


async def _migrate(url: str) -> None:
    await (await open_database(url)).close()
