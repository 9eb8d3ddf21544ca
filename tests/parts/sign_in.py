"""A local stand-in of a provider's sign-in server, over real HTTP: codes on another screen, tokens that end, and what a
mail server asks it about tokens.

https://www.rfc-editor.org/rfc/rfc6749, https://www.rfc-editor.org/rfc/rfc8628, https://www.rfc-editor.org/rfc/rfc7662
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parts.served import served

CLIENT = "8d1f6a52-client"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(slots=True)
class SignIn:
    """The server's side: what a person does there, and what the test sees and breaks."""

    user: str = "support"
    interval: float = 0.01
    lasts: int = 3600
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)  # what became of each device code
    visits: dict[str, tuple[str, str]] = field(default_factory=dict)  # of each browser's code: challenge, redirect
    refreshes: set[str] = field(default_factory=set)
    good: set[str] = field(default_factory=set)
    refusals: list[Response] = field(default_factory=list)
    gives_refresh: bool = True
    willing: bool = False  # a person sits there and confirms whatever is asked

    def confirm(self) -> None:
        """Confirm every code, as the person does."""
        self.codes = dict.fromkeys(self.codes, "confirmed")

    def decline(self) -> None:
        """Decline every code."""
        self.codes = dict.fromkeys(self.codes, "access_denied")

    def visited(self, challenge: str, redirect: str) -> str:
        """Return the code with which a browser comes back."""
        code = secrets.token_urlsafe(8)
        self.visits[code] = (challenge, redirect)
        return code

    def expire(self) -> None:
        """End all access tokens; they can be renewed."""
        self.good.clear()

    def withdraw(self) -> None:
        """Take the sign-in back, as an administrator does."""
        self.good.clear()
        self.refreshes.clear()

    def tokens(self) -> dict[str, Any]:
        """Give new tokens."""
        access, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.good.add(access)
        told: dict[str, Any] = {"token_type": "Bearer", "access_token": access, "expires_in": self.lasts}
        if self.gives_refresh:
            self.refreshes.add(refresh)
            told["refresh_token"] = refresh
        return told

    async def device(self, request: Request) -> Response:
        form = await self._form(request)
        if form.get("client_id") != CLIENT:
            return _denied("invalid_client")
        code = secrets.token_urlsafe(8)
        self.codes[code] = "confirmed" if self.willing else "authorization_pending"
        told = {"device_code": code, "user_code": "YZMY-LD4K", "verification_uri": f"{self.url}/device"}
        return JSONResponse({**told, "interval": self.interval, "expires_in": 900})

    async def token(self, request: Request) -> Response:
        form = await self._form(request)
        if self.refusals:
            return self.refusals.pop(0)
        match form:
            case {"client_id": client} if client != CLIENT:
                return _denied("invalid_client")
            case {"grant_type": "refresh_token", "refresh_token": refresh} if refresh in self.refreshes:
                return JSONResponse(self.tokens())
            case {"grant_type": grant, "device_code": code} if grant == DEVICE and code in self.codes:
                state = self.codes[code]
                return JSONResponse(self.tokens()) if state == "confirmed" else _denied(state)
            case {"grant_type": "authorization_code"} if self._proves(form):
                return JSONResponse(self.tokens())
            case _:
                said = "AADSTS700082: The refresh token has expired. Trace ID: 21a7ca08 User: sara@example.ir"
                return _denied("invalid_grant", said)

    async def introspect(self, request: Request) -> Response:
        """Tell a mail server whose a token is."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self.good:
            return JSONResponse({"active": False})
        return JSONResponse({"email": self.user, "active": True})

    def _proves(self, form: Mapping[str, str]) -> bool:
        challenge, redirect = self.visits.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        given = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return bool(challenge) and (given, form.get("redirect_uri")) == (challenge, redirect)

    async def _form(self, request: Request) -> dict[str, str]:
        form = {key: str(value) for key, value in (await request.form()).items()}
        self.asked.append(form)
        return form


def mail_server_settings(url: str) -> str:
    """Return what a Dovecot needs to be told, in its file for OAuth, to ask this server about tokens."""
    asked = f"introspection_mode = auth\nintrospection_url = {url}/introspect\nusername_attribute = email\n"
    return asked + "active_attribute = active\nactive_value = true\n"


def _denied(error: str, said: str = "") -> Response:
    return JSONResponse({"error": error, "error_description": said}, 400)


@contextmanager
def sign_in(server: SignIn | None = None) -> Iterator[SignIn]:
    """Yield a running sign-in server."""
    server = server or SignIn()
    routes = [
        Route("/device", server.device, methods=["POST"]),
        Route("/token", server.token, methods=["POST"]),
        Route("/introspect", server.introspect),
    ]
    with served(Starlette(routes=routes)) as url:
        server.url = url
        yield server
