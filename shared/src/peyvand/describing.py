"""Noting what each connector can know, for those who read: a connector's settings are its own service's."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from peyvand.back_off import BackOff
from peyvand.cursors import Cursors, Nature
from peyvand.errors import Unavailable
from peyvand.source import ListenSource, PullSource, Source


def nature_of(source: Source, settings: object) -> Nature:
    """Return what a connector can know by its source and settings; only one that asks can come too late."""
    if isinstance(source, ListenSource):
        return Nature()
    return Nature(source.sees_outbound(settings), source.keeps if isinstance(source, PullSource) else None)


@dataclass(slots=True)
class Describing:
    """The connectors of a process, noted once when the database answers."""

    natures: Mapping[str, Nature]
    cursors: Cursors
    back_off: BackOff = field(default_factory=BackOff)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    failures: int = 0

    @property
    def connector(self) -> str:
        """Return whom it is about."""
        return ", ".join(self.natures)

    async def run(self) -> None:
        """Note everything, then rest until cancelled."""
        while True:
            try:
                for name, nature in self.natures.items():
                    await self.cursors.described(name, nature)
                break
            except Unavailable:
                self.failures += 1
            await self.sleep(self.back_off.of_ours(self.failures))
        await asyncio.Event().wait()
