"""Waiting for news (RFC 2177) in a way that notices a dead connection.

imapclient's idle_check() returns an empty list at once, for ever, when the server is gone (mjs/imapclient #565), and
its idle() fails when news comes before the server's "+"; so imaplib's own line reader is used beneath it.
"""

import imaplib
import select
import ssl
import time
from typing import Any

# RFC 2177 asks to begin anew every 29 minutes; many routers forget a silent connection sooner.
LONGEST = 9 * 60.0


def wait_for_news(imap: Any, seconds: float, read_timeout: float) -> bool:
    """Wait in IDLE until mail arrived (True) or the time is over; raises abort or OSError when the line is dead."""
    deadline = time.monotonic() + min(seconds, LONGEST)
    tag = _begin(imap)
    news = "EXISTS" in imap.untagged_responses
    while not news and (left := deadline - time.monotonic()) > 0:
        if _line_is_there(imap, left, read_timeout):
            news = _is_news(imap._get_line().upper())
    imap.send(b"DONE\r\n")
    imap._command_complete("IDLE", tag)
    return news


def _begin(imap: Any) -> Any:
    tag = imap._command("IDLE")
    while imap._get_response() is not None:  # None is the "+"; news may come before it
        if imap.tagged_commands.get(tag):
            kind, said = imap.tagged_commands.pop(tag)
            raise imaplib.IMAP4.error(f"IDLE was refused: {kind} {said}")
    return tag


def _line_is_there(imap: Any, seconds: float, read_timeout: float) -> bool:
    """Return whether a line can be read; what imaplib has buffered is invisible to poll, so it is looked at first."""
    sock = imap.socket()
    if _peeked(imap, sock, read_timeout):
        return True
    poller = select.poll()
    poller.register(sock.fileno(), select.POLLIN)
    if not poller.poll(seconds * 1000):
        return False
    seen = _peeked(imap, sock, read_timeout)
    if seen == b"" or (seen is None and not isinstance(sock, ssl.SSLSocket)):
        raise imaplib.IMAP4.abort("the connection ended while waiting")
    return bool(seen)


def _peeked(imap: Any, sock: Any, read_timeout: float) -> bytes | None:
    """Return what lies ready without waiting: None when nothing does, b"" when a TLS connection has ended."""
    sock.setblocking(False)
    try:
        seen: bytes = imap._file.peek(1) if hasattr(imap, "_file") else imap.file.peek(1)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        sock.settimeout(read_timeout)
    return seen if seen or isinstance(sock, ssl.SSLSocket) else None


def _is_news(line: bytes) -> bool:
    if line.startswith(b"* BYE"):
        raise imaplib.IMAP4.abort(f"the server said goodbye: {line[5:].decode('latin-1')}")
    return line.startswith(b"* ") and line.endswith(b" EXISTS")
