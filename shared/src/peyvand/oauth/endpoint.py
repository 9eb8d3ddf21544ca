"""Asking a vendor's sign-in server (RFC 6749, section 3.2), and what its refusals mean."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from peyvand.access import Grant
from peyvand.errors import PeyvandError, Unavailable

_SECONDS = 20.0
_LONGEST_ANSWER = 256 * 1024
# Microsoft's own number of a refusal; the rest of what it says names tenant and user.
_MICROSOFT = re.compile(r"\bAADSTS\d{3,10}\b")
_WORD = re.compile(r"[a-z_]{1,60}\Z")


class Denied(PeyvandError):
    """The sign-in server said no; `error` is the standard's word for it (RFC 6749, 5.2; RFC 8628, 3.5)."""

    def __init__(self, error: str, host: str, said: str) -> None:
        super().__init__(f"{host} says {' '.join(w for w in (error, said) if w)}")
        self.error = error


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A vendor's sign-in server, as one registered client asks it."""

    grant: Grant
    client: httpx.AsyncClient

    async def device(self) -> dict[str, Any]:
        """Return the answer to a request for a code; raises Denied, Unavailable."""
        scopes = " ".join(self.grant.scopes)
        return await self._asked(self.grant.device_url or "", {"client_id": self.grant.client_id, "scope": scopes})

    async def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer to a request for tokens; raises Denied, Unavailable."""
        known = {"client_id": self.grant.client_id}
        if self.grant.client_secret is not None:
            known["client_secret"] = self.grant.client_secret.get_secret_value()
        return await self._asked(self.grant.token_url, {**known, **form})

    async def _asked(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        host = urlsplit(url).hostname or url
        try:
            answer = await self.client.post(url, data=dict(form), headers={"accept": "application/json"})
        except httpx.HTTPError as error:
            raise Unavailable(f"the sign-in server {host} cannot be reached: {type(error).__name__}", 30) from error
        said = _json(answer)
        denied = said.get("error")
        if answer.status_code >= 500 or answer.status_code == 429 or (answer.is_error and not denied):
            raise Unavailable(f"the sign-in server {host} answers {answer.status_code}", 60)
        if denied is not None:
            raise Denied(_word(denied), host, " ".join(_MICROSOFT.findall(str(said.get("error_description")))[:1]))
        return said


@asynccontextmanager
async def endpoint(grant: Grant) -> AsyncIterator[Endpoint]:
    """Open a vendor's sign-in server for as long as the body runs."""
    async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client:
        yield Endpoint(grant, client)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = json.loads(answer.content) if len(answer.content) <= _LONGEST_ANSWER else None
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}


def _word(error: object) -> str:
    return error if isinstance(error, str) and _WORD.match(error) else "something unknown"
