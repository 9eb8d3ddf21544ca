"""A mailbox fetched by the connector, without what comes after: run as a process of its own, prints what it took.

`python -m benchmarks.downloading PORT USER PASSWORD COUNT`
"""

import asyncio
import json
import sys
import time

from ingest_email.channels import imap
from ingest_email.imap.settings import Settings
from peak import peak_mb


async def downloaded(account: Settings, count: int) -> int:
    """Return how many bytes came with so many mails."""
    came = size = 0
    async for batch in imap.SOURCE.fetch(account, None):
        came += len(batch.arrivals)
        size += sum(len(arrival.body) for arrival in batch.arrivals)
        if came >= count:
            return size
    raise AssertionError("it has no end")


def main(port: str, user: str, password: str, count: str) -> None:
    account = Settings(host="127.0.0.1", port=int(port), username=user, password=password, tls="none")
    began, spent = time.perf_counter(), time.process_time()
    size = asyncio.run(downloaded(account, int(count)))
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    peak = peak_mb()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "bytes": size, "peak_mb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
