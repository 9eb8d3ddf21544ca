"""Mail to many: discussion lists, and newsletters (RFC 2369, 2919, 8058)."""

from collections.abc import Iterator

from ingest_email.reading.headers import Headers
from peyvand.event import Flag

_CAMPAIGN = (
    "x-campaign",
    "x-campaignid",
    "x-campaign-id",
    "x-mc-user",
    "x-mailer-recptid",
    "x-csa-complaints",
    "feedback-id",
)


def lists(headers: Headers) -> Iterator[Flag]:
    """Yield that a mail came by a discussion list, or is a newsletter."""
    if why := _discussion(headers):
        yield Flag(name="list", why=why)
    elif why := _newsletter(headers):
        yield Flag(name="newsletter", why=why)


def is_discussion(headers: Headers) -> bool:
    """Return whether a mail came by a list to which its readers may write."""
    return bool(_discussion(headers))


def _discussion(headers: Headers) -> str:
    # RFC 2369: "List-Post: NO" says that nobody may write to the list, so it is none for talking.
    if "list-post" in headers.named and headers.token("list-post") != "no":
        return "it has List-Post"
    if "list-unsubscribe" in headers.named:
        return ""
    if "list-id" in headers.named:
        return "it has List-Id"
    return "Precedence: list" if headers.token("precedence") == "list" else ""


def _newsletter(headers: Headers) -> str:
    if "list-unsubscribe" in headers.named:
        return "it has List-Unsubscribe"
    named = next((name for name in _CAMPAIGN if name in headers.named), None)
    return f"Precedence: bulk, and it has {named}" if named and headers.token("precedence") == "bulk" else ""
