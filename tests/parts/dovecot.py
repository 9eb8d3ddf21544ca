"""A real IMAP server: Dovecot with Maildir in a temporary folder, its users made on demand."""

import grp
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from parts.loopback import HOST, free_port, wait_until
from parts.missing import Missing
from parts.process import Process, account, is_root

# Where Debian keeps it; a user's PATH often has no sbin.
SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))

CONFIGURATION = """
protocols = imap
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
imap_idle_notify_interval = 30s
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
  mailbox Junk {{
    auto = subscribe
    special_use = \\Junk
  }}
}}
"""


class Dovecot:
    """One IMAP server at host:port, without TLS, that keeps its mail over stop() and start()."""

    host = HOST

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.more = more
        self.port = free_port()
        self._owner = account("vmail", "nobody")
        self._process: Process | None = None
        self._configure()

    def start(self) -> None:
        self._process = Process([_program(), "-F", "-c", self.folder / "dovecot.conf"], log=self.folder / "output.log")
        wait_until(self._greets, "Dovecot's greeting")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()  # asked politely it takes a second; its mail is files, and safe
            self._process = None

    def user(self, name: str) -> tuple[str, str]:
        """Make a user and return its name and password."""
        password = f"{name}-password"
        with (self.folder / "users").open("a") as users:
            users.write(f"{name}:{{PLAIN}}{password}\n")
        for folder in ("INBOX", "Sent"):
            self._maildir(name, folder)
        return name, password

    def deliver(self, user: str, folder: str, message: bytes) -> None:
        """Put a message into a folder as a delivery agent does; a client that idles is told."""
        maildir, name = self._maildir(user, folder), f"{uuid.uuid4().hex}.{HOST}"
        arriving = maildir / "tmp" / name
        arriving.write_bytes(message.replace(b"\r\n", b"\n"))
        self._hand_over(arriving)
        arriving.rename(maildir / "new" / name)

    def fill(self, user: str, folder: str, messages: Iterable[bytes]) -> None:
        """Put many messages into a folder at once, in their order, before anybody looks."""
        maildir = self._maildir(user, folder)
        for number, message in enumerate(messages, 1):
            path = maildir / "cur" / f"{number:010}.{HOST}:2,"
            path.write_bytes(message)
            self._hand_over(path)

    def rename(self, user: str, folder: str, name: str) -> None:
        """Give a folder another name, as another client does."""
        with suppress(FileNotFoundError):
            self._maildir(user, folder).rename(self.folder / "mail" / user / f".{name}")

    def remove(self, user: str, folder: str) -> None:
        """Remove a folder with all its mail, as another client does."""
        gone = self.folder / f"removed-{uuid.uuid4().hex}"  # the server may still write into it
        self._maildir(user, folder).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def kill_sessions(self) -> None:
        """Cut every client's connection; the server goes on."""
        killed = self._sessions()
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        wait_until(lambda: not set(killed) & set(self._sessions()), "the end of every IMAP session")
        # A session killed while it wrote leaves its lock, which the server would respect for two minutes.
        for lock in (self.folder / "mail").rglob("dovecot-uidlist.lock"):
            lock.unlink(missing_ok=True)

    def renew_uidvalidity(self, user: str, folder: str) -> None:
        """Make every UID of a folder worthless, as a server does that was restored from a backup."""
        maildir = self._maildir(user, folder)
        self.kill_sessions()
        uids = maildir / "dovecot-uidlist"
        version, validity, *rest = uids.read_text().splitlines()[0].split()
        uids.write_text(" ".join((version, f"V{int(validity.removeprefix('V')) + 1}", "N1", *rest[1:])) + "\n")
        for index in maildir.glob("dovecot.index*"):
            index.unlink()

    def _greets(self) -> bool:
        # A connection that is cut before its greeting can leave the next one without: so this one waits for it.
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=2) as connection:
            return connection.recv(1024).startswith(b"* OK")
        return False

    def _sessions(self) -> list[int]:
        children = self._process.children() if self._process else []
        return [pid for pid in children if _name_of(pid) == "imap"]

    def _maildir(self, user: str, folder: str) -> Path:
        root = self.folder / "mail" / user
        maildir = root if folder == "INBOX" else root / f".{folder.replace('/', '.')}"
        for room in (root, maildir, *(maildir / name for name in ("cur", "new", "tmp"))):
            if not room.exists():
                room.mkdir(parents=True)
                self._hand_over(room)
        return maildir

    def _configure(self) -> None:
        us, group = self._owner, _group(self._owner.gid)
        internal, login = ("dovecot", "dovenull") if is_root() else (us.name, us.name)
        self.folder.chmod(0o755)  # Dovecot's own users have to pass through
        for room in ("mail", "home", "state"):
            (self.folder / room).mkdir()
            self._hand_over(self.folder / room)
        (self.folder / "users").touch()
        text = CONFIGURATION.format(
            host=HOST,
            folder=self.folder,
            port=self.port,
            internal=internal,
            login=login,
            uid=us.uid,
            gid=us.gid,
            group="dovecot" if is_root() else group,
        )
        (self.folder / "dovecot.conf").write_text(text + self.more)

    def _hand_over(self, path: Path) -> None:
        os.chown(path, self._owner.uid, self._owner.gid)


def describe() -> str:
    """Return which Dovecot the tests use, or why there is none."""
    try:
        return f"Dovecot {_version()}"
    except Missing as missing:
        return f"not run: {missing}"


@contextmanager
def dovecot(more: str = "") -> Iterator[Dovecot]:
    """Yield a running server, configured further by `more`.

    Raises Missing when there is no Dovecot of the series that we can configure.
    """
    version = _version()
    if not version.startswith("2.3."):
        raise Missing(f"Dovecot {version} reads another configuration than the 2.3 that the tests write")
    with tempfile.TemporaryDirectory(prefix="peyvand-dovecot-", ignore_cleanup_errors=True) as name:
        server = Dovecot(Path(name), more)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _program() -> str:
    found = shutil.which("dovecot", path=SBIN)
    if found is None:
        raise Missing("no Dovecot: on Debian and Ubuntu, apt install dovecot-imapd")
    return found


def _version() -> str:
    return subprocess.run([_program(), "--version"], capture_output=True, text=True, check=True).stdout.split()[0]


def _name_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _group(gid: int) -> str:

    return grp.getgrgid(gid).gr_name
