"""`peyvand connect`: asks, tries, and writes only what works; secrets beside the file, the file as it was."""

import stat
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from peyvand_standalone.cli import app
from peyvand_standalone.connect.channels import ASKED
from peyvand_standalone.sources import CHANNELS, read_configuration

ROW = (
    '"","09121112233","201","from-trunk","""09121112233"" <09121112233>","PJSIP/trunk-1","PJSIP/201-2","Dial","",'
    '"2026-01-31 09:30:00","2026-01-31 09:30:05","2026-01-31 09:31:00",60,55,"ANSWERED","DOCUMENTATION",'
    '"1769839200.1","","","1769839200.1",1\n'
)
BY_HAND = """\
# our file: keep this line
organisation:
  name: نمونه   # and this one
connectors:
  - {name: pbx,   channel: asterisk, cdr: Master.csv}   # the switchboard
server: {port: 8090}  # behind the proxy
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")
    Path("Master.csv").write_text(ROW)


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["connect", *arguments], input=typed)


def written() -> list[dict[str, object]]:
    found = yaml.safe_load(Path("peyvand.yaml").read_text(encoding="utf-8"))["connectors"]
    assert isinstance(found, list)
    return found


def test_every_channel_can_be_connected() -> None:
    assert set(ASKED) == set(CHANNELS)


@pytest.mark.parametrize("channel", sorted(ASKED))
def test_a_channel_is_asked_only_for_what_its_settings_know(channel: str) -> None:
    assert {q.key for q in ASKED[channel].questions} <= set(CHANNELS[channel].model_fields)


@pytest.mark.parametrize(
    ("arguments", "told_next"),
    [
        (("sendgrid",), "https://peyvand:$(cat secrets/sendgrid-secret)@peyvand.example.ir/webhooks/sendgrid"),
        (("postmark",), "https://peyvand:$(cat secrets/postmark-secret)@peyvand.example.ir/webhooks/postmark"),
        (("mailgun", "--signing-key", "key-0123456789abcdef"), "https://peyvand.example.ir/webhooks/mailgun-mime"),
        (("ses", "--topics", "arn:aws:sns:eu-west-1:1:mail"), "https://peyvand.example.ir/webhooks/ses"),
    ],
)
def test_a_vendor_who_receives_mail_is_told_an_address(arguments: tuple[str, ...], told_next: str) -> None:
    Path("peyvand.yaml").write_text(BY_HAND.replace("8090", "8090, public_url: https://peyvand.example.ir"))
    told = run(*arguments, "--yes")
    assert told.exit_code == 0, told.output
    assert told_next in told.output
    assert "secrets/" not in Path("peyvand.yaml").read_text() or Path("secrets").is_dir()


def test_a_folder_of_mails_is_connected() -> None:
    Path("inbox").mkdir()
    told = run("eml", "--yes", "--organisation", "x", "--path", "inbox")
    assert told.exit_code == 0, told.output
    assert written() == [{"name": "inbox", "channel": "eml", "path": "inbox"}]
    assert "it holds 0 .eml files" in told.output


def test_a_freeswitch_that_posts_and_its_folder_are_two_connectors() -> None:
    Path("kept").mkdir()
    assert "cred peyvand:$(cat secrets/pbx-secret)" in run("freeswitch", "--yes", "--organisation", "x").output
    told = run("freeswitch", "--yes", "--folder", "kept")
    assert told.exit_code == 0, told.output
    assert written() == [
        {"name": "pbx", "channel": "freeswitch", "secret": "file:secrets/pbx-secret"},
        {"name": "pbx-kept", "channel": "freeswitch", "folder": "kept"},
    ]


def test_a_freeswitch_that_is_heard_is_a_connector_of_its_own_without_a_secret_for_posts() -> None:
    told = run("freeswitch", "--yes", "--organisation", "x", "--esl", "127.0.0.1:9", "--password", "esl-7Hq2vX9s")
    assert "127.0.0.1:9 cannot be reached" in told.output


def test_options_alone_make_a_file_that_was_not_there() -> None:
    told = run(
        "asterisk", "--yes", "--organisation", "نمونه", "--domains", "example.ir،example.com", "--cdr", "Master.csv"
    )
    assert told.exit_code == 0, told.output
    configuration = read_configuration(Path("peyvand.yaml"), {})
    assert configuration.organisation.name == "نمونه"
    assert configuration.organisation.domains == ("example.ir", "example.com")
    assert written() == [{"name": "pbx", "channel": "asterisk", "cdr": "Master.csv"}]
    assert "It works: " in told.output


def test_what_stands_in_the_file_stays_and_the_connector_gets_a_free_name() -> None:
    Path("peyvand.yaml").write_text(BY_HAND, encoding="utf-8")
    told = run("asterisk", "--yes", "--cdr", "Master.csv", "--team", "sales")
    assert told.exit_code == 0, told.output
    text = Path("peyvand.yaml").read_text(encoding="utf-8")
    added = "  - name: pbx-2\n    channel: asterisk\n    team: sales\n    cdr: Master.csv\n"
    assert text.replace(added, "") == BY_HAND
    assert added in text


def test_what_is_not_said_is_asked() -> None:
    told = run("asterisk", typed="نمونه\nexample.ir\n+98 21 9100 1000\nMaster.csv\n\nswitchboard\n")
    assert told.exit_code == 0, told.output
    assert read_configuration(Path("peyvand.yaml"), {}).organisation.numbers == ("+98 21 9100 1000",)
    assert [c["name"] for c in written()] == ["switchboard"]


def test_an_account_that_does_not_work_is_not_written() -> None:
    Path("peyvand.yaml").write_text(BY_HAND, encoding="utf-8")
    told = run("asterisk", "--yes", "--cdr", "nowhere.csv")
    assert told.exit_code == 1
    assert "nowhere.csv is not there" in told.output
    assert Path("peyvand.yaml").read_text(encoding="utf-8") == BY_HAND


def test_an_account_that_does_not_work_is_written_when_wanted_anyway() -> None:
    told = run("asterisk", "--yes", "--anyway", "--organisation", "نمونه", "--cdr", "later.csv")
    assert told.exit_code == 0, told.output
    assert "later.csv is not there" in told.output
    assert [c["cdr"] for c in written()] == ["later.csv"]


def test_an_account_that_does_not_work_is_asked_for_again() -> None:
    Path("peyvand.yaml").write_text(BY_HAND, encoding="utf-8")
    told = run("asterisk", "--cdr", "wrong.csv", typed="\nsecond\na\nMaster.csv\n\n\n")
    assert told.exit_code == 0, told.output
    assert written()[-1] == {"name": "second", "channel": "asterisk", "cdr": "Master.csv"}


def test_giving_up_leaves_everything_as_it_was() -> None:
    told = run("webform", "--organisation", "x", typed="\n\n\nnot a site\nform\ns\n")
    assert told.exit_code == 1
    assert not Path("peyvand.yaml").exists()
    assert not list(Path("secrets").glob("*"))


def test_a_form_gets_a_secret_that_nobody_else_may_read_and_is_nowhere_printed() -> None:
    told = run("webform", "--yes", "--organisation", "نمونه", "--origins", "https://www.example.ir")
    assert told.exit_code == 0, told.output
    [entry] = written()
    assert entry["secret"] == "file:secrets/site-form-secret"
    secret = Path("secrets/site-form-secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert secret.read_text().startswith("whsec_")
    assert secret.read_text().strip() not in told.output
    assert secret.read_text().strip() not in Path("peyvand.yaml").read_text()
    assert "http://127.0.0.1:8080/webhooks/site-form" in told.output
    assert read_configuration(Path("peyvand.yaml"), {}).connectors[0].settings.model_dump()["form"] is True


def test_a_secret_may_come_from_a_file() -> None:
    Path("given").write_text("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\n")
    told = run(
        "telegram", "--yes", "--anyway", "--organisation", "x", "--token-file", "given", "--mode", "webhook",
        "--base-url", "http://127.0.0.1:9/bot",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    [entry] = written()
    assert entry["token"] == "file:secrets/telegram-bot-token"
    assert entry["secret"] == "file:secrets/telegram-bot-secret"
    assert "AAHdqTcv" not in told.output + Path("peyvand.yaml").read_text()
    assert "./peyvand check telegram-bot" in told.output


def test_nothing_is_asked_with_yes_and_what_is_missing_is_named() -> None:
    told = run("imap", "--yes", "--organisation", "x", "--username", "support@example.ir", "--password", "p")
    assert told.exit_code == 1
    assert "--host is needed" in told.output
    assert not Path("peyvand.yaml").exists()


def test_defaults_of_the_file_need_not_be_said_again() -> None:
    Path("peyvand.yaml").write_text(
        "organisation: {name: x}\ndefaults:\n  imap: {host: 127.0.0.1, port: 9, tls: none}\n"
    )
    told = run("imap", "--yes", "--anyway", "--username", "support@example.ir", "--password", "p")
    assert told.exit_code == 0, told.output
    assert written() == [
        {
            "name": "support",
            "channel": "imap",
            "username": "support@example.ir",
            "password": "file:secrets/support-password",
        }
    ]


def test_a_wrong_answer_is_explained_by_its_key() -> None:
    told = run("telegram", "--yes", "--organisation", "x", "--token", "abc")
    assert told.exit_code == 1
    assert "telegram-bot.token" in told.output
    assert not Path("peyvand.yaml").exists()


def test_a_file_that_is_wrong_already_is_reported_before_anything_is_asked() -> None:
    Path("peyvand.yaml").write_text("connectors:\n  - {name: a, channel: pigeon}\n")
    told = run("asterisk", "--yes", "--cdr", "Master.csv")
    assert told.exit_code == 2
    assert "pigeon" in told.output
