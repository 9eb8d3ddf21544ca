"""A stand-in for FreeSWITCH's event socket: the real protocol over TCP, and dialogues that a FreeSWITCH had."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIALOGUES = Path(__file__).parents[1] / "fixtures" / "esl"
PASSWORD = "esl-7Hq2vX9s"
VERSION = "FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)\n"
GOODBYE = b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"


def dialogue(name: str) -> Any:
    """Return the events of a dialogue, in the order in which FreeSWITCH told them."""
    return json.loads((DIALOGUES / f"{name}.json").read_bytes())


def framed(kind: str, body: bytes) -> bytes:
    return f"Content-Length: {len(body)}\nContent-Type: {kind}\n\n".encode() + body


def told(event: Mapping[str, Any]) -> bytes:
    return framed("text/event-json", json.dumps(event, ensure_ascii=False).encode())


@dataclass
class EslSwitch:
    """What it tells, and what it was told. `rude`: its list of addresses does not have ours."""

    events: list[bytes] = field(default_factory=list)
    dumps: dict[str, Any] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    rude: bool = False
    mute: bool = False
    closes: bool = False
    denies: str = ""
    piece: int = 1 << 20
    heard: list[str] = field(default_factory=list)
    at: str = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.rude:
            writer.write(framed("text/rude-rejection", b"Access Denied, go away.\n"))
            await writer.drain()
            return
        writer.write(b"Content-Type: auth/request\n\n")
        while not self.mute or not self.heard:
            command = (await reader.readuntil(b"\n\n")).decode().strip()
            self.heard.append(command)
            answer = self._answer(command)
            for at in range(0, len(answer), self.piece):
                writer.write(answer[at : at + self.piece])
                await writer.drain()
                await asyncio.sleep(0)
            if (self.closes and command.startswith("event")) or b"goodbye" in answer:
                return
        await reader.read()

    def _answer(self, command: str) -> bytes:
        verb, _, rest = command.partition(" ")
        if self.denies and command.startswith(self.denies):
            return b"Content-Type: command/reply\nReply-Text: -ERR permission denied\n\n"
        match verb, rest:
            case "userauth", given if given == f"peyvand@pbx.example.ir:{PASSWORD}":
                return b"Content-Type: command/reply\nReply-Text: +OK accepted\nAllowed-Events: all\n\n"
            case "auth", given if given == PASSWORD:
                return b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
            case "auth" | "userauth", _:
                refused = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
                return refused + framed("text/disconnect-notice", GOODBYE)
            case "event", _:
                return b"".join(
                    [b"Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n", *self.events]
                )
            case "api", "version":
                return framed("api/response", VERSION.encode())
            case "api", "show channels as json":
                rows = [{"uuid": uuid, "direction": "inbound"} for uuid in self.running]
                return framed("api/response", json.dumps({"row_count": len(rows), "rows": rows}).encode())
            case "api", asked if asked.startswith("uuid_dump "):
                dump = self.dumps.get(asked.split()[1])
                return framed("api/response", json.dumps(dump).encode() if dump else b"-ERR No such channel!\n")
            case _:
                return framed("api/response", b"0 years, 3 days\n")


@asynccontextmanager
async def switch(**fields: Any) -> AsyncIterator[EslSwitch]:
    """Give a switch that listens on a port of its own, and end it."""
    it = EslSwitch(**fields)
    server = await asyncio.start_server(it._serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    it.at = f"{host}:{port}"
    try:
        yield it
    finally:
        server.close()
