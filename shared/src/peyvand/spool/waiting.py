"""Callers that wait for the disk, and what they are told."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from peyvand.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Waiting:
    """One caller: what it brought, and where it hears that this is durable."""

    payloads: tuple[bytes, ...]
    size: int
    durable: asyncio.Future[None]


def tell(group: Iterable[Waiting], error: Unavailable | None) -> None:
    """Tell each caller that what it brought is durable, or why it is not."""
    for waiting in group:
        if waiting.durable.done():  # its caller has gone away; what it brought is as durable as the others'
            continue
        if error is None:
            waiting.durable.set_result(None)
        else:
            waiting.durable.set_exception(Unavailable(str(error), error.retry_after))
