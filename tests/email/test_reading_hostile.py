"""Mails made to hurt: each is read, skipped or kept within a second, whatever its bytes."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_email.channels import imap
from ingest_email.channels.imap import normalise
from ingest_email.imap.settings import Settings
from making import ORGANISATION
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.source import read
from peyvand.testing import captured, golden

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "email" / "imap").glob("*.eml"))
ACCOUNT = Settings.model_validate(json.loads((FIXTURES[0].parent / "settings.json").read_bytes()))
WHOLE = [path for path in FIXTURES if path.stem not in ("internal", "not_handed_over")]
HEAD = b"From: a@example.com\nTo: support@example.ir\nSubject: x\n"


def nested(levels: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return HEAD + opened + b"\ninnermost\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "20,000 nested multiparts": lambda: nested(20_000),
    "100,000 nested messages": lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 100_000,
    "one boundary at every level": lambda: HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 60_000,
    "100,000 parts": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "20,000 encoded words": lambda: HEAD.replace(b"x", b"=?utf-8?q?=D8=B3?= " * 20_000) + b"\nx",
    "unfinished encoded words": lambda: HEAD.replace(b"x", b"=?a?q?" * 40_000) + b"\nx",
    "50,000 recipients": lambda: HEAD + b"Cc: " + b"a@example.com, " * 50_000 + b"\n\nx",
    "100,000 commas": lambda: HEAD + b"Cc: " + b"a," * 100_000 + b"\n\nx",
    "20,000 continued parameters": lambda: (
        HEAD + b"Content-Type: text/plain" + b"".join(b"; n*%d=x" % n for n in range(20_000)) + b"\n\nx"
    ),
    "200,000 semicolons": lambda: HEAD + b"Content-Type: text/plain" + b";" * 200_000 + b"\n\nx",
    "parameters without an end": lambda: HEAD + b"Content-Type: text/plain" + b'; a="\\"' * 40_000 + b"\n\nx",
    "50,000 parentheses": lambda: HEAD.replace(b"a@", b"(" * 50_000 + b"a@") + b"\nx",
    "quotes that escape each other": lambda: HEAD.replace(b"a@", b'"\\' * 50_000 + b"a@") + b"\nx",
    "200,000 headers": lambda: HEAD + b"X-A: b\n" * 200_000 + b"\nx",
    "a header of 5 MB": lambda: HEAD + b"X-A: " + b"b " * 2_500_000 + b"\n\nx",
    "5 MB without a line": lambda: HEAD + b"\n" + b"x" * 5_000_000,
    "a boundary in every line": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b      \t" * 300_000
    ),
    "base64 without sense": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"=A=?" * 1_000_000,
    "500,000 nested elements": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<div><b><ul><li>" * 150_000,
    "100,000 tables": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<table><tr><td>" * 100_000,
    "hidden elements": lambda: HEAD + b"Content-Type: text/html\n\n" + b'<p style="display:none">' * 40_000,
    "300,000 quoted lines": lambda: HEAD + b"\n" + b"> x\n\n" * 300_000,
    "attributions without a quote": lambda: HEAD + b"\n" + b"On 1 x wrote:\nwrote:\n" * 100_000,
    "300,000 header-like lines": lambda: HEAD + b"\n" + b"\nFrom: x\n" * 200_000,
    "blank lines": lambda: HEAD + b"\n" + b"\n \t" * 500_000,
    "a codec that is no writing": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"\xff-a" * 100_000
    ),
    "lone surrogates": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+2AA-+3AA-",
    "8-bit bytes without a label": lambda: HEAD + b"\n" + bytes(range(128, 256)) * 30_000,
}


def outcome(body: bytes, **headers: str) -> tuple[Reading, float]:
    fixture = captured(FIXTURES[0], "imap")
    sent = Delivery(fixture.id, "support", "imap", fixture.received_at, body, headers=headers)
    began = time.process_time()
    reading = read(imap.SOURCE, sent, ACCOUNT, ORGANISATION)
    return reading, time.process_time() - began


def without_fault(reading: Reading) -> bool:
    """Return whether a reading is one of the three outcomes, reached on purpose and fit for the wire."""
    golden(reading.events)
    return "normaliser failed" not in (reading.kept or "")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_mail_is_read_within_a_second(kind: str) -> None:
    reading, seconds = outcome(HOSTILE[kind]())
    assert reading.events
    assert without_fault(reading)
    assert seconds < 1


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.stem)
def test_a_mail_that_was_cut_anywhere_is_read_as_far_as_it_goes(path: Path) -> None:
    whole = path.read_bytes()
    cuts = [outcome(whole[:end])[0] for end in range(0, len(whole), max(1, len(whole) // 150))]
    assert [r for r in cuts if not without_fault(r)] == []


@settings(max_examples=300, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=4_000))
def test_any_bytes_are_read_skipped_or_kept(body: bytes) -> None:
    assert without_fault(outcome(body)[0])


@settings(max_examples=300, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000), st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b"]))
def test_any_body_under_sound_headers_gives_an_event(body: bytes, kind: str) -> None:
    reading, _ = outcome(HEAD + f"Content-Type: {kind}\n\n".encode() + body)
    assert reading.events
    assert without_fault(reading)


@settings(max_examples=400, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0), st.binary(max_size=8)), max_size=12))
def test_a_mail_with_any_bytes_overwritten_is_read_skipped_or_kept(
    path: Path, changes: list[tuple[int, bytes]]
) -> None:
    body = bytearray(path.read_bytes())
    for at, other in changes:
        place = at % len(body)
        body[place : place + len(other)] = other
    assert without_fault(outcome(bytes(body))[0])


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.stem)
def test_reading_twice_gives_the_same_to_the_last_letter(path: Path) -> None:
    delivery = captured(path, "imap")

    def read_it() -> list[InteractionEvent]:
        return list(normalise(delivery, ACCOUNT, ORGANISATION))

    assert golden(read_it()) == golden(read_it())
