"""Signing in through a browser: tokens are got, kept so that nobody else reads them, and renewed in time."""

import asyncio
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from parts.sign_in import CLIENT, SignIn, sign_in
from peyvand.access import Grant
from peyvand.errors import NotSignedIn, SignInFailed, Unavailable
from peyvand.oauth import Accounts, KeptAccess, Key, Seal, Tokens, begun, confirmed, endpoint, visit
from peyvand.oauth.sealing import NoKey
from peyvand.testing import MemoryCursors

pytestmark = pytest.mark.real

KEY = "k" * 40


@pytest.fixture
def provider() -> Iterator[SignIn]:
    with sign_in() as server:
        yield server


def grant(server: SignIn) -> Grant:
    return Grant(CLIENT, ("mail", "offline_access"), f"{server.url}/token", None, f"{server.url}/device")


@dataclass
class Installation:
    """What one process has of an account."""

    server: SignIn
    cursors: MemoryCursors = field(default_factory=MemoryCursors)
    holder: str = "me"
    key: str = KEY
    ahead: timedelta = timedelta(0)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.cursors, Key(SecretStr(self.key)), self.holder)

    def access(self) -> KeptAccess:
        return KeptAccess(self.accounts, "support", grant(self.server), lambda: datetime.now(UTC) + self.ahead)

    async def signed_in(self) -> Tokens:
        tokens = Tokens.given(self.server.tokens(), datetime.now(UTC))
        await self.accounts.keep("support", tokens)
        return tokens


async def test_a_code_is_confirmed_on_another_screen(provider: SignIn) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            provider.confirm()

    async with endpoint(grant(provider)) as server:
        code = await begun(server)
        tokens = await confirmed(server, code, sleep)
    assert (code.user_code, code.address) == ("YZMY-LD4K", f"{provider.url}/device")
    assert waits == [0.01] * 3
    assert tokens.access in provider.good
    assert tokens.refresh in provider.refreshes
    assert provider.asked[0] == {"client_id": CLIENT, "scope": "mail offline_access"}


async def test_a_server_that_asks_for_patience_is_asked_less_often(provider: SignIn) -> None:
    provider.refusals = [JSONResponse({"error": "slow_down"}, 400), Response("busy", 503)]
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        provider.confirm()

    async with endpoint(grant(provider)) as server:
        await confirmed(server, await begun(server), sleep)
    assert waits == [0.01, 5.01, 10.01]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("access_denied", "declined"),
        ("authorization_declined", "declined"),
        ("expired_token", "in time"),
        ("invalid_client", "127.0.0.1 says invalid_client"),
    ],
)
async def test_a_code_that_is_declined_or_too_old_is_said_in_words(provider: SignIn, state: str, words: str) -> None:
    async def sleep(_seconds: float) -> None:
        provider.codes = dict.fromkeys(provider.codes, state)

    async with endpoint(grant(provider)) as server:
        with pytest.raises(SignInFailed, match=words):
            await confirmed(server, await begun(server), sleep)


async def test_a_code_that_nobody_confirms_is_given_up(provider: SignIn) -> None:
    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0)

    provider.interval = 300
    async with endpoint(grant(provider)) as server:
        with pytest.raises(SignInFailed, match="in time"):
            await confirmed(server, await begun(server), sleep)


async def test_a_browser_on_another_machine_brings_the_code_in_the_address_where_it_ends(provider: SignIn) -> None:
    asked = Grant(CLIENT, ("mail",), f"{provider.url}/token", SecretStr("s"), authorize_url="https://a.example/auth")
    one = visit(asked)
    said = {key: values[0] for key, values in parse_qs(urlsplit(one.address).query).items()}
    code = provider.visited(said["code_challenge"], said["redirect_uri"])
    async with endpoint(asked) as server:
        tokens = await one.ended(server, f" {said['redirect_uri']}?state={said['state']}&code={code}&scope=mail\n")
    assert tokens.access in provider.good
    assert provider.asked[-1]["client_secret"] == "s"
    assert one.verifier not in one.address


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("?state=another&code=c", "belongs to another sign-in"),
        ("?code=c", "belongs to another sign-in"),
        ("?state=another", "holds no code"),
        ("", "holds no code"),
        ("?error=access_denied", "declined"),
    ],
)
async def test_an_address_that_proves_nothing_is_refused(provider: SignIn, ending: str, words: str) -> None:
    asked = Grant(CLIENT, ("mail",), f"{provider.url}/token", authorize_url="https://a.example/auth")
    async with endpoint(asked) as server:
        with pytest.raises(SignInFailed, match=words):
            await visit(asked).ended(server, f"http://127.0.0.1:8642/{ending}")
    assert provider.asked == []


async def test_a_token_is_used_until_it_ends_and_then_renewed_once_for_all(provider: SignIn) -> None:
    here = Installation(provider)
    first = await here.signed_in()
    access = here.access()
    assert [await access.token() for _ in range(3)] == [first.access] * 3
    assert provider.asked == []
    here.ahead = timedelta(minutes=59, seconds=30)  # less than a minute is left
    renewed = await access.token()
    assert renewed != first.access
    assert [form["grant_type"] for form in provider.asked] == ["refresh_token"]


