"""mbsync (isync) fetching the same mailbox into a Maildir in memory, without fsync and without compression.

https://isync.sourceforge.io/mbsync.html
"""

import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.cores import SERVICE

CONFIGURATION = """
FSync no

IMAPStore far
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState {folder}/state-
"""


def described() -> str | None:
    """Return which mbsync there is."""
    found = shutil.which("mbsync")
    if found is None:
        return None
    return subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def synced(port: int, account: tuple[str, str], count: int) -> dict[str, float]:
    """Fetch everything, and return what it took."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        user, password = account
        file = Path(folder) / "mbsyncrc"
        file.write_text(CONFIGURATION.format(port=port, user=user, password=password, folder=folder))
        began, spent = time.perf_counter(), _spent()
        command = ["taskset", "-c", str(SERVICE), "mbsync", "--quiet", "--config", str(file), "all"]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        took = {"seconds": time.perf_counter() - began, "cpu": _spent() - spent}
        assert sum(1 for _ in (Path(folder) / "INBOX").rglob("*U=*")) == count
        return took


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
