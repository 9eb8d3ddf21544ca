"""Vendors who receive mail for us: whom we believe, what is asked of Amazon, and what a mail in pieces becomes."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette

from ingest_email.channels import journal, mailgun, postmark, sendgrid, ses
from ingest_email.inbound import amazon
from ingest_email.inbound.amazon import Certificates
from ingest_email.inbound.composing import Pieces, composed, fields
from ingest_email.inbound.form import File, form
from ingest_email.inbound.sns import is_of_amazon
from ingest_email.reading.interaction import mail_events
from mailing import mail
from making import ORGANISATION
from parts.s3 import S3
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Unavailable
from peyvand.source import read
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher, captured
from peyvand.webhook import Hook, Webhooks

FIXTURES = Path(__file__).parents[1] / "fixtures" / "email"
BUCKET = "mail-example-ir"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail-received"


def call(channel: str, case: str) -> Delivery:
    return captured(FIXTURES / channel / f"{case}.http", channel)


def settings(channel: str, **more: Any) -> dict[str, Any]:
    return {**json.loads((FIXTURES / channel / "settings.json").read_bytes()), **more}


# SendGrid


@pytest.fixture(scope="module")
def signing() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signed(delivery: Delivery, key: ec.EllipticCurvePrivateKey) -> Delivery:
    signature = base64.b64encode(key.sign(b"1791102598" + delivery.body, ec.ECDSA(SHA256()))).decode()
    theirs = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": "1791102598",
    }
    return replace(delivery, headers={**delivery.headers, **theirs})


def test_a_post_that_sendgrid_signed_is_believed_and_one_that_was_changed_is_not(
    signing: ec.EllipticCurvePrivateKey,
) -> None:
    account = sendgrid.Settings(public_key=public(signing))
    post = signed(call("sendgrid", "raw"), signing)
    sendgrid.verify(post, account)
    for other in (
        replace(post, body=post.body + b" "),
        replace(post, headers={**post.headers, "x-twilio-email-event-webhook-timestamp": "1791102599"}),
        call("sendgrid", "raw"),
        signed(post, ec.generate_private_key(ec.SECP256R1())),
    ):
        with pytest.raises(BadSignature):
            sendgrid.verify(other, account)


def test_where_both_a_secret_and_a_key_are_set_both_must_fit(signing: ec.EllipticCurvePrivateKey) -> None:
    account = sendgrid.Settings.model_validate(settings("sendgrid", public_key=public(signing)))
    sendgrid.verify(signed(call("sendgrid", "raw"), signing), account)
    with pytest.raises(BadSignature):
        sendgrid.verify(call("sendgrid", "raw"), account)


@pytest.mark.parametrize("given", [{}, {"public_key": "MFkw"}, {"secret": "short"}])
def test_an_account_that_could_not_tell_who_calls_is_a_mistake(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        sendgrid.Settings.model_validate(given)


def test_the_secret_may_stand_in_the_address() -> None:
    account = postmark.Settings.model_validate(settings("postmark"))
    post = replace(call("postmark", "json"), headers={})
    postmark.verify(replace(post, url=f"https://x.example/webhooks/p?key={settings('postmark')['secret']}"), account)
    for url in ("", "https://x.example/webhooks/p?key=other", "https://x.example/webhooks/p?key="):
        with pytest.raises(BadSignature):
            postmark.verify(replace(post, url=url), account)


# Mailgun


def test_a_signature_of_mailgun_grows_old() -> None:
    account, post = mailgun.Settings.model_validate(settings("mailgun")), call("mailgun", "raw_mime")
    mailgun.verify(replace(post, received_at=CAPTURED_AT + timedelta(hours=9)), account)
    for late in (timedelta(hours=13), timedelta(minutes=-10)):
        with pytest.raises(BadSignature, match="too old or ahead"):
            mailgun.verify(replace(post, received_at=CAPTURED_AT + late), account)


def test_what_is_no_form_has_no_signature() -> None:
    with pytest.raises(BadSignature):
        mailgun.verify(
            replace(call("mailgun", "parsed"), headers={"content-type": "application/json"}),
            mailgun.Settings.model_validate(settings("mailgun")),
        )


# Forms and pieces


def test_a_forms_bytes_come_through_whatever_their_charset() -> None:
    raw = "سلام".encode("windows-1256")
    part = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + raw + b"\r\n\r\n--b--\r\n"
    assert form("multipart/form-data; boundary=b", part).fields["email"] == raw + b"\r\n"
    escaped = b"email=" + b"".join(b"%%%02x" % byte for byte in raw)
    assert form("application/x-www-form-urlencoded", escaped).fields["email"] == raw


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--b--"),
        ("multipart/form-data; boundary=b", b"--c\r\n\r\n--c--"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2_000))),
    ],
)
def test_what_is_no_form_is_told(content_type: str, body: bytes) -> None:
    with pytest.raises(BadPayload):
        form(content_type, body)


def test_pieces_make_a_mail_that_says_what_they_said() -> None:
    hostile = File('a"\r\nX-Evil: 1.png', "image/png\r\nX-Evil: 1", b"bytes", "cid1")
    headers = [
        ("From", "مریم <maryam@example.com>"), ("To", "support@example.ir"), ("Subject", "سلام\r\nBcc: x@evil.example"),
        ("Message-ID", "<1@example.com>"), ("Content-Type", "text/evil"), ("Bad name", "x"), ("Date",
         "Sun, 04 Oct 2026 11:59:45 +0330"),
    ]  # fmt: skip
    raw = composed(Pieces(headers, "متن", "<p>متن</p>", [hostile]))
    assert raw == composed(Pieces(headers, "متن", "<p>متن</p>", [hostile]))
    assert b"X-Evil" not in raw.replace(b" X-Evil", b"")
    (event,) = mail_events(replace(call("ses", "base64"), body=raw, headers={}), postmark.Settings.model_validate(
        settings("postmark")).own, ORGANISATION)  # fmt: skip
    assert (event.subject, event.text) == ("سلام Bcc: x@evil.example", "متن")
    assert [p.role for p in event.parties] == ["from", "to"]
    assert [(a.size, a.content_id) for a in event.attachments] == [(5, "cid1")]


def test_a_block_of_header_fields_is_unfolded() -> None:
    assert fields("From: a\r\nSubject: one\r\n two\r\nno field\r\n\tthree\r\n") == [
        ("From", "a"),
        ("Subject", "one two three"),
    ]


# Amazon


class Amazon:
    """What stands at Amazon's addresses, and how often it was asked for."""

    def __init__(self, delivery: Delivery) -> None:
        der = base64.b64decode(delivery.headers["sns-certificate"])
        self.pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        self.asked: list[str] = []
        self.away = False

    async def get(self, url: str, _proxy: str | None) -> bytes:
        self.asked.append(url)
        if self.away:
            raise Unavailable("Amazon does not answer")
        return self.pem


