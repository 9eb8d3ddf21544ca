"""The sample deliveries, as their sources hand them over, with times written out relative to now."""

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable

import orjson

from peyvand_standalone.demo.clock import timed

SAMPLES = files("peyvand_standalone.demo") / "samples"
# Mails whose names begin so arrive after the start.
LATER = "9"


def mails(now: datetime, *, later: bool = False) -> Iterator[bytes]:
    """Yield each mail as a mail server would hand it over: headers encoded, lines ended by CRLF."""
    for file in _sorted(SAMPLES / "mail"):
        if file.name.startswith(LATER) == later:
            yield _on_the_wire(timed(file.read_text("utf-8"), now))


def calls(now: datetime, *, later: bool = False) -> Iterator[str]:
    """Yield each row of the call log."""
    name = "later.csv" if later else "Master.csv"
    yield from timed((SAMPLES / "calls" / name).read_text("utf-8"), now).splitlines(keepends=True)


def updates(now: datetime, *, later: bool = False) -> Iterator[bytes]:
    """Yield each update of the Telegram bot as its webhook's body."""
    return _lines("telegram/later.jsonl" if later else "telegram/updates.jsonl", now)


def signed_forms(now: datetime) -> Iterator[bytes]:
    """Yield each form that the website's server signs and posts as JSON."""
    return _lines("forms/signed.jsonl", now)


def browser_forms(now: datetime, *, later: bool = False) -> Iterator[list[tuple[str, str]]]:
    """Yield the fields of each form that a visitor's browser posts."""
    for line in _lines("forms/later.jsonl" if later else "forms/browser.jsonl", now):
        yield [(name, value) for name, value in orjson.loads(line)]


def in_mbox(mail: bytes, arrived: datetime) -> bytes:
    """Return a mail as it stands in a mailbox file: behind a line of its own, with lines like that one escaped."""
    lines = mail.replace(b"\r\n", b"\n").split(b"\n")
    quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
    return timed("From MAILER-DAEMON {{mbox 0s}}\n", arrived).encode() + b"\n".join(quoted).rstrip(b"\n") + b"\n\n"


def _lines(path: str, now: datetime) -> Iterator[bytes]:
    yield from timed((SAMPLES / path).read_text("utf-8"), now).encode().splitlines()


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda file: file.name)


def _on_the_wire(readable: str) -> bytes:
    """Return a mail that is written in UTF-8 for its reader, its headers encoded as mail servers want them."""
    mail = email.message_from_bytes(readable.encode(), policy=email.policy.SMTP)
    for name, value in email.message_from_string(readable, policy=email.policy.SMTP).items():
        mail.replace_header(name, str(value))
    return mail.as_bytes()
