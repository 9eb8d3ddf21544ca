"""Flags with reasons, in the forms that are certain: answers by machines, lists, newsletters, bounces."""

import re
from collections.abc import Callable, Iterator

from ingest_email.reading.headers import Headers
from ingest_email.reading.mime import Part
from peyvand.event import Flag

_ACTION = re.compile(rb"^action[ \t]*:[ \t]*([a-z]+)", re.IGNORECASE | re.MULTILINE)
# Fields whose presence alone says that a machine answered.
_ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponder")


def flags(root: Part) -> tuple[Flag, ...]:
    """Return what is to be known of a mail beside what it says."""
    return tuple(flag for rule in _RULES for flag in rule(root))


def _automatic(root: Part) -> Iterator[Flag]:
    headers = root.headers
    if root.media_type == "multipart/report":
        return  # the report says more
    said = headers.token("auto-submitted")
    if said == "auto-replied":
        yield Flag(name="auto-reply", why=f"Auto-Submitted: {said}")
    elif said and said != "no":
        yield Flag(name="auto-generated", why=f"Auto-Submitted: {said}")
    elif headers.token("precedence") in ("auto_reply", "auto-reply"):
        yield Flag(name="auto-reply", why=f"Precedence: {headers.token('precedence')}")
    elif named := next((n for n in _ANSWERING if headers.first(n) is not None), None):
        yield Flag(name="auto-reply", why=f"it has {named}")


def _list(root: Part) -> Iterator[Flag]:
    headers = root.headers
    if _posts(headers):
        yield Flag(name="list", why="it has List-Post")
    elif headers.first("list-unsubscribe") is not None:
        yield Flag(name="newsletter", why="it has List-Unsubscribe")
    elif headers.first("list-id") is not None:
        yield Flag(name="list", why="it has List-Id")


def _posts(headers: Headers) -> bool:
    # RFC 2369: "List-Post: NO" says that nobody may write to the list, so it is none for talking.
    return headers.first("list-post") is not None and headers.token("list-post") != "no"


def _bounce(root: Part) -> Iterator[Flag]:
    if root.media_type != "multipart/report" or root.parameters.get("report-type", "").lower() != "delivery-status":
        return
    action = _action(root)
    if action in ("", "failed"):
        yield Flag(name="bounce", why="a delivery report: " + (action or "without an action"))
    else:
        yield Flag(name="delivery-report", why=f"a delivery report: {action}")


def _action(root: Part) -> str:
    for part in root.leaves():
        if part.media_type in ("message/delivery-status", "message/global-delivery-status"):
            found = {a.lower().decode() for a in _ACTION.findall(part.content()[: 64 * 1024])}
            return "failed" if "failed" in found else next(iter(sorted(found)), "")
    return ""


_RULES: tuple[Callable[[Part], Iterator[Flag]], ...] = (_automatic, _list, _bounce)
