"""Our reader beside Python's own (compat32): of a sane mail both say the same."""

import email
import hashlib
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses
from itertools import islice
from uuid import UUID

import pytest

from ingest_email.reading.files import mail_files
from ingest_email.reading.mail import Mail, read_mail
from ingest_email.reading.tidy import plainly, tidied
from mails.generated import Generated, Sort, generated
from peyvand.delivery import Delivery

SAMPLE = list(islice(generated(400, seed=11), 400))


def oracle(one: Generated) -> Message:
    return email.message_from_bytes(one.raw, policy=compat32)


def leaves(message: Message) -> list[Message]:
    return [m for m in message.walk() if not m.is_multipart()]


def text_of(message: Message) -> str:
    """Return the plain texts that are shown, as Python reads them."""
    shown = [m for m in leaves(message) if m.get_content_type() == "text/plain" and not m.get_filename()]
    return "\n\n".join(_decoded(m) for m in shown)


def _decoded(message: Message) -> str:
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    charset = message.get_content_charset() or "ascii"
    return tidied(plainly(payload.decode({"iso-8859-1": "cp1252"}.get(charset, charset)), payload))


def header(message: Message, name: str) -> str:
    return " ".join(str(make_header(decode_header(message.get(name, "")))).split())


@pytest.mark.parametrize("part", range(8))
def test_texts_subjects_and_people_are_what_pythons_reader_finds(part: int) -> None:
    # to Python the fields of a delivery report are texts
    some = [one for one in SAMPLE[part * 50 : part * 50 + 50] if one.sort is not Sort.BOUNCE]
    wrong = [one.raw for one in some if _said(read_mail(one.raw)) != _expected(one)]
    assert wrong == []


def _said(mail: Mail) -> tuple[object, ...]:
    plain = mail.text if any(leaf.media_type == "text/plain" for leaf in mail.root.leaves()) else None
    return (mail.subject, plain, [(a.name, a.written) for a in (*mail.senders, *mail.to)], mail.message_id)


def _expected(one: Generated) -> tuple[object, ...]:
    message = oracle(one)
    people = [
        (str(make_header(decode_header(name))), address)
        for field in ("From", "To")
        for name, address in getaddresses(message.get_all(field, []))
    ]
    plain = text_of(message) if any(m.get_content_type() == "text/plain" for m in leaves(message)) else None
    return (header(message, "Subject"), plain, people, message["Message-ID"].strip("<>"))


def test_files_are_byte_for_byte_what_pythons_reader_finds() -> None:
    for one in (g for g in SAMPLE if g.sort is Sort.FILES):
        found = mail_files(Delivery(UUID(int=1), "c", "imap", datetime(2026, 1, 1, tzinfo=UTC), one.raw), None)
        theirs = [m.get_payload(decode=True) for m in leaves(oracle(one)) if m.get_filename()]
        assert set(found.values()) == set(theirs)
        assert all(name == hashlib.sha256(content).hexdigest() for name, content in found.items())


def test_the_generator_and_the_reader_agree_on_what_was_written() -> None:
    for one in SAMPLE:
        mail = read_mail(one.raw)
        assert mail.subject == one.subject
        assert [a.name for a in mail.attachments if a.name != "logo.png" and one.files] == list(one.files)
        if one.new is not None:
            assert " ".join(mail.text.split()).startswith(" ".join(one.new.split()))
