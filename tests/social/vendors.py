"""What tests that call a Bot API over real HTTP have in common."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from ingest_social.bots.account import BotAccount
from ingest_social.channels import telegram
from parts.bot_api import BotApi
from parts.loopback import free_port
from peyvand.source import Batch, PullSource
from social.accounts import private, telegram_account


def account(bot: BotApi, **fields: Any) -> telegram.Settings:
    return telegram_account(token=bot.token, base_url=bot.base_url, **{"poll_seconds": 5, **fields})


@asynccontextmanager
async def answering(body: bytes) -> AsyncIterator[telegram.Settings]:
    """Serve one answer to whatever is asked, and yield an account there."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    port = free_port()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield telegram_account(base_url=f"http://127.0.0.1:{port}/bot")


@asynccontextmanager
async def socks_proxy() -> AsyncIterator[tuple[str, list[int]]]:
    """Serve a SOCKS5 proxy (RFC 1928) for one address, and yield its URL and the ports that it was asked to reach."""
    port, reached, serving = free_port(), list[int](), list[asyncio.Task[None]]()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(cast("asyncio.Task[None]", asyncio.current_task()))
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        await reader.readexactly(4 if kind == 1 else (await reader.readexactly(1))[0])
        reached.append(int.from_bytes(await reader.readexactly(2), "big"))
        beyond, there = await asyncio.open_connection("127.0.0.1", reached[-1])
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await asyncio.gather(pipe(reader, there), pipe(beyond, writer))

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield f"socks5://127.0.0.1:{port}", reached
        await asyncio.gather(*serving)


async def batches(source: PullSource[Any], settings: BotAccount, cursor: dict[str, Any] | None = None) -> Batch:
    """Return the first batch, leaving the generator as the runner does."""
    fetched = source.fetch(settings, cursor)
    try:
        return await anext(fetched)
    finally:
        await fetched.aclose()  # type: ignore[attr-defined]


async def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.01)


def said(number: int) -> dict[str, Any]:
    update = private(f"message {number}")
    return {"message": {**update["message"], "message_id": number}}
