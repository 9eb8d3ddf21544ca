"""What a mail is beside what it says: a machine's answer, a list, a newsletter, a report; each flag with its reason."""

import pytest

from ingest_email.reading.mail import read_mail
from ingest_email.reading.marks import Marks, marks
from peyvand.event import Outcome


def marked(head: str, body: str = "Hello", subject: str = "Order 12", sender: str = "Ali <ali@example.com>") -> Marks:
    raw = f"From: {sender}\nTo: support@example.ir\nSubject: {subject}\n{head}\n{body}\n"
    return marks(read_mail(raw.encode()))


def names(found: Marks) -> list[str]:
    return [flag.name for flag in found.flags]


@pytest.mark.parametrize(
    ("head", "flag"),
    [
        ("Auto-Submitted: no\n", None),
        ("Auto-Submitted: auto-replied\n", "auto-reply"),
        ("Auto-Submitted: Auto-Replied (vacation)\n", "out-of-office"),
        ("Auto-Submitted: auto-generated; owner=x\n", "auto-generated"),
        ("Auto-Submitted: auto-notified\n", "auto-generated"),
        ("Precedence: auto_reply\n", "auto-reply"),
        ("X-Autoreply: yes\n", "auto-reply"),
        ("X-Autoreply: no\n", None),
        ("X-Autorespond:\n", "auto-reply"),
        ("X-Cron-Env: <SHELL=/bin/sh>\n", "auto-generated"),
        ("X-Auto-Response-Suppress: All\n", None),  # Exchange sets it on people's mail too
        ("Return-Path: <>\n", None),
        ("Precedence: bulk\n", None),
    ],
)
def test_a_machines_answer_is_known_by_its_fields(head: str, flag: str | None) -> None:
    assert names(marked(head)) == ([flag] if flag else [])


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Order 12", "Automatische Antwort: Bestellung", "Réponse automatique : Commande",
        "پاسخ خودکار: سفارش",
        "پاسخ‌ خودكار : سفارش", "رد تلقائي: طلب", "Respuesta automática: pedido",
        "Автоответ: заказ", "自动回复: 订单", "[EXT] AutoReply",
    ],
)  # fmt: skip
def test_a_subject_of_a_machine_is_believed_only_with_another_sign(subject: str) -> None:
    assert names(marked("", subject=subject)) == []
    assert names(marked("X-Auto-Response-Suppress: All\n", subject=subject)) == ["auto-reply"]
    assert names(marked("Return-Path: <>\n", subject=subject)) == ["auto-reply"]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of office: Order 12", "x"),
        ("خارج از دفتر", "x"),
        ("Abwesenheitsnotiz: Bestellung", "x"),
        ("Absence du bureau", "x"),
        ("Automatic reply: Order 12", "I am on annual leave until Monday."),
        ("پاسخ خودکار: سفارش", "تا پایان هفته در مرخصی هستم."),
    ],
)
def test_an_absence_is_told_from_other_automatic_answers(subject: str, body: str) -> None:
    assert names(marked("Auto-Submitted: auto-replied\n", body, subject)) == ["out-of-office"]
    assert names(marked("", body, subject)) == []


def test_a_sender_who_takes_no_answers_is_a_machine() -> None:
    found = marked("", sender="Shop <No-Reply+77@example.com>")
    assert [(f.name, f.why) for f in found.flags] == [("auto-generated", "its sender takes no answers")]
    assert names(marked("", sender="Norepinski <norep@example.com>")) == []


