"""A timeline worker and nothing else: `worker.py DATABASE_URL BOOTSTRAP PREFIX NAME [CORE]` records until SIGTERM."""

import asyncio
import os
import signal
import sys

import uvloop

from benchmarks.posts import configuration
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from timeline.consume.consumer import consuming
from timeline.store import SqlStore, open_database


async def main(url: str, bootstrap: str, prefix: str, name: str) -> None:
    """Record until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix, group=prefix, group_instance=name)
    database = await open_database(url)
    letters = KafkaPublisher(settings)
    store = SqlStore(database, configuration().organisation.id)
    async with letters.running(), consuming(settings, store, letters):
        await stop.wait()
    await database.close()


if __name__ == "__main__":
    if len(sys.argv) > 5:
        os.sched_setaffinity(0, {int(sys.argv[5])})
    uvloop.run(main(*sys.argv[1:5]))
