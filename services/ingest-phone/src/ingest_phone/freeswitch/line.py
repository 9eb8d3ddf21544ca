"""A connection to FreeSWITCH's event socket: signing in, asking, hearing; everything else is pure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingest_phone.freeswitch.frames import Frames, Message, NotEsl
from ingest_phone.freeswitch.settings import Settings
from peyvand.errors import SignInFailed, Unavailable

_PATIENCE = 10.0  # seconds for an answer
_PIECE = 256 * 1024


class Line:
    """An open connection."""

    def __init__(self, at: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at = at
        self._reader, self._writer = reader, writer
        self._frames = Frames()
        self._waiting: list[Message] = []

    async def hear(self, seconds: float) -> list[Message]:
        """Return what has come, at least one message, or nothing when all was silent so long; raises Unavailable."""
        heard, self._waiting = self._waiting, []
        if heard:
            return heard
        try:
            async with asyncio.timeout(seconds):
                while not heard:
                    received = await self._reader.read(_PIECE)
                    if not received:
                        half = " in the middle of an event" if self._frames.begun else ""
                        raise Unavailable(f"FreeSWITCH at {self.at} closed the connection{half}")
                    heard = self._frames.feed(received)
        except TimeoutError:
            return []
        except NotEsl as error:
            raise self.strange(str(error)) from error
        except OSError as error:
            raise Unavailable(f"the connection to {self.at} broke: {error.strerror or type(error).__name__}") from error
        return heard

    async def one(self) -> Message:
        """Return the next message; raises Unavailable when none comes."""
        heard = await self.hear(_PATIENCE)
        if not heard:
            raise self.strange("it says nothing")
        self._waiting = heard[1:]
        return heard[0]

    def say(self, *commands: str) -> None:
        """Send commands; what they answer comes in their order."""
        for command in commands:
            self._writer.write(f"{command}\n\n".encode())

    async def ask(self, command: str) -> Message:
        """Return what FreeSWITCH answers to a command before any event was asked for; raises Unavailable."""
        self.say(command)
        return await self.one()

    def denied(self, reply: str) -> Unavailable:
        """Return that a command is not allowed."""
        return Unavailable(
            f"FreeSWITCH at {self.at} denies what it is asked ({reply}); esl-allowed-events and esl-allowed-api of the"
            " user must have what docs/channels/freeswitch.md names"
        )

    def strange(self, why: str) -> Unavailable:
        """Return that something else listens there."""
        return Unavailable(
            f"what listens at {self.at} is not FreeSWITCH's event socket: {why}."
            " Are host and port those of event_socket.conf.xml (listen-port, 8021)?"
        )


@asynccontextmanager
async def signed_in(settings: Settings) -> AsyncIterator[Line]:
    """Give a connection that signed in, and close it; raises SignInFailed, Unavailable in words that say what to do."""
    assert settings.esl is not None
    assert settings.password is not None
    at, password = settings.esl, settings.password.get_secret_value()
    host, _, port = at.rpartition(":")
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except TimeoutError as error:
        raise _unreached(at, "nobody answers; does a firewall stand between?") from error
    except OSError as error:
        raise _unreached(at, error.strerror or type(error).__name__) from error
    line = Line(at, reader, writer)
    try:
        await _sign_in(line, settings.esl_user, password)
        yield line
    finally:
        writer.close()


async def _sign_in(line: Line, user: str | None, password: str) -> None:
    greeting = await line.one()
    if greeting.kind == "text/rude-rejection":
        raise SignInFailed(
            f"FreeSWITCH at {line.at} turns this machine away; add its address to the list that apply-inbound-acl in"
            " event_socket.conf.xml names (acl.conf.xml), then reloadacl"
        )
    if greeting.kind != "auth/request":
        raise line.strange(f"it greets with {greeting.kind!r}")
    answer = await line.ask(f"userauth {user}:{password}" if user else f"auth {password}")
    if not answer.reply.startswith("+OK"):
        where = f"esl-password of the user {user} in its directory" if user else "`password` in event_socket.conf.xml"
        raise SignInFailed(f"FreeSWITCH at {line.at} refuses the password; it is {where}")


def _unreached(at: str, why: str) -> Unavailable:
    return Unavailable(
        f"FreeSWITCH's event socket at {at} cannot be reached: {why}."
        " Is mod_event_socket loaded, and does it listen at an address of that network (listen-ip)?"
    )
