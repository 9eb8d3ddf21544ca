"""A line of 30 ms there and back: whatever is said is heard half of that later, in order, however much it is.

`python -m benchmarks.delaying PORT MILLISECONDS` prints the port at which it listens.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delayed:
    """A server as it is far away."""

    port: int
    seconds: float

    async def serve(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def _accept(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(ConnectionError):
            await asyncio.gather(self._pass(client, writer), self._pass(reader, answer))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        loop, due = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def deliver() -> None:
            while True:
                at, some = await due.get()
                await asyncio.sleep(max(0.0, at - loop.time()))
                if not some:
                    target.close()
                    return
                target.write(some)
                await target.drain()

        delivering = asyncio.create_task(deliver())
        while some := await source.read(1 << 18):
            due.put_nowait((loop.time() + self.seconds, some))
        due.put_nowait((loop.time() + self.seconds, b""))
        await delivering


if __name__ == "__main__":
    asyncio.run(Delayed(int(sys.argv[1]), float(sys.argv[2]) / 2000).serve())
