"""Mails that are too large to fetch: what they say comes, their files do not."""

from email.message import EmailMessage

import pytest

from ingest_email.imap.huge import joined, pieces_of
from ingest_email.imap.trouble import Refused
from ingest_email.reading.left_out import OCTETS
from ingest_email.reading.mime import parse
from mailing import Between, Reader, mail, reading, settings
from parts.dovecot import Dovecot

real = pytest.mark.real
FILE = ("application", "pdf")


def with_files(subject: str, *files: int, html: str | None = "<p>سلام، <b>فایل‌ها</b> پیوست است.</p>") -> bytes:
    """Return a mail with text, HTML and files of so many bytes."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ali.rezaei@example.com", "support@example.ir", subject
    message["Message-ID"] = f"<{len(files)}@example.com>"
    message["Date"] = "Sun, 04 Oct 2026 08:30:00 +0000"
    message.set_content("سلام، فایل‌ها پیوست است.")
    if html:
        message.add_alternative(html, subtype="html")
    for number, size in enumerate(files):
        message.add_attachment(b"%PDF-" + b"x" * size, maintype=FILE[0], subtype=FILE[1], filename=f"نقشه {number}.pdf")
    return message.as_bytes()


async def brought(dovecot: Dovecot, *mails: bytes) -> Reader:
    account = dovecot.user("support")
    for each in mails:
        dovecot.deliver("support", "INBOX", each)
    async with reading(Reader(settings(dovecot, account, max_message="64KiB"))) as reader:
        await reader.has(len(mails))
    return reader


@real
async def test_text_and_names_of_files_come_and_the_files_stay(dovecot: Dovecot) -> None:
    reader = await brought(dovecot, mail("کوچک"), with_files("بزرگ", 300_000, 50_000), mail("بعدی"))
    assert set(reader.subjects) == {"کوچک", "بزرگ", "بعدی"}
    huge = next(e for e in reader.events if e.subject == "بزرگ")
    assert huge.text == "سلام، فایل‌ها پیوست است."
    assert "partial" in [f.name for f in huge.flags]
    assert [a.name for a in huge.attachments] == ["نقشه 0.pdf", "نقشه 1.pdf"]
    assert [a.claimed_type for a in huge.attachments] == ["application/pdf"] * 2
    delivery = next(r.delivery for r in reader.readings if huge in r.events)
    assert delivery.headers["partial"] == "parts"
    assert int(delivery.headers["size"]) > 450_000
    assert len(delivery.body) < 5_000


@real
async def test_how_large_the_files_are_that_were_not_fetched_is_known(dovecot: Dovecot) -> None:
    (event,) = (await brought(dovecot, with_files("بزرگ", 300_000, 50_000))).events
    assert [a.state for a in event.attachments] == ["not fetched"] * 2
    assert [a.sha256 for a in event.attachments] == [None, None]
    assert [a.size for a in event.attachments] == [pytest.approx(300_005, rel=0.01), pytest.approx(50_005, rel=0.01)]


@real
async def test_a_long_text_alone_comes_up_to_a_limit(dovecot: Dovecot) -> None:
    (event,) = (await brought(dovecot, mail("بلند", text="واژه‌ها " * 300_000))).events
    assert event.text is not None
    assert event.text.startswith("واژه‌ها واژه‌ها")
    assert "partial" in [f.name for f in event.flags]


@real
async def test_a_mail_that_is_nothing_but_a_file_is_one_that_was_not_fetched(dovecot: Dovecot) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "scanner@example.com", "support@example.ir", "scan"
    message.set_content(b"%PDF-" + b"x" * 200_000, maintype=FILE[0], subtype=FILE[1], filename="scan.pdf")
    (event,) = (await brought(dovecot, message.as_bytes())).events
    assert [(a.name, a.state) for a in event.attachments] == [("scan.pdf", "not fetched")]


@real
@pytest.mark.timeout(300)
async def test_of_two_hundred_megabytes_next_to_nothing_is_fetched(dovecot: Dovecot) -> None:
    account = dovecot.user("support")
    begun, end = with_files("دویست مگابایت", 0).replace(b"\r\n", b"\n").rsplit(b"\n--", 1)
    line = b"Q" * 76 + b"\n"
    dovecot.deliver("support", "INBOX", b"".join([begun, b"\n", line * (200 * 1024 * 1024 // 77), b"--", end]))
    server = Between(dovecot, lambda _line: None)
    async with server.listening(), reading(Reader(settings(server, account))) as reader:
        await reader.has(1, seconds=200)
    assert reader.subjects == ["دویست مگابایت"]
    assert server.said < 100_000
    assert reader.events[0].text == "سلام، فایل‌ها پیوست است."


@real
@pytest.mark.parametrize(
    "answer", [b"TAG NO cannot parse\r\n", b"* 1 FETCH (UID 1 BODYSTRUCTURE ())\r\nTAG OK done\r\n"]
)
async def test_a_mail_that_the_server_cannot_part_comes_with_its_beginning(dovecot: Dovecot, answer: bytes) -> None:
    account = dovecot.user("support")
    dovecot.deliver("support", "INBOX", with_files("بزرگ", 300_000))
    server = Between(dovecot, lambda line: answer if b"BODYSTRUCTURE" in line else None)
    async with server.listening(), reading(Reader(settings(server, account, max_message="64KiB"))) as reader:
        await reader.has(1)
    assert reader.subjects == ["بزرگ"]
    assert reader.readings[0].delivery.headers["partial"] == "beginning"
    assert len(reader.readings[0].delivery.body) < 100_000


TEXT = (b"TEXT", b"PLAIN", (b"CHARSET", b"utf-8"), None, None, b"8BIT", 5, 1)
PDF = (b"APPLICATION", b"PDF", (b"NAME", b"a.pdf"), None, None, b"BASE64", 4000, None, (b"ATTACHMENT", None))
MIXED = ([TEXT, PDF], b"MIXED", (b"BOUNDARY", b"=_b"))
CAME = {b"HEADER": b"Subject: x\r\n\r\n", b"1.MIME": b"Content-Type: text/plain\r\n\r\n", b"1": b"hello"}


def test_parts_are_numbered_as_they_are_asked_for() -> None:
    nested = ([MIXED, PDF], b"MIXED", (b"BOUNDARY", b"=_a"))
    assert [(p.number, p.media_type, p.is_text) for p in pieces_of(nested).leaves()] == [
        ("1.1", "text/plain", True),
        ("1.2", "application/pdf", False),
        ("2", "application/pdf", False),
    ]


def test_nobody_else_says_that_something_was_not_fetched() -> None:
    lies = {**CAME, b"1.MIME": b"Content-Type: text/plain\r\n" + OCTETS + b": 9\r\n folded\r\n\r\n"}
    lies[b"2.MIME"] = b"Content-Type: application/pdf\r\n" + OCTETS.lower() + b": 1\r\n\r\n"
    raw = joined(pieces_of(MIXED), lies)
    assert raw.count(OCTETS) == 1
    assert OCTETS + b": 4000\r\n" in raw
    assert OCTETS.lower() not in raw


def test_what_is_put_together_reads_as_a_mail_whose_files_are_empty() -> None:
    header = b'Subject: x\r\nContent-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
    root = parse(
        joined(pieces_of(MIXED), {**CAME, b"HEADER": header, b"2.MIME": b"Content-Type: application/pdf\r\n\r\n"})
    )
    assert [(leaf.media_type, leaf.content()) for leaf in root.leaves()] == [
        ("text/plain", b"hello"),
        ("application/pdf", b""),
    ]


@pytest.mark.parametrize(
    "said", [([TEXT], b"MIXED", None), ([TEXT], b"MIXED"), ([([TEXT], b"X", None)], b"MIXED", (b"BOUNDARY", b"b"))]
)
def test_a_mail_that_cannot_be_put_together_is_refused(said: object) -> None:
    with pytest.raises(Refused):
        pieces_of(said)


def test_parts_that_are_too_deep_are_refused() -> None:
    said: object = TEXT
    for _ in range(50):
        said = ([said], b"MIXED", (b"BOUNDARY", b"b"))
    with pytest.raises(Refused, match="too deep"):
        pieces_of(said)