@pytest.fixture
def at_amazon(monkeypatch: pytest.MonkeyPatch) -> Amazon:
    made = Amazon(call("ses", "base64"))
    monkeypatch.setattr(ses, "get", made.get)
    return made


@asynccontextmanager
async def posting(at: Amazon, **more: Any) -> AsyncIterator[tuple[Callable[..., Any], MemoryPublisher]]:
    """Give a way to post captured calls to a webhook, and what became durable."""
    publisher = MemoryPublisher()
    account = ses.Settings.model_validate(settings("ses", **more))
    hook = Hook(ses.source(Certificates(at.get)), account)
    app = Starlette(routes=[Webhooks({"ses": hook}, ORGANISATION, publisher, MemoryBlobs()).route()])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://peyvand.example.ir") as client:

        async def post(delivery: Delivery) -> int:
            headers = {k: v for k, v in delivery.headers.items() if k != "sns-certificate"}
            return (await client.post("/webhooks/ses", content=delivery.body, headers=headers)).status_code

        yield post, publisher


async def test_a_notification_is_believed_by_the_certificate_that_lies_at_amazon(at_amazon: Amazon) -> None:
    async with posting(at_amazon) as (post, publisher):
        assert [await post(call("ses", case)) for case in ("base64", "utf8_without_encoding")] == [200, 200]
    assert [e.subject for e in publisher.events] == ["سفارش ۴۷۱۱ کی می‌رسد؟"] * 2
    assert len(at_amazon.asked) == 1  # the certificate is remembered
    assert "sns-certificate" in publisher.readings[0].delivery.headers


async def test_a_message_that_was_changed_or_is_of_another_topic_is_refused(at_amazon: Amazon) -> None:
    genuine = call("ses", "base64")
    told = json.loads(genuine.body)
    elsewhere = {**told, "SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem"}
    other_topic = {**told, "TopicArn": TOPIC + "-other"}
    changed = {**told, "Message": told["Message"].replace("support@", "evil@")}
    async with posting(at_amazon) as (post, publisher):
        for body in (elsewhere, other_topic, changed, {"Type": "Notification"}):
            assert await post(replace(genuine, body=json.dumps(body).encode())) == 403
        assert await post(replace(genuine, body=b"no json")) == 403
    assert publisher.readings == []
    assert not any("evil" in url for url in at_amazon.asked)


async def test_nobody_brings_a_certificate_of_their_own(at_amazon: Amazon) -> None:
    genuine = call("ses", "base64")
    account = ses.Settings.model_validate(settings("ses"))
    forged = replace(genuine, headers={**genuine.headers, "sns-certificate": "Zm9yZ2Vk", "ses-object": "s3://a/b"})
    proven = await ses.prove(Certificates(at_amazon.get), forged, account)
    assert proven.headers["sns-certificate"] == genuine.headers["sns-certificate"]
    assert "ses-object" not in proven.headers


