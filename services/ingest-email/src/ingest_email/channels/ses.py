"""Mail that Amazon SES received for us, told by Amazon SNS: within the notification, or by reference to S3.

https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications.html
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ingest_email.inbound.amazon import Certificates, get
from ingest_email.inbound.letter import in_part, letter
from ingest_email.inbound.receipts import received_in
from ingest_email.inbound.sns import Notice, is_of_amazon, notice_in, require_signed
from ingest_email.inbound.topics import AmazonAccount
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Skipped
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import WebhookSource

# A message of SNS has 256 KB at most; quotation marks and line breaks of a mail grow within it.
MOST_BYTES = 1024 * 1024
# SES takes mails of 40 MB.
LARGEST = 48 * 1024 * 1024
# Headers that we add ourselves, and let nobody else write.
CERTIFICATE = "sns-certificate"
OBJECT = "ses-object"
SENDER = "ses-source"
RECIPIENTS = "ses-recipients"
SIZE = "ses-size"
_OURS = {CERTIFICATE, OBJECT, SENDER, RECIPIENTS, SIZE}


class Settings(AmazonAccount):
    """The topics of one organisation at Amazon SES."""


async def prove(certificates: Certificates, delivery: Delivery, account: Settings) -> Delivery:
    """Return the delivery with the certificate that it names; raises BadSignature, Unavailable."""
    notice = notice_in(delivery)
    if notice.topic not in account.topics:
        raise BadSignature("it comes from a topic that is not named in topics")
    if not is_of_amazon(notice.certificate_url, notice.topic):
        raise BadSignature("its certificate does not lie at Amazon SNS")
    headers = {name: value for name, value in delivery.headers.items() if name not in _OURS}
    headers[CERTIFICATE] = await certificates.at(notice.certificate_url, account.proxy)
    return replace(delivery, headers=headers)


def verify(delivery: Delivery, account: Settings) -> None:
    """Return when the topic is ours and the message is signed by Amazon SNS; raises BadSignature."""
    notice = notice_in(delivery)
    if notice.topic not in account.topics or CERTIFICATE not in delivery.headers:
        raise BadSignature("it comes from a topic that is not named in topics, or without a certificate")
    require_signed(notice, delivery.headers[CERTIFICATE])


async def follow(delivery: Delivery, account: Settings) -> Delivery:
    """Confirm a subscription of ours; fetch a mail that lies in our bucket. Raises Unavailable, BadSignature."""
    notice = notice_in(delivery)
    match notice.type:
        case "SubscriptionConfirmation":
            if not notice.subscribe_url or not is_of_amazon(notice.subscribe_url, notice.topic):
                raise BadSignature("the address that confirms the subscription does not lie at Amazon SNS")
            await get(notice.subscribe_url, account.proxy)
            return delivery
        case "Notification":
            return await _with_mail(delivery, notice, account)
        case _:
            return delivery


async def _with_mail(delivery: Delivery, notice: Notice, account: Settings) -> Delivery:
    """Return the delivery with the mail in place of the notice when it lies in our bucket, else as it is."""
    try:
        received = received_in(notice.message)
    except (Skipped, BadPayload, ValueError):
        return delivery  # reading it will say the same
    stored = received.stored
    bucket = account.bucket_of(stored.bucket) if stored else None
    if stored is None or bucket is None:
        return delivery
    mail, size = await bucket.mail(stored.key, LARGEST)
    told = {
        OBJECT: f"s3://{stored.bucket}/{stored.key}",
        SENDER: received.mail.source,
        RECIPIENTS: ", ".join(received.recipients),
        SIZE: str(size),
    }
    return replace(delivery, body=mail, headers={**delivery.headers, **told})


def mail_in(delivery: Delivery) -> Delivery:
    """Return the delivery of the mail; raises Skipped, BadPayload."""
    headers = delivery.headers
    if OBJECT in headers:
        size, cut = headers[SIZE], int(headers[SIZE]) > len(delivery.body)
        said = {"partial": "beginning", "size": size} if cut else {}
        return letter(delivery, delivery.body, headers[SENDER], headers[RECIPIENTS].split(","), **said)
    notice = notice_in(delivery)
    if notice.type != "Notification":
        raise Skipped("the subscription's own news")
    received = received_in(notice.message)
    return letter(delivery, received.raw(), received.mail.source, received.recipients)


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the files of the mail by their SHA-256 in hex."""
    return mail_files(mail_in(delivery), None)


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return the mail's event; raises Skipped, BadPayload."""
    events = mail_events(mail_in(delivery), account.own, organisation)
    stored = None if OBJECT in delivery.headers else received_in(notice_in(delivery).message).stored
    if stored is None:
        return events
    return in_part(events, f"the mail lies in s3://{stored.bucket}/{stored.key}, which may not be read from here")


def source(certificates: Certificates) -> WebhookSource[Settings]:
    """Return the source, with where its certificates are remembered."""
    return WebhookSource(
        name="ses",
        settings=Settings,
        prove=partial(prove, certificates),
        verify=verify,
        follow=follow,
        normalise=normalise,
        max_body=MOST_BYTES,
        files=files,
    )


SOURCE = source(Certificates())
