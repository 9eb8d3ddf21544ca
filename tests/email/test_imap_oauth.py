"""Mailboxes that are signed in to through a browser: a real server (Dovecot) that asks a stand-in about tokens."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from conftest import not_run
from ingest_email.channels import imap
from ingest_email.imap.settings import Settings, grant
from mailing import Between, Notes, Reader, mail, reading
from parts.dovecot import Dovecot, dovecot
from parts.missing import Missing
from parts.sign_in import CLIENT, SignIn, mail_server_settings, sign_in
from peyvand.errors import NotSignedIn, SignInFailed
from peyvand.oauth import Accounts, KeptAccess, Key, Tokens
from peyvand.testing import MemoryCursors

SERVER = """
auth_mechanisms = plain login {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {file}
}}
"""
real = pytest.mark.real


@pytest.fixture
def provider() -> Iterator[SignIn]:
    with sign_in() as server:
        yield server


def serving(folder: Path, provider: SignIn, mechanisms: str, stack: ExitStack) -> Dovecot:
    """Start a server that takes tokens."""
    file = folder / "oauth2.conf"
    file.write_text(mail_server_settings(provider.url))
    try:
        server = stack.enter_context(dovecot(SERVER.format(mechanisms=mechanisms, file=file)))
    except Missing as missing:
        not_run(missing)
    server.user("support")
    return server


@pytest.fixture
def server(tmp_path: Path, provider: SignIn) -> Iterator[Dovecot]:
    with ExitStack() as stack:
        yield serving(tmp_path, provider, "xoauth2 oauthbearer", stack)


def settings(server: Any, provider: SignIn, **more: Any) -> Settings:
    client = {"provider": "other", "client_id": CLIENT, "token_url": f"{provider.url}/token"}
    return Settings.model_validate({
        "host": server.host, "port": server.port, "username": "support", "tls": "none",
        "oauth": {**client, "device_url": f"{provider.url}/device", "scopes": ["mail"]}, **more,
    })  # fmt: skip


async def access(account: Settings, provider: SignIn) -> KeptAccess:
    """Return the access of a mailbox that somebody has signed in to."""
    accounts = Accounts(MemoryCursors(), Key(SecretStr("k" * 40)), "test")
    await accounts.keep("support", Tokens.given(provider.tokens(), datetime.now(UTC)))
    asked = grant(account)
    assert asked is not None
    return accounts.access("support", asked)


@real
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_a_mailbox_is_read_with_a_token(tmp_path: Path, provider: SignIn, mechanism: str) -> None:
    with ExitStack() as stack:
        server = serving(tmp_path, provider, mechanism, stack)
        server.deliver("support", "INBOX", mail("با نشانه"))
        account = settings(server, provider)
        source = imap.SOURCE.with_access(await access(account, provider))
        async with reading(Reader(account, source=source)) as reader:
            await reader.has(1)
        assert reader.subjects == ["با نشانه"]
        assert await source.check(account) == (
            "signed in as support; INBOX has 1 messages; Sent (sent mail) has 0 messages"
        )


@real
async def test_a_token_that_has_ended_is_renewed_and_reading_goes_on(server: Dovecot, provider: SignIn) -> None:
    account = settings(server, provider, poll_seconds=3600)
    source = imap.SOURCE.with_access(await access(account, provider))
    async with reading(Reader(account, source=source)) as reader:
        await reader.until(lambda: reader.notes.polls, "the first poll")
        provider.expire()
        server.kill_sessions()
        server.deliver("support", "INBOX", mail("پس از پایان نشانه"))
        await reader.has(1)
    assert [form["grant_type"] for form in provider.asked] == ["refresh_token"]


@real
async def test_a_refused_token_is_renewed_once_and_then_a_human_is_told(server: Dovecot, provider: SignIn) -> None:
    between = Between(server, lambda _line: None)
    account = settings(server, provider)
    async with between.listening():
        account = settings(between, provider)
        held = await access(account, provider)
        provider.user = "somebody-else"  # whose token does not open this mailbox
        with pytest.raises(SignInFailed, match="refuses the token of support: is IMAP allowed"):
            await imap.SOURCE.with_access(held).check(account)
    assert len([line for line in between.asked if b"AUTHENTICATE" in line]) == 2
    assert len(provider.asked) == 1


@real
async def test_a_token_is_sent_once_though_the_server_asks_back(server: Dovecot, provider: SignIn) -> None:
    between = Between(server, lambda _line: None)
    async with between.listening():
        account = settings(between, provider)
        held = await access(account, provider)
        provider.expire()
        await imap.SOURCE.with_access(held).check(account)
    begun = next(i for i, line in enumerate(between.asked) if b"AUTHENTICATE" in line)
    sent, answer = between.asked[begun + 1 : begun + 3]
    assert len(sent) > 40
    assert answer == b"\r\n"


@real
async def test_a_withdrawn_sign_in_is_said_in_plain_words_and_the_mail_server_is_left_alone(
    server: Dovecot, provider: SignIn
) -> None:
    between = Between(server, lambda _line: None)
    async with between.listening():
        account = settings(between, provider)
        held = await access(account, provider)
        provider.withdraw()
        async with reading(Reader(account, source=imap.SOURCE.with_access(held), notes=Notes())) as reader:
            await reader.until(lambda: len(reader.notes.complaints) >= 3, "three complaints")
    assert "./peyvand login support" in reader.notes.complaints[0]
    assert len([line for line in between.asked if b"AUTHENTICATE" in line]) == 1


@real
async def test_without_a_sign_in_nothing_is_asked(server: Dovecot, provider: SignIn) -> None:
    with pytest.raises(NotSignedIn, match="signed in to through a browser"):
        await imap.check(settings(server, provider))


def test_microsofts_and_googles_addresses_are_known() -> None:
    microsoft = Settings.model_validate(
        {"username": "a@example.com", "oauth": {"provider": "microsoft", "client_id": "c", "tenant": "example.com"}}
    )
    asked = grant(microsoft)
    assert microsoft.host == "outlook.office365.com"
    assert asked is not None
    assert asked.device_url == "https://login.microsoftonline.com/example.com/oauth2/v2.0/devicecode"
    assert asked.scopes == ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
    google = Settings.model_validate(
        {"username": "a@gmail.com", "oauth": {"provider": "google", "client_id": "c", "client_secret": "s"}}
    )
    asked = grant(google)
    assert google.host == "imap.gmail.com"
    assert google.a_day == 2_500_000_000
    assert asked is not None
    assert (asked.device_url, asked.also["access_type"]) == (None, "offline")


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ({"provider": "google"}, "client_secret"),
        ({"provider": "microsoft", "tenant": "a/../b"}, "pattern"),
        ({"provider": "microsoft", "token_url": "https://a"}, "leave them out"),
        ({"provider": "other"}, "needs token_url"),
        ({"provider": "other", "token_url": "https://a", "device_url": "http://b.example"}, "must begin with https"),
    ],
)
def test_a_client_that_cannot_be_right_is_refused_in_words(client: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings.model_validate({"host": "h", "username": "u", "oauth": {"client_id": "c", **client}})


def test_a_mailbox_without_password_and_oauth_lacks_something() -> None:
    with pytest.raises(ValidationError, match="password"):
        Settings.model_validate({"host": "h", "username": "u"})