async def test_a_subscription_of_ours_is_confirmed_at_amazon_and_nowhere_else(at_amazon: Amazon) -> None:
    async with posting(at_amazon) as (post, publisher):
        assert await post(call("ses", "subscription")) == 200
    confirmed = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"
    assert at_amazon.asked[-1] == confirmed
    assert [r.skipped for r in publisher.readings] == ["the subscription's own news"]


async def test_while_amazon_is_away_the_notification_comes_again(at_amazon: Amazon) -> None:
    at_amazon.away = True
    async with posting(at_amazon) as (post, publisher):
        assert await post(call("ses", "base64")) == 503
        at_amazon.away = False
        assert await post(call("ses", "base64")) == 200
    assert len(publisher.readings) == 1


async def put_object(s3: S3, bucket: str, key: str, content: bytes) -> None:
    async with httpx.AsyncClient(base_url=s3.url) as client:
        (await client.put(f"/{bucket}")).raise_for_status()
        (await client.put(f"/{bucket}/{key}", content=content)).raise_for_status()


@pytest.mark.real
async def test_a_mail_that_lies_in_our_bucket_is_fetched(at_amazon: Amazon, s3: S3) -> None:
    raw = (FIXTURES / "ses" / "fetched_from_s3.eml").read_bytes()
    access = {"access_key": "test", "secret_key": "test", "endpoint": s3.url, "region": "us-east-1"}
    async with posting(at_amazon, bucket=BUCKET, **access) as (post, publisher):
        assert await post(call("ses", "in_s3")) == 503  # it is not there yet
        await put_object(s3, BUCKET, "in/d6iitobk75ur44p8kdnnp7g2n800", raw)
        assert await post(call("ses", "in_s3")) == 200
    (reading,) = publisher.readings
    assert (reading.delivery.body, reading.events[0].text) == (raw, "سلام،\nسفارش من هنوز نرسیده است.\n\nمریم")
    assert reading.delivery.headers["ses-object"] == f"s3://{BUCKET}/in/d6iitobk75ur44p8kdnnp7g2n800"


@pytest.mark.real
async def test_of_a_mail_that_is_too_large_the_beginning_is_fetched(s3: S3) -> None:
    await put_object(s3, BUCKET, "large", b"x" * 1_000)
    assert await amazon.Bucket(BUCKET, "us-east-1", "test", SecretStr("test"), s3.url).mail("large", 10) == (
        b"x" * 10,
        1_000,
    )


async def test_a_mail_in_a_bucket_that_is_not_ours_to_read_stands_there_with_its_headers(at_amazon: Amazon) -> None:
    async with posting(at_amazon) as (post, publisher):
        assert await post(call("ses", "in_s3")) == 200
    (event,) = publisher.events
    assert event.subject == "سفارش ۴۷۱۱ کی می‌رسد؟"
    assert [f.why for f in event.flags if f.name == "partial"] == [
        "the mail lies in s3://mail-example-ir/in/d6iitobk75ur44p8kdnnp7g2n800, which may not be read from here"
    ]


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://sns.eu-west-1.amazonaws.com/x.pem", True),
        ("http://sns.eu-west-1.amazonaws.com/x.pem", False),
        ("https://sns.us-east-1.amazonaws.com/x.pem", False),
        ("https://sns.eu-west-1.amazonaws.com:444/x.pem", False),
        ("https://sns.eu-west-1.amazonaws.com@evil.example/x.pem", False),
        ("https://evil@sns.eu-west-1.amazonaws.com/x.pem", False),
        ("https://sns.eu-west-1.amazonaws.com.evil.example/x.pem", False),
        ("https://s3.eu-west-1.amazonaws.com/sns.eu-west-1.amazonaws.com/x.pem", False),
        ("https://sns.eu-west-1.amazonaws.com:x/", False),
        ("", False),
    ],
)
def test_only_sns_itself_in_the_topics_region_is_asked(url: str, ours: bool) -> None:
    assert is_of_amazon(url, TOPIC) is ours


async def test_only_so_many_certificates_are_remembered(at_amazon: Amazon) -> None:
    certificates = Certificates(at_amazon.get)
    for number in range(50):
        await certificates.at(f"https://sns.eu-west-1.amazonaws.com/{number}.pem", None)
    assert len(certificates.known) == amazon.MOST_CERTIFICATES


def test_a_forwarded_mail_with_lines_like_a_reports_is_no_report() -> None:
    cover = "Sender: a@b.example\nSubject: x\nMessage-Id: <other@b.example>\nTo: c@d.example\n"
    raw = (
        b"From: a@b.example\r\nTo: support@example.ir\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        + cover.encode() + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + mail("inner") + b"\r\n--b--\r\n"
    )  # fmt: skip
    account = journal.Settings(addresses=("support@example.ir",))
    delivery = replace(call("ses", "base64"), body=raw, headers={}, channel="journal")
    (event,) = read(journal.SOURCE, delivery, account, ORGANISATION).events
    assert event.subject == "Fwd"