async def test_a_token_that_the_source_refuses_is_renewed_before_its_time(provider: SignIn) -> None:
    here = Installation(provider)
    first = await here.signed_in()
    access = here.access()
    assert await access.token() == first.access
    assert await access.renewed() != first.access


async def test_what_another_process_renewed_is_taken_from_it(provider: SignIn) -> None:
    here = Installation(provider)
    await here.signed_in()
    there = Installation(provider, here.cursors, holder="another")
    mine, other = here.access(), there.access()
    await mine.token()
    await other.token()
    renewed = await other.renewed()
    assert await mine.renewed() == renewed
    assert len(provider.asked) == 1


async def test_two_processes_that_renew_at_once_ask_once(provider: SignIn) -> None:
    here = Installation(provider)
    await here.signed_in()
    here.ahead = timedelta(hours=1)
    provider.lasts = 24 * 3600
    there = Installation(provider, here.cursors, holder="another", ahead=here.ahead)
    tokens = await asyncio.gather(here.access().token(), there.access().token())
    assert len(set(tokens)) == 1
    assert len(provider.asked) == 1


async def test_a_refresh_token_that_is_not_replaced_stays_good(provider: SignIn) -> None:
    here = Installation(provider)
    await here.signed_in()
    provider.gives_refresh = False
    access = here.access()
    assert len({await access.token(), await access.renewed(), await access.renewed()}) == 3


async def test_a_sign_in_that_was_withdrawn_is_said_once_to_the_provider_and_then_only_to_us(provider: SignIn) -> None:
    here = Installation(provider)
    await here.signed_in()
    provider.withdraw()
    access = here.access()
    await access.token()
    with pytest.raises(
        NotSignedIn, match=r"expired or was withdrawn \(127.0.0.1 says invalid_grant AADSTS700082\)"
    ) as told:
        await access.renewed()
    assert "./peyvand login support" in str(told.value)
    assert "sara@example.ir" not in str(told.value)
    for asked in (access, access, here.access()):
        with pytest.raises(NotSignedIn, match="the sign-in of support is over"):
            await asked.token()
    assert len(provider.asked) == 1
    await here.signed_in()
    assert await here.access().token() in provider.good


async def test_an_account_that_nobody_has_signed_in_to_says_what_to_do(provider: SignIn) -> None:
    with pytest.raises(NotSignedIn, match=r"nobody has signed in to support yet: \./peyvand login support"):
        await Installation(provider).access().token()


async def test_a_sign_in_server_that_is_ill_or_away_is_waited_for(provider: SignIn) -> None:
    here = Installation(provider)
    await here.signed_in()
    provider.refusals = [Response("oops", 500), Response("slow", 429), Response("<html>", 403)]
    access = here.access()
    await access.token()
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"the sign-in server 127\.0\.0\.1 answers"):
            await access.renewed()
    away = KeptAccess(here.accounts, "support", Grant(CLIENT, (), "http://127.0.0.1:1/token"))
    await away.token()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await away.renewed()


async def test_what_is_kept_is_readable_to_nobody_without_the_key(provider: SignIn) -> None:
    here = Installation(provider)
    tokens = await here.signed_in()
    kept = str(here.cursors.cursors)
    assert tokens.access not in kept
    assert tokens.refresh not in kept
    with pytest.raises(NotSignedIn, match="sealed under another key"):
        await Installation(provider, here.cursors, key="another" * 8).access().token()


def test_what_was_sealed_for_one_account_does_not_open_as_anothers_nor_when_changed() -> None:
    seal = Seal.of(KEY)
    closed = seal.closed(b"token", "support")
    assert seal.opened(closed, "support") == b"token"
    assert seal.closed(b"token", "support") != closed
    for sealed, account in (
        (closed, "sales"),
        (closed[:-8] + "AAAAAAA=", "support"),
        ("", "support"),
        ("ü", "support"),
    ):
        with pytest.raises(NoKey, match="sealed under another key"):
            seal.opened(sealed, account)


def test_a_key_is_made_when_it_is_needed_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "key"
    closed = Key(file=file).seal().closed(b"token", "support")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]
    assert Key(file=file).seal().opened(closed, "support") == b"token"
    file.chmod(0o644)
    with pytest.raises(NoKey, match="chmod 600"):
        Key(file=file).seal()


def test_the_environments_key_goes_before_the_files(tmp_path: Path) -> None:
    Key(SecretStr(KEY), tmp_path / "key").seal()
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    ("key", "words"),
    [(Key(), "need PEYVAND_KEY"), (Key(SecretStr("short")), "too short"), (Key(file=Path("/proc/key")), "cannot be")],
)
def test_a_key_that_is_missing_or_could_be_guessed_is_refused_in_words(key: Key, words: str) -> None:
    with pytest.raises(NoKey, match=words):
        key.seal()
