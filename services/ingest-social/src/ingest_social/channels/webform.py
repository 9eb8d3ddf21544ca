"""Forms of the company's website: signed JSON from its server, or plain HTML posts from visitors' browsers.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from collections.abc import Mapping, Sequence
from datetime import UTC

import orjson
from pydantic import ValidationError

from ingest_social.forms import pages
from ingest_social.forms.account import FormAccount
from ingest_social.forms.browsers import beside, may_post, preflight, refuse, wants_page
from ingest_social.forms.entry import Entry, entry
from ingest_social.forms.limits import guard
from ingest_social.forms.onward import onward
from ingest_social.forms.posted import contents, is_form, is_json
from ingest_social.forms.proof import is_signed, require_signed
from ingest_social.forms.submission import Submission
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.event import Direction, Form, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, crm, email, phones
from peyvand.source import Answer, WebhookSource, unreadable

# The channel that agents see, whichever source of the website it came through.
FAMILY = "web"
# With the files that came with it.
LARGEST_POST = 25 * 1024 * 1024


class Settings(FormAccount):
    """One form of the website."""


def verify(delivery: Delivery, account: Settings) -> None:
    """Return for a signed post, and for a browser's from an allowed page: an origin keeps other sites out, no more."""
    content_type = delivery.headers.get("content-type", "")
    if is_signed(delivery, account.signature) or not account.form:
        require_signed(delivery, account.signature, account.secret)
    elif not (is_form(content_type) or is_json(content_type)):
        raise BadSignature("only a form, or its fields in JSON, may be posted here without a signature")
    elif not may_post(delivery, account):
        raise BadSignature("pages of that site may not post here: name it in origins")


def normalise(delivery: Delivery, account: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the form as one event."""
    try:
        return [_event(delivery, entry(delivery, account), organisation)]
    except ValidationError as error:
        raise unreadable(error) from error


def files(delivery: Delivery, _account: Settings) -> Mapping[str, bytes]:
    """Return the bytes of what was uploaded."""
    return contents(delivery)


def answer(delivery: Delivery, account: Settings) -> Answer:
    """Answer a server and a page's script with JSON, a visitor with a page."""
    if not wants_page(delivery, account):
        return Answer(200, orjson.dumps({"accepted": True}), {"Content-Type": "application/json"})
    if address := onward(delivery, account):
        return Answer(303, b"", {"Location": address})
    return Answer(200, pages.thanks(delivery.headers.get("accept-language", ""), account.thanks), pages.HEADERS)


async def check(account: Settings) -> str:
    """Say what the form takes, and from whom."""
    signed = (
        f"{len(account.secret)} secret(s) set" if account.secret else "no secret is set, so signed posts are refused"
    )
    if not account.form:
        return f"ready for signed posts ({account.signature}); {signed}"
    sites = "any site" if account.any_origin else ", ".join(account.origins)
    return f"ready for HTML posts from {sites}; {signed}"


def _event(delivery: Delivery, made: Entry, organisation: Organisation) -> InteractionEvent:
    submission = made.submission
    visitor = _visitor(delivery, submission, organisation)
    key = f"{delivery.connector}:{made.key}"
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
        form=Form(name=submission.form or "", page=submission.page or "", fields=made.fields),
        attachments=made.files,
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


SOURCE = WebhookSource(
    name="webform",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    answer=answer,
    check=check,
    preflight=preflight,
    beside=beside,
    refuse=refuse,
    guard=guard,
    files=files,
    max_body=LARGEST_POST,
    ours=True,
)
