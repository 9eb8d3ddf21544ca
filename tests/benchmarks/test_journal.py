"""Mail that is handed over by SMTP on several connections, until it is durable: the product, and a bare file beside it.

`JOURNAL_MAILS=400 make bench` for fewer mails. The peer neither reads a mail nor stores more than its bytes.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks import filing
from benchmarks.cores import OTHERS, SERVICE, pin
from handing import acknowledged, together
from mails.generated import mails
from parts.loopback import free_port
from parts.process import Process
from peak import peak_mb
from standalone.killing import books
from standalone.running import eventually, installed

pytestmark = [pytest.mark.bench, pytest.mark.real, pytest.mark.timeout(1800)]

COUNT = int(os.environ.get("JOURNAL_MAILS", "2000"))
LINES = (1, 16)


@pytest.fixture(scope="module")
def sent() -> Mapping[str, bytes]:
    return {str(n): raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for n, raw in enumerate(mails(COUNT))}


@pytest.mark.parametrize("lines", LINES)
def test_beside_a_bare_file(tmp_path: Path, sent: Mapping[str, bytes], lines: int) -> None:
    pin(os.getpid(), OTHERS)
    bare = _bare(tmp_path, sent, lines)
    ours, peak = _ours(tmp_path, sent, lines)
    print(f"\n{lines} connections, {COUNT} mails: {ours:.0f}/s, {peak} MB; a bare file {bare:.0f}/s; {ours / bare:.2f}")


def _bare(folder: Path, sent: Mapping[str, bytes], lines: int) -> float:
    port, files = free_port(), folder / "files"
    files.mkdir()
    peer = Process([sys.executable, filing.__file__, str(port), str(files)], log=folder / "filing.log")
    try:
        peer.wait_for(port)
        pin(peer.pid, SERVICE)
        return _a_second(port, sent, lines)
    finally:
        peer.kill()


def _ours(folder: Path, sent: Mapping[str, bytes], lines: int) -> tuple[float, int]:
    port = free_port()
    configuration = (
        "organisation: {name: x, domains: [example.ir]}\n"
        f"connectors: [{{name: journal, channel: journal, port: {port}, addresses: [support@example.ir]}}]\n"
    )
    with installed(folder, configuration) as product:
        product.start()
        assert product.process is not None
        pin(product.process.pid, SERVICE)
        speed = _a_second(port, sent, lines)
        eventually(lambda: books(product)["journal"]["seen"] == COUNT, "every mail in the books")
        return speed, peak_mb(product.process.pid)


def _a_second(port: int, sent: Mapping[str, bytes], lines: int) -> float:
    """Return how many mails a second are answered 250."""
    began = time.perf_counter()
    servers = together(port, sent, lines)
    for server in servers:
        server.join()
    assert len(acknowledged(servers)) == len(sent)
    return len(sent) / (time.perf_counter() - began)
