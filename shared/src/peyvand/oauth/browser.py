"""Signing in through a browser that may be on another machine: an address to open, and the address it ends at.

For vendors that give no tokens for mail by a code (Google). The browser ends at an address of this machine, where
nothing listens; the person copies that address. https://www.rfc-editor.org/rfc/rfc8252 with PKCE (RFC 7636)
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from peyvand.access import Grant
from peyvand.errors import SignInFailed
from peyvand.oauth.endpoint import Denied, Endpoint
from peyvand.oauth.tokens import Tokens

# Nobody need listen there; who does, on the browser's machine, lacks the verifier that the code is good for.
REDIRECT = "http://127.0.0.1:8642/"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the vendor's page: the address to open, and what proves that the way back belongs to it."""

    address: str
    state: str
    verifier: str

    async def ended(self, server: Endpoint, pasted: str) -> Tokens:
        """Return tokens for the address that the browser ended at; raises SignInFailed, Unavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": self._code(pasted),
            "code_verifier": self.verifier,
            "redirect_uri": REDIRECT,
        }
        try:
            return Tokens.given(await server.token(form), datetime.now(UTC))
        except Denied as error:
            raise SignInFailed(f"{error}: open the address anew, and check client_id and client_secret") from error

    def _code(self, pasted: str) -> str:
        said = parse_qs(urlsplit(pasted.strip()).query)
        if "error" in said:
            raise SignInFailed("the sign-in was declined")
        code, state = said.get("code", [""])[0], said.get("state", [""])[0]
        if not code:
            raise SignInFailed("that address holds no code: copy the whole address at which the browser ended")
        if not hmac.compare_digest(state.encode(), self.state.encode()):
            raise SignInFailed("that address belongs to another sign-in: open the newest one, and copy where it ends")
        return code


def visit(grant: Grant) -> Visit:
    """Return a new visit of the vendor's page."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": grant.client_id,
        "redirect_uri": REDIRECT,
        "scope": " ".join(grant.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **grant.also,
    }
    return Visit(f"{grant.authorize_url}?{urlencode(asked)}", state, verifier)
