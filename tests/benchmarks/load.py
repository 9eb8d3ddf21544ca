"""A load of signed webhooks over real HTTP, from a process and a core of its own.

Run as a script: `load.py PORT REQUESTS CONNECTIONS [RATE]`; prints a JSON object with seconds and latencies. Without a
rate each connection sends as soon as it was answered; with one (requests a second) each request has its moment, and its
latency counts from then, so that waiting for a slow answer counts too.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from uuid import UUID

import uvloop
from pydantic import SecretStr

from peyvand.signature import sign_standard_webhooks

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBiZW5jaG1hcms="
PERSIAN = "سلام، سفارش شمارهٔ {n} هنوز به دستم نرسیده. لطفاً پیگیری کنید و خبر بدهید. "


def request(number: int, stamp: int) -> bytes:
    """Return one signed post; every eighth comes from somebody who has not written before."""
    person = number // 8 if number % 8 == 0 else number % 500
    body = json.dumps(
        {"name": f"مشتری {person}", "phone": f"0912{person % 10_000_000:07d}", "email": f"p{person}@mail.test",
         "message": PERSIAN.format(n=number) * 4},
        ensure_ascii=False,
    ).encode()  # fmt: skip
    sent = str(UUID(int=number))
    signature = sign_standard_webhooks(sent, stamp, body, SecretStr(SECRET))
    head = (
        f"POST /webhooks/form HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nwebhook-id: {sent}\r\nwebhook-timestamp: {stamp}\r\n"
        f"webhook-signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


async def _connection(port: int, requests: Iterator[tuple[float, bytes]], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for due, one in requests:
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        begun = due or time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:15]:
            raise SystemExit(f"refused: {head[:200]!r}")
        length = next(int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:"))
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - begun)
    writer.close()


async def main(port: int, count: int, connections: int, rate: float = 0) -> None:
    """Send the load and print what it took."""
    stamp = int(time.time())
    made = [request(n, stamp) for n in range(count)]
    seconds: list[float] = []
    begun = time.perf_counter()
    requests = iter([(begun + n / rate if rate else 0.0, one) for n, one in enumerate(made)])
    await asyncio.gather(*(_connection(port, requests, seconds) for _ in range(connections)))
    took = time.perf_counter() - begun
    seconds.sort()
    print(json.dumps({"seconds": took, "p50": seconds[len(seconds) // 2], "p99": seconds[len(seconds) * 99 // 100]}))


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *map(float, sys.argv[4:])))
