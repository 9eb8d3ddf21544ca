"""What browsers need to hear: whether another site's page may post, and a page where a person looks at the answer.

https://fetch.spec.whatwg.org/#http-cors-protocol and https://www.w3.org/TR/fetch-metadata/
"""

from collections.abc import Mapping
from http import HTTPStatus

from ingest_social.forms import pages
from ingest_social.forms.account import FormAccount, origin_of
from ingest_social.forms.posted import is_form
from ingest_social.forms.proof import is_signed
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.source import Answer, Refusal

# How long a browser may remember what it was told.
_REMEMBERED_SECONDS = 600


def may_post(delivery: Delivery, account: FormAccount) -> bool:
    """Return whether the page that posted is of an allowed site; a sandbox's "null" is no site."""
    written = delivery.headers.get("origin") or delivery.headers.get("referer", "")
    return account.any_origin or origin_of(written) in account.origins


def preflight(delivery: Delivery, account: FormAccount) -> Answer:
    """Answer a browser that asks whether a page's script may post; raises BadSignature."""
    asked = delivery.headers.get("access-control-request-method", "").upper()
    if not (account.form and asked == "POST" and delivery.headers.get("origin") and may_post(delivery, account)):
        raise BadSignature("pages of that site may not post here: name it in origins")
    told = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Accept, Content-Type, X-Requested-With",
        "Access-Control-Max-Age": str(_REMEMBERED_SECONDS),
    }
    return Answer(HTTPStatus.NO_CONTENT, b"", told)


def beside(delivery: Delivery, account: FormAccount) -> Mapping[str, str]:
    """Return the headers by which a browser lets an allowed page's script read the answer."""
    origin = delivery.headers.get("origin")
    if not account.form or not origin:
        return {}
    if not may_post(delivery, account):
        return {"Vary": "Origin"}
    allowed = "*" if account.any_origin else origin
    return {
        "Access-Control-Allow-Origin": allowed,
        "Access-Control-Expose-Headers": "Retry-After",
        "Vary": "Origin",
    }


def wants_page(delivery: Delivery, account: FormAccount) -> bool:
    """Return whether a person looks at the answer: not a server, and not a page's script."""
    headers = delivery.headers
    if is_signed(delivery, account.signature) or not is_form(headers.get("content-type", "")):
        return False
    if mode := headers.get("sec-fetch-mode"):
        return mode == "navigate"
    return not headers.get("accept", "").startswith("application/json") and "x-requested-with" not in headers


def refuse(delivery: Delivery, account: FormAccount, refusal: Refusal) -> Answer | None:
    """Return a page for a visitor; a server and a script get a problem body."""
    if not account.form or not wants_page(delivery, account):
        return None
    page = pages.refusal(delivery.headers.get("accept-language", ""), refusal.status, refusal.faults)
    return Answer(refusal.status, page, {**pages.HEADERS, **refusal.headers})
