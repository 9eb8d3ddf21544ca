"""A stand-in for Asterisk's manager: the real protocol over TCP, and what it tells of calls in its own layout."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest_phone.channels.asterisk import LIVE
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.source import Arrival

DIALOGUES = Path(__file__).parents[1] / "fixtures" / "ami"
SECRET, CHALLENGE = "ami-5Kd81mQz", "159770142"


def dialogue(name: str) -> bytes:
    """Return what the manager tells of some calls."""
    return (DIALOGUES / f"{name}.txt").read_bytes()


@dataclass
class Switchboard:
    """What it tells once somebody listens, and what it was asked. `deaf`: the user may read no events."""

    tells: bytes = b""
    running: bytes = b""
    banner: bytes = b"Asterisk Call Manager/9.0.0\r\n"
    deaf: bool = False
    lists: bool = True
    mute: bool = False
    closes: bool = False
    piece: int = 1 << 20
    asked: list[str] = field(default_factory=list)
    at: str = ""
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def tell(self, said: bytes) -> None:
        """Tell all who listen now."""
        for writer in self._writers:
            writer.write(said)
            await writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.banner)
        while not self.mute:
            text = (await reader.readuntil(b"\r\n\r\n")).decode()
            asked = dict(line.split(": ", 1) for line in text.strip().split("\r\n"))
            self.asked.append(asked["Action"])
            answer = self._answer(asked)
            for at in range(0, len(answer), self.piece):
                writer.write(answer[at : at + self.piece])
                await writer.drain()
                await asyncio.sleep(0)
            if asked["Action"] == "Events":
                self._writers.append(writer)
                if self.closes:
                    return
        await reader.read()

    def _answer(self, asked: dict[str, str]) -> bytes:
        def said(response: str, *more: str) -> bytes:
            lines = (f"Response: {response}", f"ActionID: {asked['ActionID']}", *more)
            return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"

        match asked["Action"]:
            case "Challenge":
                return said("Success", f"Challenge: {CHALLENGE}")
            case "Login":
                key = hashlib.md5(f"{CHALLENGE}{SECRET}".encode(), usedforsecurity=False).hexdigest()
                if (asked["Username"], asked["Key"]) != ("peyvand", key):
                    return said("Error", "Message: Authentication failed")
                return said("Success", "Message: Authentication accepted") + b"Event: FullyBooted\r\nUptime: 9\r\n\r\n"
            case "Events":
                return said("Success", f"Events: {'Off' if self.deaf else 'On'}") + self.tells
            case "CoreSettings" if self.lists:
                return said("Success", "AMIversion: 9.0.0", "AsteriskVersion: 20.9.3")
            case "CoreShowChannels" if self.lists:
                begun = said("Success", "EventList: start", "Message: Channels will follow")
                return begun + self.running + b"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\n\r\n"
            case "Ping":
                return said("Success", "Ping: Pong")
            case _:
                return said("Error", "Message: Permission denied")


@asynccontextmanager
async def switchboard(**fields: Any) -> AsyncIterator[Switchboard]:
    """Give a switchboard that listens on a port of its own, and end it."""
    it = Switchboard(**fields)
    server = await asyncio.start_server(it._serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    it.at = f"{host}:{port}"
    try:
        yield it
    finally:
        server.close()


def settings(at: str, **more: Any) -> Settings:
    return Settings.model_validate({"ami": at, "password": SECRET, **more})


async def take(at: str, found: list[Arrival], most: int = 1000, seconds: float = 5) -> None:
    """Gather what is heard until there is so much of it, or nothing more comes; what breaks is raised."""
    batches = LIVE.fetch(settings(at), None)
    try:
        async with asyncio.timeout(seconds):
            async for batch in batches:
                found.extend(batch.arrivals)
                if len(found) >= most:
                    return
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
