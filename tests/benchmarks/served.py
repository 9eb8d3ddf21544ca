"""The product on core 0, with a note of the groups in which it commits: `served.py FOLDER` prints its port.

When its standard input closes it stops and writes the groups (delivery ids) to FOLDER/groups.json.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

import peyvand_standalone.application as application
from benchmarks.load import SECRET
from peyvand.publish import Reading
from peyvand.server import listening, serve
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.record import record
from timeline.store import SqlStore

GROUPS: list[list[str]] = []


async def noted(store: SqlStore, readings: Sequence[Reading]) -> None:
    """Record as the product does, and note the group."""
    await record(readings, store)
    GROUPS.append([str(r.delivery.id) for r in readings])


async def main(folder: Path) -> None:
    """Serve until standard input closes."""
    text = f"connectors: [{{name: form, channel: webform, secret: {SECRET}}}]"
    configuration = read_configuration(folder / "peyvand.yaml", {}, text)
    application._record = noted  # the product's own path, with a note
    listener = listening("127.0.0.1", 0)
    async with application.product(configuration, Places.of(folder, configuration.storage)) as product:
        server = asyncio.create_task(serve(product.app, listener, product.stopping))
        print(listener.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        os.kill(os.getpid(), 15)
        await server
    (folder / "groups.json").write_text(json.dumps(GROUPS))


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    uvloop.run(main(Path(sys.argv[1])))
