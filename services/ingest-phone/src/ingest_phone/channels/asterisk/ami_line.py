"""A connection to Asterisk's manager interface: signing in, asking, hearing; everything else is pure."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingest_phone.channels.asterisk.ami_frames import Frames, Message, NotAmi
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.errors import SignInFailed, Unavailable

_PATIENCE = 10.0  # seconds for an answer
_PIECE = 256 * 1024


class Line:
    """An open connection."""

    def __init__(self, at: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at = at
        self._reader, self._writer = reader, writer
        self._frames = Frames()
        self._heard: list[Message] = []  # while an answer was waited for

    async def hear(self, seconds: float) -> list[Message]:
        """Return what has come, at least one message, or nothing when all was silent so long; raises Unavailable."""
        heard, self._heard = self._heard, []
        try:
            async with asyncio.timeout(seconds):
                while not heard:
                    heard = await self._read()
        except TimeoutError:
            return []
        return heard

    async def ask(self, action: str, **headers: str) -> Message:
        """Return what Asterisk answers to an action; raises Unavailable."""
        number = self.say(action, **headers)
        heard: list[Message] = []
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    heard += await self.hear(_PATIENCE)
                    answer = next((m for m in heard if m.get("actionid") == number and "response" in m), None)
                    if answer is not None:
                        self._heard = [m for m in heard if m is not answer]
                        return answer
        except TimeoutError as error:
            raise Unavailable(f"Asterisk at {self.at} does not answer") from error

    def say(self, action: str, **headers: str) -> str:
        """Send an action, and return the number by which its answer is known."""
        number = secrets.token_hex(4)
        told = {"Action": action, "ActionID": number, **headers}
        lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in told.items())
        self._writer.write(f"{lines}\r\n".encode())
        return number

    async def _read(self) -> list[Message]:
        try:
            received = await self._reader.read(_PIECE)
            if received:
                return self._frames.feed(received)
        except NotAmi as error:
            raise Unavailable(
                f"what listens at {self.at} is not Asterisk's manager interface: {error}."
                " Are host and port those of manager.conf (bindaddr, port = 5038)?"
            ) from error
        except OSError as error:
            raise Unavailable(f"the connection to {self.at} broke: {error.strerror or type(error).__name__}") from error
        half = " in the middle of a message" if self._frames.begun else ""
        raise Unavailable(f"Asterisk at {self.at} closed the connection{half}")


@asynccontextmanager
async def signed_in(settings: Settings) -> AsyncIterator[Line]:
    """Give a connection that signed in, and close it; raises SignInFailed, Unavailable in words that say what to do."""
    assert settings.ami is not None
    assert settings.password is not None
    host, _, port = settings.ami.rpartition(":")
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except TimeoutError as error:
        raise _unreached(settings.ami, "nobody answers; does a firewall stand between?") from error
    except OSError as error:
        raise _unreached(settings.ami, error.strerror or type(error).__name__) from error
    line = Line(settings.ami, reader, writer)
    try:
        await _sign_in(line, settings.user, settings.password.get_secret_value())
        yield line
    finally:
        writer.close()


async def _sign_in(line: Line, user: str, password: str) -> None:
    """Sign in by a challenge, so that the secret itself is never sent."""
    asked = await line.ask("Challenge", AuthType="MD5")
    challenge = asked.get("challenge", "")
    if asked.get("response") != "Success" or not challenge:
        raise SignInFailed(f"Asterisk at {line.at} gives no challenge: {asked.get('message', 'no reason is said')}")
    key = hashlib.md5(f"{challenge}{password}".encode(), usedforsecurity=False).hexdigest()
    answer = await line.ask("Login", AuthType="MD5", Username=user, Key=key, Events="off")
    if answer.get("response") != "Success":
        raise SignInFailed(
            f"Asterisk at {line.at} refuses user {user!r} ({answer.get('message', 'no reason is said')}): see [{user}],"
            " its secret, deny and permit in manager.conf, then `manager reload`"
        )


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")


def _unreached(at: str, why: str) -> Unavailable:
    return Unavailable(
        f"Asterisk's manager interface at {at} cannot be reached: {why}."
        " Does manager.conf say enabled = yes, and bindaddr an address of that network?"
    )
