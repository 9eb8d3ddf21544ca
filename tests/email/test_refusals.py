"""Whom a mail did not reach, out of words: the forms in which servers without a report for machines tell it."""

import time

import pytest

from ingest_email.reading.mail import read_mail
from ingest_email.reading.marks import marks
from peyvand.event import Outcome, Reported

BEGIN = "Hi. This is the mail system. Your message could not be delivered.\n\n"


def reported(body: str, head: str = "") -> tuple[Reported, ...]:
    raw = f"From: MAILER-DAEMON@mx.example.net\nTo: support@example.ir\nSubject: Delivery failure\n{head}\n{body}\n"
    found = marks(read_mail(raw.encode())).report
    assert found is not None
    return found.recipients


def recipients(body: str, head: str = "") -> list[str]:
    return [r.recipient for r in reported(body, head)]


@pytest.mark.parametrize(
    "line",
    [
        "<ali@example.com>:", "ali@example.com", "    ali@example.com", "> ali@example.com", "SMTP:ali@example.com",
        "Ali Rezaei <ali@example.com>", '"Rezaei, Ali" <ali@example.com>', "<ali@example.com>: 550 no such user",
        "ali@example.com on Mon, 5 Oct 2026 10:00:00 +0330", "ali@example.com... User unknown", "1. ali@example.com",
        "Recipient: <ali@example.com>", "User: ali@example.com is unknown",
        "550 5.1.1 <ali@example.com>: Recipient address rejected", "rfc822;ali@example.com", "  (ali@example.com)",
        "گیرنده: ali@example.com", "could not be delivered to the mailbox ali@example.com",
    ],
)  # fmt: skip
def test_a_recipient_is_found_in_the_form_of_each_server(line: str) -> None:
    copy = "--- Below this line is a copy of the message.\n\nTo: other@example.org"
    assert recipients(f"{BEGIN}{line}\n\n{copy}") == ["ali@example.com"]


def test_who_may_be_asked_and_who_sent_it_are_no_recipients() -> None:
    body = BEGIN + (
        "For help contact postmaster@mx.example.net or write to help@example.net.\nFrom: support@example.ir\n"
        "ali@example.com\n  550 user unknown\n\nsupport@example.ir\n"
    )
    assert recipients(body) == ["ali@example.com"]


def test_each_recipient_has_what_was_said_of_him() -> None:
    body = f"{BEGIN}<ali@example.com>:\nSorry, no such user. (#5.1.1)\n\n<sara@example.com>:\n452 4.2.2 mailbox full\n"
    assert [(r.recipient, r.status, r.diagnostic) for r in reported(body)] == [
        ("ali@example.com", "5.1.1", "<ali@example.com>: Sorry, no such user. (#5.1.1)"),
        ("sara@example.com", "4.2.2", "<sara@example.com>: 452 4.2.2 mailbox full"),
    ]


def test_what_is_only_late_has_not_failed() -> None:
    assert [r.outcome for r in reported(f"{BEGIN}ali@example.com\nWe will keep trying for 3 days.")] == [
        Outcome.DELAYED
    ]


def test_recipients_named_in_a_field_of_their_own_come_before_the_text() -> None:
    head = "X-Failed-Recipients: ali@example.com, Sara@Example.com\n"
    assert recipients(f"{BEGIN}other@example.org", head) == ["ali@example.com", "sara@example.com"]


def test_a_text_that_names_nobody_leaves_the_one_recipient_of_the_mail_that_came_back() -> None:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    body = f"--b\n\n{BEGIN}\n--b\nContent-Type: message/rfc822\n\nTo: ali@example.com\nFrom: support@example.ir\n--b--"
    assert recipients(body, head) == ["ali@example.com"]
    assert recipients(body.replace("To: ali@example.com", "To: ali@example.com, b@example.com"), head) == []


@pytest.mark.parametrize(
    "body",
    [
        "<" * 500_000, "a@" * 300_000, ("x" * 63 + "@") * 10_000, "\n".join(["a@example.com"] * 60_000), " " * 600_000,
        "- " * 300_000, '"' * 500_000, "5.1." * 200_000, "message-id:" * 60_000, "> " * 300_000,
    ],
    ids=["angles", "ats", "words", "lines", "spaces", "bullets", "quotes", "codes", "ids", "marks"],
)  # fmt: skip
def test_a_hostile_bounce_takes_no_time(body: str) -> None:
    mail = read_mail(f"From: MAILER-DAEMON@mx.example.net\nSubject: Delivery failure\n\n{BEGIN}{body}".encode())
    began = time.process_time()
    found = marks(mail)
    assert time.process_time() - began < 0.5
    assert found.report is None or len(found.report.recipients) <= 100


def test_a_hostile_report_takes_no_time() -> None:
    groups = "Final-Recipient: rfc822; a@example.com\n\n" * 50_000 + "x\n" * 200_000
    body = f"--b\nContent-Type: message/delivery-status\n\n{groups}\n--b--"
    head = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    mail = read_mail(f"From: a@example.com\n{head}\n\n{body}".encode())
    began = time.process_time()
    assert [r.recipient for r in (marks(mail).report or pytest.fail("no report")).recipients] == ["a@example.com"]
    assert time.process_time() - began < 0.5
