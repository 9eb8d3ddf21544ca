"""What goes wrong with a server, in words that say what to do."""

import imaplib
import re
import socket
import ssl

from ingest_email.imap.settings import Settings
from peyvand.errors import PeyvandError, SignInFailed, Unavailable

# A refusal that says "not now": RFC 5530 codes, and what Microsoft, Google and Yahoo write instead.
_NOT_NOW = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|THROTTLED|OVERQUOTA)\]"
    r"|too many|throttl|temporar|try again|rate limit|bandwidth|backoff|not connected|server busy",
    re.IGNORECASE,
)
# Microsoft 365: "Request is throttled. Suggested Backoff Time: 299970 milliseconds".
_MICROSOFT_WAIT = re.compile(r"backoff time:?\s*(\d{1,9})\s*milli", re.IGNORECASE)
_LONGEST_WAIT = 300
_THROTTLED_WAIT = 60
_NEEDS_APP_PASSWORD = re.compile(
    r"application-specific|app(?:lication)?[ -]password|web login|basic ?auth", re.IGNORECASE
)
_SERVERS_FAULT = re.compile(r"\[(?:SERVERBUG|CONTACTADMIN)\]|internal error", re.IGNORECASE)
_EXPIRED = re.compile(r"\[EXPIRED\]|password (?:has )?expired", re.IGNORECASE)


class Dropped(Exception):
    """The connection ended while the server was being asked."""


class Refused(Exception):
    """The server answered, and not with what was asked for."""


class TokenRefused(SignInFailed):
    """The server refuses an access token; another one may be good."""


def unavailable(error: BaseException, settings: Settings) -> PeyvandError:
    """Return what a failure of the network or the server means."""
    host = f"{settings.host}:{settings.port}"
    match error:
        case PeyvandError():
            return error
        case ssl.SSLCertVerificationError():
            return Unavailable(
                f"the certificate of {host} is not valid for it ({error.verify_message}); "
                "check the host name, or name the authority's certificate as ca_file",
                _LONGEST_WAIT,
            )
        case ssl.SSLError():
            return Unavailable(f"{host} does not speak TLS as tls: {settings.tls} expects; check tls and port")
        case socket.gaierror():
            return Unavailable(f"the name {settings.host} cannot be found; check host and the network")
        case ConnectionRefusedError():
            return Unavailable(f"nothing listens at {host}; check host and port, and whether the server runs")
        case TimeoutError():
            return Unavailable(f"{host} does not answer in time")
        case imaplib.IMAP4.abort() | OSError() | Dropped():
            return not_now(str(error)) or Unavailable(f"{host} closed the connection")
        case _:
            return not_now(str(error)) or Unavailable(f"{host} did not do what was asked: {_said(error)}")


def sign_in_failed(error: BaseException, settings: Settings) -> PeyvandError:
    """Return what a refused sign-in means: later, or a matter for a human."""
    said = str(error)
    if "[AUTHENTICATIONFAILED]" not in said and (later := not_now(said)):
        return later
    if _SERVERS_FAULT.search(said):
        return Unavailable(f"{settings.host} cannot check passwords at the moment", _THROTTLED_WAIT)
    if settings.oauth is not None:
        return TokenRefused(
            f"{settings.host} refuses the token of {settings.username}: is IMAP allowed for this mailbox, and did who"
            " signed in have the right to read it? Then sign in again with ./peyvand login"
        )
    return SignInFailed(f"{settings.host} refused the sign-in of {settings.username}: {_advice(said, settings.host)}")


def not_now(said: str) -> Unavailable | None:
    """Return for how long a server asks us to stay away, or None when it does not."""
    if wait := _MICROSOFT_WAIT.search(said):
        seconds = min(_LONGEST_WAIT, int(wait[1]) // 1000 + 1)
        return Unavailable(f"the server asks us to wait {seconds} s: too much was fetched", seconds)
    if _NOT_NOW.search(said):
        return Unavailable("the server says: not now (too many connections, or too busy)", _THROTTLED_WAIT)
    return None


def _advice(said: str, host: str) -> str:
    if _EXPIRED.search(said):
        return "the password has expired; set a new one at the provider"
    if "outlook" in host or "office365" in host:
        return "Microsoft takes no passwords over IMAP any more; use oauth with provider: microsoft"
    if _NEEDS_APP_PASSWORD.search(said) or host.endswith(("gmail.com", "yahoo.com", "me.com", "icloud.com")):
        return "this provider wants an app password, made in the account's security settings, not the usual one"
    return "check username and password; with two-step verification an app password is needed"


def _said(error: BaseException) -> str:
    return str(error)[:200]
