"""Importing any module of ours reads no environment and opens nothing."""

import subprocess
import sys

from architecture.packages import SOURCES, modules

# Runs in a process of its own. What other people's packages do while they are imported is theirs to answer for.
PROBE = """
import builtins, importlib, io, os, socket, sqlite3, subprocess, sys

wanted = sys.argv[1:]
ours = {name.partition(".")[0] for name in wanted}
frame_of = sys._getframe
def is_ours():
    frame = frame_of(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in ours:
            return module
        if module not in {"os", "collections.abc", "pathlib", "io", "__main__"}:
            return None
        frame = frame.f_back

touched = []
def refuse(what, original):
    def instead(*args, **kwargs):
        # The time zones' database is a table of constants, even if it lies in files.
        constant = isinstance(args[0], (str, bytes, os.PathLike)) and "zoneinfo" in str(args[0])
        if not constant and (module := is_ours()) is not None:
            touched.append(f"{module} {what} while it is imported")
        return original(*args, **kwargs)
    return instead

environ = type(os.environ)
environ.__getitem__ = refuse("reads the environment", environ.__getitem__)
environ.__contains__ = refuse("reads the environment", environ.__contains__)
environ.__iter__ = refuse("reads the environment", environ.__iter__)
os.environ.clear()
builtins.open = io.open = refuse("opens a file", builtins.open)
socket.socket.connect = refuse("opens a connection", socket.socket.connect)
socket.socket.bind = refuse("opens a port", socket.socket.bind)
sqlite3.connect = refuse("opens a database", sqlite3.connect)
subprocess.Popen.__init__ = refuse("starts a process", subprocess.Popen.__init__)

for name in wanted:
    importlib.import_module(name)
sys.exit("\\n".join(sorted(set(touched))) or None)
"""


def test_importing_touches_nothing() -> None:
    names = [name for package in SOURCES for name in modules(package)]
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, *names], capture_output=True, text=True, check=False, timeout=90
    )
    assert probe.stderr == ""
    assert probe.returncode == 0
