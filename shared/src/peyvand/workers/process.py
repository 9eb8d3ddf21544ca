"""One worker process, as its parent has it."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass

from peyvand.workers.job import LENGTH, READY, Useless, framed

START_SECONDS = 30.0
# A worker that takes longer has met something that does not end.
JOB_SECONDS = 120.0


class Died(Exception):
    """A worker ended, or had to be ended, before it answered."""


@dataclass(slots=True)
class Worker:
    """A process that reads what it is asked."""

    process: asyncio.subprocess.Process

    @classmethod
    async def started(cls) -> "Worker":
        """Return a process that is ready; raises Useless."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "peyvand.workers.reading", env=_environment(), limit=2**20,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise Useless(f"a process cannot be started: {error.strerror}") from error
        worker = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                said = await worker._answer()
        except (Died, TimeoutError) as error:
            await worker.end()
            raise Useless("a process was started and does not say that it is ready") from error
        assert said == READY
        return worker

    async def ask(self, question: bytes) -> bytes:
        """Return the answer; raises Died."""
        out = self.process.stdin
        assert out is not None
        try:
            async with asyncio.timeout(JOB_SECONDS):
                out.write(framed(question))
                await out.drain()
                return await self._answer()
        except TimeoutError as error:
            raise Died(f"reading it had no end within {JOB_SECONDS:.0f} s") from error
        except OSError as error:
            raise Died("reading it ends the process") from error

    async def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(ProcessLookupError):
            self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.process.wait()

    async def _answer(self) -> bytes:
        source = self.process.stdout
        assert source is not None
        try:
            (length,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
            return await source.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Died("reading it ends the process") from error


def _environment() -> dict[str, str]:
    """Return what a worker needs to find its code, and no more: it reads what strangers send."""
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**known, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
