"""Comparing customers in a process of its own, which is told of them page by page and ends with who waits for it."""

import asyncio
import signal
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from timeline.folds.identity.alike import Alike, alike
from timeline.folds.identity.profile import Profile, profile
from timeline.folds.identity.verdicts import Pair
from timeline.shelf import Pairs, Profiles


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What is known of a customer: the handle that was seen first, names, addresses, the shared handles beside them."""

    customer: UUID
    handle: UUID
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    beside: tuple[UUID, ...]


async def compared(refused: AsyncIterable[list[Pair]], people: AsyncIterable[list[Acquaintance]]) -> list[Alike]:
    """Return who may be one person, of customers, and pairs of them between which a rule refused a link."""
    with TemporaryDirectory(prefix="peyvand-") as folder, _beside(Path(folder)) as line:
        async for page in _both(refused, people):
            await asyncio.to_thread(line.send, page)
        found: list[Alike] | Exception = await asyncio.to_thread(line.recv)
    if isinstance(found, Exception):
        raise found
    return found


async def _both(refused: AsyncIterable[list[Pair]], people: AsyncIterable[list[Acquaintance]]) -> AsyncIterator[Any]:
    """Yield all pages of the one, None, all of the other, None."""
    async for pairs in refused:
        yield pairs
    yield None
    async for page in people:
        yield page
    yield None


@contextmanager
def _beside(folder: Path) -> Iterator[Connection]:
    """Give a line to a fresh process that compares; it is killed at the end, and whoever waits for it goes on."""
    context = get_context("spawn")  # a forked one would hold this one's connections
    ours, theirs = context.Pipe()
    process = context.Process(target=_compare, args=(folder, theirs), name="comparing", daemon=True)
    process.start()
    theirs.close()  # or the other's end would never be told to whoever waits
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _compare(folder: Path, line: Connection) -> None:
    """Compare those who are told of, in the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it ends it
    with suppress(EOFError, BrokenPipeError), TemporaryDirectory(dir=folder) as own:  # nobody waits any more
        try:
            line.send(_alike(Path(own), line))
        except Exception as error:  # noqa: BLE001 - for who waits to tell; its words may be people's and stay unsaid here
            line.send(error)


def _alike(folder: Path, line: Connection) -> list[Alike]:
    refused: list[Pair] = [pair for page in _told(line) for pair in page]
    people = ((p.customer, _profile(p)) for page in _told(line) for p in page)
    with closing(Profiles(folder, people)) as profiles:
        return alike(profiles, Pairs(folder, profiles, refused))


def _told(line: Connection) -> Iterator[Any]:
    while (page := line.recv()) is not None:
        yield page


def _profile(p: Acquaintance) -> Profile:
    return profile(p.handle, p.names, p.addresses, p.beside)
