"""A load of orders by the API for partners, from a process of its own: `orders.py PORT FIRST COUNT CALLERS`.

Each caller posts one order, waits for its answer, and posts the next. Prints a JSON object with seconds and latencies.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

import uvloop

KEY = "pk_live_LqT4vWn8RzKc2YbHsJdM"


def order(number: int) -> dict[str, object]:
    """Return what a shop tells of an order; every thousandth is of one customer."""
    bought = {"number": str(number), "total": "1250000", "currency": "IRR"}
    customer = {"phone": f"0912{1_110_000 + number % 1_000}"}
    return {"id": f"order-{number}", "type": "purchase", "customer": customer, "purchase": bought}


def request(number: int) -> bytes:
    """Return its post."""
    body = json.dumps(order(number)).encode()
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Bearer {KEY}\r\n\r\n"
    )
    return head.encode() + body


async def _call(port: int, requests: Iterator[bytes], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for one in requests:
        begun = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 201 " not in head[:15]:
            raise SystemExit(f"refused: {head[:200]!r}")
        length = next(int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:"))
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - begun)
    writer.close()


async def main(port: int, first: int, count: int, callers: int) -> None:
    """Post the orders and print what it took."""
    requests = iter([request(number) for number in range(first, first + count)])
    seconds: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_call(port, requests, seconds) for _ in range(callers)))
    took = time.perf_counter() - begun
    seconds.sort()
    print(json.dumps({"rate": count / took, "p50": seconds[count // 2], "p99": seconds[count * 99 // 100]}))


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
