"""Mails made to hurt: each is read, skipped or kept within a second, whatever its bytes."""

import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_email.channels import imap
from ingest_email.channels.imap import normalise
from ingest_email.imap.settings import Settings
from ingest_email.reading import limits
from ingest_email.reading.files import mail_files
from ingest_email.reading.mail import Mail, read_mail
from mails.generated import mails
from mails.hostile import HEAD, HOSTILE, nested
from making import ORGANISATION
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.source import read
from peyvand.testing import captured, golden

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "email" / "imap").glob("*.eml"))
ACCOUNT = Settings.model_validate(json.loads((FIXTURES[0].parent / "settings.json").read_bytes()))
WHOLE = [path for path in FIXTURES if path.stem not in ("internal", "not_handed_over")]
MUTABLE = [*(path.read_bytes() for path in WHOLE), *islice(mails(40, seed=7), 40)]
# What, in the wrong place, makes the most of a mail.
TOKENS = (
    b"\r\n", b"\n\n", b"\r", b"--", b"Content-Type: multipart/mixed; boundary=x\n", b"Content-Type: text/html\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"=?utf-8?B?", b"?=",
    b"; charset=utf-7", b"; charset=idna", b"\x1b$B", b"\xff\xfe", b"\0", b"From: <", b'"', b"(", b"=3", b"<b", b"&#x",
    b"Content-Disposition: attachment; filename*0*=utf-7''%2BAAA-\n", b"Content-Type: message/rfc822\n", b"> ",
    b"Date: 99", b"Message-ID: <", b"-----BEGIN PGP SIGNED MESSAGE-----\n", b"\xd8\xb3", b"x" * 2_000,
)  # fmt: skip
quietly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


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


@pytest.mark.real
def test_no_hostile_mail_takes_more_memory_than_a_large_mail_does() -> None:
    """Run apart, for what a process has once taken it gives back to nobody."""
    code = (
        "from peak import peak_mb\n"
        "from mails.hostile import HOSTILE\n"
        "from ingest_email.reading.mail import read_mail\n"
        "for make in HOSTILE.values(): read_mail(make())\n"
        "print(peak_mb())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONPATH": _path()})
    assert int(ran.stdout) < 300


def _path() -> str:
    return ":".join(sys.path)


def test_what_is_nested_too_deeply_is_one_file_and_said() -> None:
    mail = read_mail(nested(limits.DEPTH + 5))
    assert [f.name for f in mail.flags] == ["too-deep"]
    assert [a.claimed_type for a in mail.attachments] == ["application/octet-stream"]


def test_of_a_mail_with_too_many_parts_the_first_are_read_and_that_is_said() -> None:
    mail = read_mail(HOSTILE["100,000 parts"]())
    assert [f.name for f in mail.flags] == ["cut"]
    assert mail.text.count("x") == limits.PARTS - 1


def test_of_a_mail_over_the_limit_the_beginning_is_read_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAIL", 10_000)
    body = b"\n--b\nContent-Type: text/plain\n\nhello\n--b\nContent-Type: application/pdf\n\n" + b"%PDF" * 9_000
    mail = read_mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\n" + body)
    assert (mail.text, [f.name for f in mail.flags]) == ("hello", ["cut"])
    assert [(a.state, a.sha256) for a in mail.attachments] == [("not fetched", None)]


def test_of_a_very_long_text_the_beginning_is_kept_and_that_is_said() -> None:
    mail = read_mail(HEAD + b"\n" + b"word\n" * limits.TEXT)
    assert len(mail.text) <= limits.TEXT
    assert [f.name for f in mail.flags] == ["cut"]


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.stem)
def test_a_mail_that_was_cut_anywhere_is_read_as_far_as_it_goes(path: Path) -> None:
    whole = path.read_bytes()
    cuts = [outcome(whole[:end])[0] for end in range(0, len(whole), max(1, len(whole) // 150))]
    assert [r for r in cuts if not without_fault(r)] == []


@quietly
@given(st.binary(max_size=4_000))
def test_any_bytes_are_read_skipped_or_kept(body: bytes) -> None:
    assert without_fault(outcome(body)[0])


@quietly
@given(st.binary(max_size=2_000), st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b"]))
def test_any_body_under_sound_headers_gives_an_event(body: bytes, kind: str) -> None:
    reading, _ = outcome(HEAD + f"Content-Type: {kind}\n\n".encode() + body)
    assert reading.events
    assert without_fault(reading)


@settings(quietly, max_examples=300)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0), st.binary(max_size=8)), max_size=12))
def test_a_mail_with_any_bytes_overwritten_is_read_skipped_or_kept(
    path: Path, changes: list[tuple[int, bytes]]
) -> None:
    body = bytearray(path.read_bytes())
    for at, other in changes:
        place = at % len(body)
        body[place : place + len(other)] = other
    assert without_fault(outcome(bytes(body))[0])


@settings(quietly, max_examples=500)
@given(st.sampled_from(MUTABLE), st.lists(st.tuples(st.integers(0), st.integers(0, 900), st.sampled_from(TOKENS))))
def test_a_mail_that_was_cut_up_and_put_together_wrongly_is_a_mail_or_none(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for at, length, token in changes:
        place = at % (len(raw) + 1)
        raw = raw[:place] + token + raw[place + length :] + (raw[place : place + length] if length % 2 else b"")
    assert mail_or_none(raw)


def mail_or_none(raw: bytes) -> bool:
    """Return whether bytes are a mail whose texts can be stored and whose files are those that it names, or none."""
    try:
        mail = read_mail(raw)
    except BadPayload:
        return True
    said = (mail.subject, mail.text, mail.folded.new, mail.folded.quoted or "", mail.html or "")
    for text in (*said, *(a.name + a.title + a.content_id for a in mail.attachments)):
        text.encode()
    sent = Delivery(captured(FIXTURES[0], "imap").id, "c", "imap", captured(FIXTURES[0], "imap").received_at, raw)
    there = set(mail_files(sent, None))
    return isinstance(mail, Mail) and {a.sha256 for a in mail.attachments if a.sha256} <= there


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.stem)
def test_reading_twice_gives_the_same_to_the_last_letter(path: Path) -> None:
    delivery = captured(path, "imap")

    def read_it() -> list[InteractionEvent]:
        return list(normalise(delivery, ACCOUNT, ORGANISATION))

    assert golden(read_it()) == golden(read_it())
