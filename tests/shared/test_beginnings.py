"""What is told once at the start: to vendors whom to call, to those who read what each connector can know."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from peyvand.back_off import BackOff
from peyvand.cursors import Nature
from peyvand.describing import Describing, nature_of
from peyvand.enlisting import Enlisting
from peyvand.errors import SignInFailed, Unavailable
from peyvand.pulling import Runs
from peyvand.source import PullSource, WebhookSource, never
from peyvand.testing import MemoryCursors

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = BackOff(first=0.001, most=0.001, refused=0.001)


class Settings(BaseModel):
    pass


@dataclass
class Vendor:
    """Answers what it is given, the last of it again and again."""

    says: list[Exception | str | None]
    asked: int = 0

    async def enlist(self, _settings: Settings) -> str | None:
        self.asked += 1
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Exception):
            raise said
        return said


@dataclass
class Away(MemoryCursors):
    """Refuses some first notes, as a database that is away."""

    refusals: int = 2
    noted: list[str] = field(default_factory=list)

    async def described(self, connector: str, nature: Nature) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("the database is away")
        await super().described(connector, nature)


@asynccontextmanager
async def running(runs: Runs, until: Callable[[], bool]) -> AsyncIterator[None]:
    task = asyncio.create_task(runs.run())
    try:
        async with asyncio.timeout(5):
            while not until():
                await asyncio.sleep(0.001)
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def enlisting(vendor: Vendor, cursors: MemoryCursors | None) -> Enlisting:
    return Enlisting("shop-bot", vendor.enlist, Settings(), cursors, QUICK, lambda: NOW)


async def test_a_vendor_is_told_once_and_its_answer_noted() -> None:
    vendor, cursors = Vendor(["called"]), MemoryCursors()
    async with running(enlisting(vendor, cursors), lambda: "shop-bot" in cursors.answers):
        assert (vendor.asked, cursors.errors) == (1, {})


async def test_what_stands_in_the_way_is_shown_until_it_is_gone() -> None:
    refused = SignInFailed("its updates go to somebody else (at old.example.ir)")
    vendor, cursors = Vendor([refused, Unavailable("away"), refused]), MemoryCursors()
    async with running(enlisting(vendor, cursors), lambda: vendor.asked > 3):
        assert cursors.errors == {"shop-bot": str(refused)}
        vendor.says = ["called"]
        while cursors.errors:
            await asyncio.sleep(0.001)


async def test_where_nothing_is_asked_nothing_is_noted() -> None:
    vendor, cursors = Vendor([None]), MemoryCursors()
    async with running(enlisting(vendor, cursors), lambda: vendor.asked == 1):
        assert cursors.answers == {}


async def test_a_service_without_a_database_tells_its_vendors_all_the_same() -> None:
    vendor = Vendor([Unavailable("away"), "called"])
    async with running(enlisting(vendor, None), lambda: vendor.asked == 2):
        assert vendor.says == ["called"]


async def test_natures_are_noted_when_the_database_answers() -> None:
    cursors, nature = Away(), Nature(sees_outbound=False, keeps=timedelta(hours=24))
    async with running(Describing({"a": nature, "b": Nature()}, cursors, QUICK), lambda: len(cursors.natures) == 2):
        assert cursors.natures == {"a": nature, "b": Nature()}


def test_only_a_source_that_is_asked_can_be_asked_too_late() -> None:
    day = timedelta(hours=24)
    called = WebhookSource(
        name="x", settings=Settings, verify=lambda _d, _s: None, normalise=lambda _d, _s, _o: (), keeps=day,
        sees_outbound=never,
    )  # fmt: skip
    assert nature_of(called, Settings()) == Nature(sees_outbound=False)


def test_a_pulled_source_tells_how_long_it_waits() -> None:
    async def fetch(_settings: Settings, _cursor: object) -> AsyncIterator[object]:
        yield None

    day = timedelta(hours=24)
    pulled = PullSource(name="x", settings=Settings, fetch=fetch, normalise=lambda _d, _s, _o: (), keeps=day)  # type: ignore[arg-type]
    assert nature_of(pulled, Settings()) == Nature(keeps=day)
