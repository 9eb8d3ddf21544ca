"""Forms of the company's website: signed JSON from its server, or plain HTML posts from visitors' browsers.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from collections.abc import Sequence
from datetime import UTC

import orjson
from pydantic import ValidationError

from ingest_social.forms import thanks
from ingest_social.forms.account import FormAccount, origin_of
from ingest_social.forms.entry import Entry, from_json, from_post, is_signed
from ingest_social.forms.posted import is_form
from ingest_social.forms.submission import Submission
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.event import Direction, Form, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, crm, email, phones
from peyvand.signature import require_standard_webhooks
from peyvand.source import Answer, WebhookSource, unreadable

# The channel that agents see, whichever source of the website it came through.
FAMILY = "web"


class Settings(FormAccount):
    """One form of the website."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return for a signed post, and for a browser's from an allowed page: an origin keeps other sites out, no more."""
    if is_signed(delivery) or not account.form:
        if not account.secret:
            raise BadSignature("this form takes no signed posts: it has no secret")
        require_standard_webhooks(delivery, account.secret)
    elif not is_form(delivery.headers.get("content-type", "")):
        raise BadSignature("only an HTML form may post here without a signature")
    elif not account.any_origin and _origin(delivery) not in account.origins:
        raise BadSignature("pages of that site may not post here: name it in origins")


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the form as one event."""
    try:
        return [_event(delivery, _entry(delivery, account), organisation)]
    except ValidationError as error:
        raise unreadable(error) from error


def answer(delivery: Delivery, account: Settings) -> Answer:
    """Answer a server with JSON, a visitor with a page."""
    if is_signed(delivery) or not is_form(delivery.headers.get("content-type", "")):
        return Answer(200, orjson.dumps({"accepted": True}), {"Content-Type": "application/json"})
    if account.redirect:
        return Answer(303, b"", {"Location": account.redirect})
    page = thanks.page(delivery.headers.get("accept-language", ""), account.thanks)
    return Answer(200, page, thanks.HEADERS)


async def check(account: Settings) -> str:
    """Say what the form takes, and from whom."""
    signed = (
        f"{len(account.secret)} secret(s) set" if account.secret else "no secret is set, so signed posts are refused"
    )
    if not account.form:
        return f"ready for signed posts; {signed}"
    pages = "any site" if account.any_origin else ", ".join(account.origins)
    return f"ready for HTML posts from {pages}; {signed}"


def _entry(delivery: Delivery, account: Settings) -> Entry:
    if is_form(delivery.headers.get("content-type", "")):
        return from_post(delivery, account.fields, account.honeypot)
    return from_json(delivery)


def _event(delivery: Delivery, entry: Entry, organisation: Organisation) -> InteractionEvent:
    submission = entry.submission
    visitor = _visitor(delivery, submission, organisation)
    key = f"{delivery.connector}:{entry.key}"
    return event(
        delivery,
        organisation,
        key=key,
        family=FAMILY,
        kind=Kind.FORM,
        direction=Direction.INTERNAL if visitor.ours else Direction.INBOUND,
        occurred_at=submission.submitted_at and submission.submitted_at.astimezone(UTC),
        parties=(visitor,),
        message_key=key,
        subject=submission.subject,
        text=submission.message,
        form=Form(name=submission.form or "", page=submission.page or "", fields=entry.fields),
        attachments=entry.files,
    )


def _visitor(delivery: Delivery, submission: Submission, organisation: Organisation) -> Party:
    """Return who filled it in; an address of ours that a stranger typed does not make him one of us."""
    typed: list[Handle | None] = [
        *phones(submission.phone or "", organisation.region),
        email(submission.email) if submission.email else None,
        crm(submission.crm_id, delivery.connector) if submission.crm_id else None,
    ]
    strange = [h for h in typed if h and not organisation.owns(h)]
    return party(Role.FROM, strange or typed, organisation, submission.name)


def _origin(delivery: Delivery) -> str | None:
    """Return the site of the page that posted; browsers send "null" from a sandbox, and it is no site."""
    return origin_of(delivery.headers.get("origin") or delivery.headers.get("referer", ""))


SOURCE = WebhookSource(
    name="webform",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    answer=answer,
    check=check,
    ours=True,
)
