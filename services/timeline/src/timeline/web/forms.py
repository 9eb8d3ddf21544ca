"""Forms that decide something: read without a library, and only from a page of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from peyvand.errors import PeyvandError
from timeline.serving import own_origin

LONGEST_FORM = 64 * 1024
MOST_FIELDS = 1_000


class Foreign(PeyvandError):
    """A form that no page of ours sent: another site may have."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with all that it holds."""

    fields: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """Return what a field holds, without spaces around it; "" when it is not there."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def every(self, name: str) -> list[str]:
        """Return everything that fields of one name hold."""
        return self.fields.get(name, [])


async def form_of(request: Request) -> Form:
    """Return the form that a page of ours sent; raises Foreign, and HTTPException 413 for what is too long."""
    if not _of_ours(request):
        raise Foreign
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LONGEST_FORM:
        raise HTTPException(413)
    try:
        body = (await request.body()).decode()
        return Form(parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(413) from error


def _of_ours(request: Request) -> bool:
    """Return whether a browser says that our own page sent this; a program has a token, and no page sends that."""
    headers = request.headers
    if "authorization" in headers:
        return True
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and origin in (None, own_origin(request))
