"""One step ahead: what comes next is made while what came last is still used."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def one_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield what a source yields, which is asked for the next before the last is done with.

    What it raises is raised in its place; when the caller leaves, what is being made is given up.
    """
    async with aclosing(source):
        coming = _begun(source)
        try:
            while True:
                try:
                    made = await coming
                except StopAsyncIteration:
                    return
                coming = _begun(source)
                yield made
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def _begun(source: AsyncGenerator[T, None]) -> "asyncio.Task[T]":
    async def made() -> T:
        return await anext(source)

    return asyncio.create_task(made())