@pytest.mark.parametrize(
    ("head", "flag"),
    [
        (
            "List-Post: <mailto:p@lists.example.org>\nList-Unsubscribe: <x:y>\nList-Id: <p.lists.example.org>\n",
            "list",
        ),
        ("List-Post: NO\nList-Unsubscribe: <https://example.com/u>\n", "newsletter"),
        ("List-Post: NO (closed)\nList-Id: <pumps.lists.example.org>\n", "list"),
        (
            "List-Unsubscribe: <https://example.com/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
            "newsletter",
        ),
        ("List-Id: <news.example.com>\nList-Unsubscribe: <x:y>\nPrecedence: list\n", "newsletter"),
        ("List-Id: <pumps.lists.example.org>\n", "list"),
        ("Precedence: list\n", "list"),
        ("Precedence: bulk\nFeedback-ID: 1:2:esp\n", "newsletter"),
        ("Feedback-ID: 1:2:esp\n", None),  # a shop's receipt bears it too
    ],
)
def test_lists_and_newsletters_are_told_apart(head: str, flag: str | None) -> None:
    assert names(marked(head)) == ([flag] if flag else [])


DAEMON = "Mail Delivery System <mailer-daemon@mx.example.com>"
AUTOMATIC = "Return-Path: <>\nAuto-Submitted: auto-replied\n"
REFUSED = "Your message to <gone@example.com> could not be delivered."


@pytest.mark.parametrize(
    ("head", "subject", "sender", "body", "bounced"),
    [
        ("", "Undelivered Mail Returned to Sender", DAEMON, REFUSED, True),
        ("Return-Path: <>\n", "Zustellung fehlgeschlagen", "x@example.com", REFUSED, True),
        ("Return-Path: <>\n", "ارسال ناموفق", "x@example.com", "گیرنده gone@example.com وجود ندارد", True),
        ("", "تحویل داده نشد: سفارش", "Postmaster <postmaster@example.com>", "gone@example.com", True),
        ("", "Processing error", DAEMON, REFUSED, True),
        ("Auto-Submitted: auto-replied\n", "Delivery failure", "x@example.com", "said: 550 5.1.1 unknown user", True),
        # people write such things too
        ("", "Delivery failure", "Ali <ali@example.com>", "Our order could not be delivered, where is it?", False),
        ("", "Undelivered order 12", "Ali <ali@example.com>", "500 pieces were returned to sender.", False),
        ("", "Delivery notification", "Parcels <mailer@example.com>", "It could not be delivered.", False),
        ("", "Your question", "Postmaster <postmaster@example.com>", "That mailbox does not exist any more.", False),
        ("", "Re: Undeliverable: order 12", "Ali <ali@example.com>", REFUSED, False),
        ("", "Question", "Postmaster <postmaster@example.com>", "Which address should we use?", False),
        # an absence has a null sender and is automatic, and this one has a date like a code
        (AUTOMATIC, "Abwesend", "a@example.com", "bis 5.1.26, Tel. 550 1200", False),
        (AUTOMATIC, "Automatic reply: Undeliverable", "a@example.com", REFUSED, False),
    ],
)  # fmt: skip
def test_weak_signs_of_a_bounce_need_company(head: str, subject: str, sender: str, body: str, bounced: bool) -> None:
    assert ("bounce" in names(marked(head, body, subject, sender))) is bounced


def test_a_bounce_that_a_customer_passes_on_is_no_bounce() -> None:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    inner = "Content-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\n"
    inner += "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@example.com\nAction: failed\n\n--c--"
    body = f"--b\n\nWhat is this?\n--b\nContent-Type: message/rfc822\n\nSubject: Undelivered\n{inner}\n--b--"
    assert names(marked(head, body, "Fwd: Undelivered Mail Returned to Sender")) == []


def report(groups: str, kind: str = "delivery-status", part: str = "message/delivery-status", more: str = "") -> Marks:
    head = f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n'
    body = f"--b\n\nA report.\n--b\nContent-Type: {part}\n\n{groups}\n{more}--b--"
    return marked(head, body, "Report", DAEMON)


