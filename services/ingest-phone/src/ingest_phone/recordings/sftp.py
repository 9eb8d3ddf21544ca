"""Recordings at an SFTP server (SSH File Transfer Protocol, draft-ietf-secsh-filexfer-02, as OpenSSH speaks it).

https://asyncssh.readthedocs.io/en/latest/api.html
"""

import asyncio
import posixpath
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import asyncssh
from pydantic import SecretStr

from ingest_phone.recordings.waiting import WRITTEN_SECONDS, missing
from peyvand.errors import Gone, SignInFailed, Unavailable
from peyvand.fetching import TooLarge

_PATIENCE = 20.0  # seconds to be signed in, and for each block
_GROWN_AFTER = 0.5  # seconds between two looks at a size
_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A folder at an SFTP server, and who signs in there; `host_key` is the key that the server must prove to have."""

    at: str
    user: str
    password: SecretStr | None = None
    key: Path | None = None
    host_key: str | None = None

    @property
    def host(self) -> str:
        """Return its name or address."""
        return urlsplit(self.at).hostname or ""

    @property
    def port(self) -> int:
        """Return its port."""
        return urlsplit(self.at).port or 22

    @property
    def folder(self) -> str:
        """Return the folder of recordings there."""
        return unquote(urlsplit(self.at).path) or "/"


async def bring(server: Server, path: PurePosixPath, into: BinaryIO, largest: int) -> None:
    """Copy a file of the server's folder; raises Unavailable while it may still come, Gone, TooLarge, SignInFailed."""
    async with signed_in(server) as files:
        try:
            await _copied(files, server, path, into, largest)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise missing(path) from error
        except (asyncssh.Error, TimeoutError) as error:
            raise Unavailable(f"the recording cannot be read at {server.host}: {_why(error)}") from error


async def _copied(
    files: asyncssh.SFTPClient, server: Server, path: PurePosixPath, into: BinaryIO, largest: int
) -> None:
    root = str(await files.realpath(server.folder))
    found = str(await files.realpath(posixpath.join(root, str(path))))
    if not PurePosixPath(found).is_relative_to(root):
        raise Gone("a link leads out of the folder of recordings")
    copied = 0
    async with files.open(found, "rb") as opened:
        size = (await opened.stat()).size or 0
        if size > largest:
            raise TooLarge(f"{size} bytes")
        async with asyncio.timeout(None) as patience:
            while True:
                patience.reschedule(asyncio.get_running_loop().time() + _PATIENCE)
                block = await opened.read(_BLOCK)
                assert isinstance(block, bytes)
                if not block:
                    break
                copied += len(block)
                if copied > largest:
                    raise TooLarge(f"more than {largest} bytes")
                into.write(block)
        # Its clock may not be ours: that a file does not grow is seen by looking twice.
        await asyncio.sleep(_GROWN_AFTER)
        if (await opened.stat()).size != copied:
            raise Unavailable("the recording is still being written", WRITTEN_SECONDS)


@asynccontextmanager
async def signed_in(server: Server) -> AsyncIterator[asyncssh.SFTPClient]:
    """Give the server's files; raises SignInFailed, Unavailable in words that say what to do.

    Nothing of this machine is used: no ~/.ssh, no agent, no known_hosts.
    """
    if server.host_key is None:
        raise SignInFailed(await _shown(server))
    try:
        async with asyncio.timeout(_PATIENCE):
            opened = await asyncssh.connect(
                server.host,
                server.port,
                username=server.user,
                password=server.password.get_secret_value() if server.password else None,
                client_keys=[str(server.key)] if server.key else None,
                known_hosts=([asyncssh.import_public_key(server.host_key)], [], []),
                config=None,
                agent_path=None,
                gss_auth=False,
                gss_kex=False,
                keepalive_interval=_PATIENCE,
            )
    except (asyncssh.HostKeyNotVerifiable, asyncssh.PermissionDenied) as error:
        raise SignInFailed(_refused(server, error)) from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise SignInFailed(f"`recordings_key` {server.key} is no private key that can be read: {error}") from error
    except TimeoutError as error:
        raise Unavailable(f"{server.host}:{server.port} does not answer; does a firewall stand between?") from error
    except (OSError, asyncssh.Error) as error:
        if getattr(error, "filename", None):
            raise SignInFailed(f"`recordings_key` {server.key} cannot be read: {_why(error)}") from error
        raise Unavailable(f"{server.host}:{server.port} cannot be reached by SFTP: {_why(error)}") from error
    async with opened:
        try:
            async with asyncio.timeout(_PATIENCE):
                files = await opened.start_sftp_client()
        except (asyncssh.Error, TimeoutError, OSError) as error:
            raise Unavailable(f"{server.host} lets {server.user!r} in, but not to files: {_why(error)}") from error
        async with files:
            yield files


async def require_folder(server: Server) -> None:
    """Sign in and look at the folder; raises SignInFailed, Unavailable in words."""
    async with signed_in(server) as files:
        try:
            async for _ in files.scandir(server.folder):
                break
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise Unavailable(f"there is no folder {server.folder} at {server.host}; is the path right?") from error
        except asyncssh.Error as error:
            raise Unavailable(
                f"the folder {server.folder} at {server.host} may not be read ({_why(error)}); let the user"
                f" {server.user!r} list and read it"
            ) from error


async def _shown(server: Server) -> str:
    """Return that a server's key must be named, and which it shows, so that somebody compares and copies it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            key = await asyncssh.get_server_host_key(server.host, server.port, config=None)
    except (OSError, asyncssh.Error) as error:
        raise Unavailable(f"{server.host}:{server.port} cannot be reached by SFTP: {_why(error)}") from error
    shown = key.export_public_key("openssh").decode().strip() if key else "none"
    return (
        f"`recordings_host_key` is missing: without it anybody may pretend to be {server.host}. It shows this key;"
        f" compare it with the one of /etc/ssh/ssh_host_*_key.pub there, and set it: {shown}"
    )


def _refused(server: Server, error: asyncssh.Error) -> str:
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return (
            f"{server.host} shows another key than `recordings_host_key`: somebody stands between, or it was set up"
            " anew; compare before you change it"
        )
    return (
        f"{server.host} refuses the user {server.user!r}: see `recordings_user`, and `recordings_password` or"
        " `recordings_key`, whose public half must stand in its authorized_keys"
    )


def _why(error: Exception) -> str:
    return getattr(error, "reason", "") or getattr(error, "strerror", "") or type(error).__name__
