"""Error bodies (RFC 9457), the same for webhooks, API and pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from peyvand.errors import Fault

TITLES = {
    400: "The request is malformed",
    401: "Sign in first",
    403: "Refused",
    404: "There is no such thing here",
    405: "This address does not take that method",
    411: "Length missing",
    413: "Too large",
    415: "Wrong kind of body",
    422: "The request cannot be understood",
    429: "Too many requests",
    500: "This is our fault",
    503: "Not now",
}


def problem(
    status: int, detail: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem response; `faults` become `errors`: JSON pointers and sentences."""
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status}
    body["detail"] = detail
    if faults:
        body["errors"] = [{"pointer": f.pointer, "detail": f.why} for f in faults]
    return Response(orjson.dumps(body), status, headers=headers, media_type="application/problem+json")