def test_each_recipient_of_a_report_has_his_outcome() -> None:
    found = report(
        "Reporting-MTA: dns; mx.example.com\n\n"
        "Original-Recipient: rfc822;ali+2Btag@example.com\nFinal-Recipient: rfc822; a1@store.example.com\n"
        "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2\n Mailbox full\n\n\n"
        "Final-Recipient: RFC822;<B@Example.com>\nAction: DELAYED\nStatus: 4.4.1 (slow)\n\n"
        "Final-Recipient: utf-8; c@example.com\nAction: relayed\n\n"
        "Final-Recipient: rfc822; d@example.com\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; no address\nAction: failed\n\n"
        "Final-Recipient: rfc822; e@example.com\n"
    )
    assert names(found) == ["bounce"]
    assert found.report is not None
    assert [(r.recipient, r.outcome, r.status, r.diagnostic) for r in found.report.recipients] == [
        ("ali+tag@example.com", Outcome.FAILED, "5.2.2", "552 5.2.2 Mailbox full"),
        ("b@example.com", Outcome.DELAYED, "4.4.1", ""),
        ("c@example.com", Outcome.DELIVERED, "", ""),
        ("d@example.com", Outcome.DELIVERED, "2.0.0", ""),
        ("e@example.com", Outcome.FAILED, "", ""),
    ]


def test_a_report_of_what_arrived_is_no_bounce() -> None:
    assert names(report("Reporting-MTA: x\n\nFinal-Recipient: rfc822; a@example.com\nAction: delivered\n")) == [
        "delivery-report"
    ]


def test_the_original_is_named_by_its_copy_by_the_text_or_by_what_the_report_answers() -> None:
    group = "Final-Recipient: rfc822; a@example.com\nAction: failed\n"
    copy = "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    copy += "TWVzc2FnZS1JRDogPG9uZUBleGFtcGxlLmlyPgo=\n"
    headers = "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <two@EXAMPLE.ir>\n"
    assert _original(report(group, more=copy)) == "one@example.ir"
    assert _original(report(group, more=headers)) == "two@example.ir"
    assert (
        _original(marked("In-Reply-To: <three@example.ir>\n", REFUSED, "Returned mail", DAEMON)) == "three@example.ir"
    )
    quoted = f"{REFUSED}\n\n> Subject: x\n> Message-ID: <four@example.ir>\n"
    assert _original(marked("", quoted, "Returned mail", DAEMON)) == "four@example.ir"
    assert _original(report(group)) is None


def _original(found: Marks) -> str | None:
    assert found.report is not None
    return found.report.original


@pytest.mark.parametrize(
    ("disposition", "outcomes"),
    [
        ("manual-action/MDN-sent-manually; displayed", [Outcome.READ]),
        ("automatic-action/MDN-sent-automatically; Displayed/error", [Outcome.READ]),
        ("automatic-action/MDN-sent-automatically; deleted", [Outcome.DELIVERED]),
        ("automatic-action/MDN-sent-automatically; denied", []),
    ],
)
def test_a_receipt_says_whether_it_was_read(disposition: str, outcomes: list[Outcome]) -> None:
    groups = (
        f"Final-Recipient: rfc822; a@example.com\nOriginal-Message-ID: <m@example.ir>\nDisposition: {disposition}\n"
    )
    found = report(groups, "disposition-notification", "message/disposition-notification")
    assert names(found) == ["read-receipt"]
    assert found.report is not None
    assert ([r.outcome for r in found.report.recipients], found.report.original) == (outcomes, "m@example.ir")


def test_a_complaint_whose_recipient_is_blacked_out_is_about_whom_we_wrote_to() -> None:
    copy = "--b\nContent-Type: message/rfc822\n\nMessage-ID: <m@example.ir>\nTo: Ali <ali@example.com>\n"
    found = report("Feedback-Type: abuse\nVersion: 1\n", "feedback-report", "message/feedback-report", copy)
    assert names(found) == ["complaint"]
    assert found.report is not None
    assert [(r.recipient, r.outcome) for r in found.report.recipients] == [("ali@example.com", Outcome.COMPLAINED)]


def test_a_report_of_failed_authentication_is_no_complaint() -> None:
    found = report("Feedback-Type: auth-failure\n", "feedback-report", "message/feedback-report")
    assert (names(found), found.report) == (["auto-generated"], None)
