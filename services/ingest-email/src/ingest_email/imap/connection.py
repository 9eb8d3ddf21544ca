"""A signed-in connection: TLS checked, deadlines set, and imapclient's traps closed."""

import socket
import ssl
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from ingest_email.imap.settings import Settings
from ingest_email.imap.trouble import sign_in_failed, unavailable
from peyvand.errors import NotSignedIn, SignInFailed

CONNECT_SECONDS = 15
READ_SECONDS = 60
# Routers forget a silent connection; a probe each 100 s keeps it, and finds out when it is gone.
_PROBE_SECONDS = 100
# Some servers (163.com) open no folder for a program that does not say its name (RFC 2971).
_WHO = {"name": "Peyvand"}


def connected(settings: Settings, token: str | None = None) -> Any:
    """Return a client that is signed in; raises Unavailable, SignInFailed or TokenRefused in plain words."""
    try:
        client = _open(settings)
    except (OSError, IMAPClientError) as error:
        raise unavailable(error, settings) from error
    try:
        _sign_in(client, settings, token)
        if client.has_capability("ID"):
            client.id_(_WHO)
    except LoginError as error:
        released(client)
        raise sign_in_failed(error, settings) from error
    except (OSError, IMAPClientError) as error:
        released(client)
        raise unavailable(error, settings) from error
    except SignInFailed:
        released(client)
        raise
    return client


def cut(client: Any, *, politely: bool = False) -> None:
    """End a connection at once, from any thread: what waits on it wakes up with an error."""
    sock = client.socket()
    try:
        if politely:
            sock.settimeout(1)
            sock.sendall(b"bye LOGOUT\r\n")
        # not SSLSocket.shutdown, which takes the TLS state away from under a thread that reads
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it was gone already


def released(client: Any) -> None:
    """Give back what a connection holds; only from the thread that uses it."""
    with suppress(OSError):
        client.shutdown()


def _open(settings: Settings) -> Any:
    context = ssl.create_default_context(cafile=settings.ca_file)
    timeout = SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    implicit = settings.tls == "implicit"
    client = IMAPClient(
        settings.host, settings.port, ssl=implicit, ssl_context=context if implicit else None, timeout=timeout
    )
    # imapclient asks imaplib for debug text of every literal, only to throw it away: four times the work
    client._imap.debug = 0
    client.normalise_times = False
    _keep_alive(client.socket())
    if settings.tls == "starttls":
        client.starttls(context)
    return client


def _sign_in(client: Any, settings: Settings, token: str | None) -> None:
    if settings.password is None:
        if token is None:
            raise NotSignedIn(f"{settings.username} is signed in to through a browser: ./peyvand login")
        _sign_in_with_token(client, settings.username, token)
        return
    if client.has_capability("LOGINDISABLED"):
        raise SignInFailed(
            f"{settings.host} takes no password on this connection; set tls: starttls, or implicit with port 993"
        )
    password = settings.password.get_secret_value()
    if client.has_capability("AUTH=PLAIN") and not (settings.username + password).isascii():
        client.plain_login(settings.username, password)  # LOGIN can carry ASCII only
        return
    try:
        client.login(settings.username, password)
    except UnicodeEncodeError as error:
        raise SignInFailed(f"{settings.host} takes only ASCII letters in a password over IMAP") from error


def _sign_in_with_token(client: Any, username: str, token: str) -> None:
    """Sign in as Microsoft and Google document it, else by the standard (RFC 7628)."""
    if client.has_capability("AUTH=OAUTHBEARER") and not client.has_capability("AUTH=XOAUTH2"):
        name = username.replace("=", "=3D").replace(",", "=2C")
        _authenticate(client, "OAUTHBEARER", f"n,a={name},\1auth=Bearer {token}\1\1", "\1")
    else:
        _authenticate(client, "XOAUTH2", f"user={username}\1auth=Bearer {token}\1\1", "")


def _authenticate(client: Any, mechanism: str, first: str, otherwise: str) -> None:
    """Send the token once; what the server has against it (JSON) is answered as the mechanism wants, and it says NO.

    To that answer imapclient's own oauth2_login would send the token a second time.
    """
    answers = iter([first])
    client.sasl_login(mechanism, lambda _challenge: next(answers, otherwise))


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), _PROBE_SECONDS)
