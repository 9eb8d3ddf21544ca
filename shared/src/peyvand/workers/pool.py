"""All workers of a process: started when first needed, ended when nothing comes for a while.

An executor of the standard library would give up all its processes when one of them dies, and wait for ever for one
that does not end; here each stands for itself, and its death costs nobody a delivery.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from peyvand.delivery import Delivery
from peyvand.files import Unpacked
from peyvand.publish import Reading
from peyvand.workers.job import Job, Useless, asked, understood
from peyvand.workers.process import Died, Worker

log = structlog.get_logger("peyvand.workers")

# A batch of less is read sooner than a worker has it.
FEWEST, LEAST = 16, 128 * 1024
# Two workers share a batch evenly when it comes in portions.
PORTION = 256 * 1024
IDLE_SECONDS = 60.0


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(slots=True)
class Workers:
    """As many worker processes as there are cores; with one core there are none."""

    size: int = field(default_factory=cores)
    idle: list[Worker] = field(default_factory=list)
    turns: asyncio.Semaphore = field(init=False)
    retiring: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(self.size)

    async def __aenter__(self) -> "Workers":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.size = 1
        if self.retiring is not None:
            self.retiring.cancel()
        await self._end_idle()

    async def read(self, job: Job, deliveries: Sequence[Delivery]) -> list[Unpacked]:
        """Return what deliveries mean, in order: a large batch by workers, others in a thread."""
        if self.size > 1 and len(deliveries) >= FEWEST and sum(len(d.body) for d in deliveries) >= LEAST:
            try:
                read = await _all([self._portion(job, some) for some in _portions(deliveries)])
                return [one for some in read for one in some]
            except Useless as error:
                log.warning("no workers", connector=deliveries[0].connector, why=str(error))
                self.size = 1
        return await asyncio.to_thread(_here, job, deliveries)

    async def _portion(self, job: Job, deliveries: Sequence[Delivery]) -> list[Unpacked]:
        try:
            return await self._by_worker(job, deliveries)
        except Died as died:
            log.warning("worker died", connector=deliveries[0].connector, why=str(died), deliveries=len(deliveries))
        return [await self._alone(job, delivery) for delivery in deliveries]

    async def _alone(self, job: Job, delivery: Delivery) -> Unpacked:
        """Read one delivery where it harms no other; what ends two more processes is kept for repair."""
        why = ""
        for _ in range(2):
            try:
                return (await self._by_worker(job, [delivery]))[0]
            except Died as died:
                why = str(died)
        return Unpacked(Reading(delivery, kept=f"{why}, and did so again when it was tried alone"))

    async def _by_worker(self, job: Job, deliveries: Sequence[Delivery]) -> list[Unpacked]:
        question = asked(job, deliveries)
        async with self.turns:
            worker = self.idle.pop() if self.idle else await Worker.started()
            try:
                answer = await worker.ask(question)
            except BaseException:  # cancelled too: what it would answer is for nobody
                await worker.end()
                raise
            self._rests(worker)
        return understood(deliveries, answer)

    def _rests(self, worker: Worker) -> None:
        self.idle.append(worker)
        if self.retiring is not None:
            self.retiring.cancel()
        self.retiring = asyncio.create_task(self._retire())

    async def _retire(self) -> None:
        await asyncio.sleep(IDLE_SECONDS)
        await self._end_idle()

    async def _end_idle(self) -> None:
        while self.idle:
            await self.idle.pop().end()


def _portions(deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    start = size = 0
    for at, delivery in enumerate(deliveries):
        if size and size + len(delivery.body) > PORTION:
            yield deliveries[start:at]
            start, size = at, 0
        size += len(delivery.body)
    yield deliveries[start:]


def _here(job: Job, deliveries: Sequence[Delivery]) -> list[Unpacked]:
    return [job.read(delivery) for delivery in deliveries]


async def _all(work: Sequence[Coroutine[Any, Any, list[Unpacked]]]) -> list[list[Unpacked]]:
    """Return all results in order; when one fails, the others are given up."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
