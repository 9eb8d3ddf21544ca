"""An SFTP server on loopback that does what a test says: asyncssh's own, which speaks the real protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

PASSWORD = "the-word"


@dataclass
class Here:
    """Where it listens, what it proves to be, and how many signed in; `cut_after` bytes it hangs up."""

    folder: Path
    port: int = 0
    host_key: str = ""
    sign_ins: int = 0
    cut_after: int | None = None
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    @property
    def at(self) -> str:
        return f"sftp://127.0.0.1:{self.port}/monitor"


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], here: Here) -> None:
        self.here = here
        super().__init__(channel, chroot=str(here.folder).encode())

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        if self.here.cut_after is not None and offset >= self.here.cut_after:
            self.here.connections[-1].abort()
        return super().read(file_obj, offset, size)  # type: ignore[return-value]


class _Door(asyncssh.SSHServer):
    def __init__(self, here: Here, public: asyncssh.SSHKey) -> None:
        self.here, self.public = here, public

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.here.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self._counted(username == "peyvand" and password == PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._counted(username == "peyvand" and key.public_data == self.public.public_data)

    def _counted(self, right: bool) -> bool:
        self.here.sign_ins += right
        return right


@asynccontextmanager
async def sftp_server(folder: Path, key: Path) -> AsyncIterator[Here]:
    """Serve a folder; `key` is where the private key of the one who may sign in is written."""
    here = Here(folder)
    own_key, their_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    their_key.write_private_key(str(key))
    here.host_key = own_key.export_public_key("openssh").decode().strip()
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: _Door(here, their_key),
        server_host_keys=[own_key],
        sftp_factory=lambda channel: _Files(channel, here),
        gss_host=None,
    )
    here.port = listener.get_port()
    try:
        yield here
    finally:
        listener.close()
        for connection in here.connections:
            connection.abort()
        await listener.wait_closed()
