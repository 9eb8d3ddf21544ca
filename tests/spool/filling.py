"""A process whose disk fills and is freed: it says in JSON what became of what it published meanwhile.

python filling.py <folder>
"""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from peyvand.errors import Unavailable
from peyvand.spool import SpooledPublisher
from spool.numbered import Bus, is_empty, numbers, reading, spooled


def limit(size: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


async def outcome(publisher: SpooledPublisher, number: int) -> str:
    try:
        await publisher.publish([reading(number, os.urandom(3000))])
    except Unavailable as error:
        return f"{error}"
    return "taken"


async def run(folder: Path) -> dict[str, Any]:
    bus = Bus(away=True)
    async with spooled(bus, folder).running() as publisher:
        said: dict[str, Any] = {"room": await outcome(publisher, 1)}
        limit(next(folder.glob("*.spool")).stat().st_size + 1000)  # half a record still fits
        said["half"] = await asyncio.gather(*(outcome(publisher, n) for n in (2, 3)))
        limit(0)
        said["full"] = [await outcome(publisher, 4), await publisher.ready()]
        limit(resource.RLIM_INFINITY)
        said["freed"] = [await publisher.ready(), await outcome(publisher, 5)]
        bus.away = False
        await is_empty(publisher)
        said["arrived"] = numbers(bus.readings)
    return said


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
