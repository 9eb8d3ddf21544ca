"""`peyvand login`: a person signs in on any screen; what is kept is sealed, and `check` works from then on."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import not_run
from parts.dovecot import Dovecot, dovecot
from parts.missing import Missing
from parts.sign_in import CLIENT, SignIn, mail_server_settings, sign_in
from peyvand_standalone.cli import app

pytestmark = pytest.mark.real

SERVER = """
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {file}
}}
"""
FILE = """\
organisation: {{name: نمونه, domains: [example.ir]}}
connectors:
  - {{name: pbx, channel: asterisk, cdr: Master.csv}}
  - name: support-inbox
    channel: imap
    host: 127.0.0.1
    port: {port}
    tls: none
    username: support
    oauth:
      {{provider: other, client_id: {client}, token_url: "{url}/token", device_url: "{url}/device", scopes: [mail]}}
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("PEYVAND_KEY", raising=False)
    Path("Master.csv").write_text("")


@pytest.fixture
def provider() -> Iterator[SignIn]:
    with sign_in(SignIn(willing=True)) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path, provider: SignIn) -> Iterator[Dovecot]:
    file = tmp_path / "oauth2.conf"
    file.write_text(mail_server_settings(provider.url))
    with ExitStack() as stack:
        try:
            running = stack.enter_context(dovecot(SERVER.format(file=file)))
        except Missing as missing:
            not_run(missing)
        running.user("support")
        Path("peyvand.yaml").write_text(FILE.format(port=running.port, url=provider.url, client=CLIENT))
        yield running


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.usefixtures("server")
def test_a_code_is_shown_the_sign_in_tried_and_what_is_kept_is_sealed(provider: SignIn) -> None:
    before = run("check")
    assert before.exit_code == 1
    assert "nobody has signed in to support-inbox yet: ./peyvand login support-inbox" in before.output
    told = run("login", "support-inbox")
    assert told.exit_code == 0, told.output
    assert f"{provider.url}/device" in told.output
    assert "YZMY-LD4K" in told.output
    assert "It works: signed in as support; INBOX has 0 messages" in told.output
    assert stat.S_IMODE(Path("var/key").stat().st_mode) == 0o600
    with closing(sqlite3.connect("var/peyvand.db")) as database:
        kept = str(database.execute("SELECT * FROM connector_state").fetchall())
    assert "login:support-inbox" in kept
    assert not [token for token in (*provider.good, *provider.refreshes) if token in kept]
    assert "signed in as support" in run("check").output


@pytest.mark.usefixtures("server")
def test_a_sign_in_that_was_withdrawn_is_said_in_plain_words_and_can_be_made_anew(provider: SignIn) -> None:
    run("login", "support-inbox")
    provider.withdraw()
    told = run("check")
    assert told.exit_code == 1
    assert "the sign-in of support-inbox has expired or was withdrawn" in told.output
    assert run("login", "support-inbox").exit_code == 0
    assert "signed in as support" in run("check").output


@pytest.mark.usefixtures("server")
def test_a_token_for_an_hour_is_not_enough(provider: SignIn) -> None:
    provider.gives_refresh = False
    told = run("login", "support-inbox")
    assert told.exit_code == 1
    assert "offline_access" in told.output


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("name", "words"), [("pbx", "needs no login"), ("sales", "sales is none of pbx, support-inbox")]
)
def test_who_needs_no_login_is_told_so(name: str, words: str) -> None:
    told = run("login", name)
    assert told.exit_code == 2
    assert words in told.output
