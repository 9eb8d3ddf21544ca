"""What a webhook costs at least, in the same framework: `bare.py MODE BOOTSTRAP PREFIX COUNT` prints its port.

`discard` reads the body and answers; `publish` publishes the records that the product makes of the load's posts, made
beforehand, with the product's producer and nothing around it, and answers when both are acknowledged.
"""

import asyncio
import itertools
import os
import sys
import time
from contextlib import suppress

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.cores import SERVICE
from benchmarks.posts import readings
from peyvand.kafka.producing import producer
from peyvand.kafka.settings import KafkaSettings
from peyvand.server import listening, serve
from peyvand.wire import records


async def discard(request: Request) -> Response:
    """Answer."""
    await request.body()
    return Response(b"")


async def main(mode: str, bootstrap: str, prefix: str, count: int) -> None:
    """Serve until standard input closes."""
    settings = KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix)
    sending = producer(settings)
    await sending.start()
    made = itertools.cycle([records(r) for r in readings(count, int(time.time()))])

    async def publish(request: Request) -> Response:
        await request.body()
        sent = [
            await sending.send(prefix + topic, value, key, headers=list(headers))
            for topic, key, value, headers in next(made)
        ]
        for one in sent:
            await one
        return Response(b"")

    endpoint = publish if mode == "publish" else discard
    listener = listening("127.0.0.1", 0)
    app = Starlette(routes=[Route("/webhooks/form", endpoint, methods=["POST"])])
    server = asyncio.create_task(serve(app, listener, asyncio.Event()))
    print(listener.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.cancel()
    with suppress(asyncio.CancelledError):
        await server
    await sending.stop()


if __name__ == "__main__":
    os.sched_setaffinity(0, {SERVICE})
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
