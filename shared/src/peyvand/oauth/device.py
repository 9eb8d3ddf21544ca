"""Signing in by a code that a person confirms on any screen.

https://www.rfc-editor.org/rfc/rfc8628
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from peyvand.errors import SignInFailed, Unavailable
from peyvand.oauth.endpoint import Denied, Endpoint
from peyvand.oauth.tokens import Tokens

KIND = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL = 5.0
_LONGEST = 15 * 60.0
_SLOWER = 5.0
_WORDS = {
    "access_denied": "the sign-in was declined",
    "authorization_declined": "the sign-in was declined",  # Microsoft's word
    "expired_token": "nobody confirmed the code in time",
    "code_expired": "nobody confirmed the code in time",
}


@dataclass(frozen=True, slots=True)
class Code:
    """The code to confirm, where, and how patiently to ask whether it was."""

    device_code: str
    user_code: str
    address: str
    interval: float
    seconds: float


async def begun(server: Endpoint) -> Code:
    """Return a new code; raises SignInFailed, Unavailable."""
    try:
        said = await server.device()
    except Denied as error:
        raise SignInFailed(f"{error}; check client_id, and that the registered client allows public flows") from error
    address = said.get("verification_uri") or said.get("verification_url")  # Google's older name of it
    if not (said.get("device_code") and said.get("user_code") and address):
        raise Unavailable("the sign-in server answered without a code")
    return Code(
        str(said["device_code"]),
        str(said["user_code"]),
        str(address),
        _number(said.get("interval"), _INTERVAL),
        _number(said.get("expires_in"), _LONGEST),
    )


async def confirmed(server: Endpoint, code: Code, sleep: Callable[[float], Awaitable[None]]) -> Tokens:
    """Return tokens once a person has confirmed the code; raises SignInFailed when it was declined or is too old."""
    interval, left = code.interval, code.seconds
    while left > 0:
        await sleep(interval)
        left -= interval
        try:
            answer = await server.token({"grant_type": KIND, "device_code": code.device_code})
        except Denied as error:
            if error.error == "slow_down":
                interval += _SLOWER
            elif error.error != "authorization_pending":
                raise SignInFailed(_WORDS.get(error.error, str(error))) from error
        except Unavailable:
            interval += _SLOWER  # RFC 8628, 3.5: a server that does not answer is asked less often
        else:
            return Tokens.given(answer, datetime.now(UTC))
    raise SignInFailed("nobody confirmed the code in time")


def _number(said: object, otherwise: float) -> float:
    return float(said) if isinstance(said, int | float) and 0 < said <= _LONGEST * 4 else otherwise
