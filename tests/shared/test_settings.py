"""peyvand.yaml: every mistake at once, with its line and its key, and no secret in it."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from peyvand.errors import Misconfigured
from peyvand.settings import load
from peyvand.settings.model import Foreign


class Mailbox(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str
    username: str
    password: SecretStr
    port: int = 993
    proxy: str | None = None
    timezone: str = "UTC"


CHANNELS = {"imap": Mailbox}
GOOD = """\
organisation: {name: Example, domains: [example.ir], numbers: ["+98 21 9100 1000"], timezone: Asia/Tehran}
people:
  - {user: sara, extensions: [201], addresses: [sara@example.ir]}
defaults:
  imap: {host: mail.example.ir}
proxy: socks5://127.0.0.1:1080
connectors:
  - {name: support, channel: imap, username: a, password: "${PASSWORD}", team: support}
  - {name: sales, channel: imap, username: b, password: "file:secret", host: other.example.ir}
"""


def test_a_good_file_is_read_with_its_defaults_and_secrets(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    read = load(tmp_path / "peyvand.yaml", CHANNELS, {"PASSWORD": "from the environment"}, GOOD)
    support, sales = read.connectors
    assert support.settings == Mailbox(
        host="mail.example.ir", username="a", password=SecretStr("from the environment"),
        proxy="socks5://127.0.0.1:1080", timezone="Asia/Tehran",
    )  # fmt: skip
    assert isinstance(sales.settings, Mailbox)
    assert sales.settings.host == "other.example.ir"
    assert sales.settings.password.get_secret_value() == "from the file"
    assert read.teams() == {"support": "support", "sales": None}
    assert read.organisation.at_extension("201") is not None


BAD = """\
organisation:
  timezone: Asia/Tehrn
  domians: [example.ir]
conectors: []
connectors:
  - {name: A b, channel: imap, host: h, username: u, password: hunter2secret, port: many}
  - {name: twice, channel: imap, host: h, username: u, password: "${NOT_SET}"}
  - {name: twice, channel: imap, host: h, username: u, password: "file:not-there"}
  - {name: odd, channel: imapp}
  - {name: half, channel: imap, host: h}
  - just words
"""


def test_every_mistake_is_told_at_once_with_its_line_and_key(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, BAD)
    told = {(m.line, m.key) for m in caught.value.mistakes}
    assert told == {
        (2, "organisation.timezone"),
        (3, "organisation.domians"),
        (4, "conectors"),
        (6, "connectors.A b.name"),
        (6, "connectors.A b.port"),
        (7, "connectors.twice.password"),
        (8, "connectors.twice.name"),
        (8, "connectors.twice.password"),
        (9, "connectors.odd.channel"),
        (10, "connectors.half.username"),
        (10, "connectors.half.password"),
        (11, "connectors.5"),
    }
    assert "hunter2secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["connectors: [", "- a", "\tx: 1", "a: b: c", "{}: 1\n? [a]\n: 2", "a: &a [*a]"])
def test_what_is_no_configuration_is_told_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured):
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, text)


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        load(tmp_path / "peyvand.yaml", CHANNELS, {})


def test_a_token_of_nobody_is_a_mistake(tmp_path: Path) -> None:
    written = "people: [{user: sara}]\napi:\n  tokens:\n    - {name: pop, token: a-token-that-is-long, user: sarah}\n"
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, written)
    assert [(m.line, m.key) for m in caught.value.mistakes] == [(4, "api.tokens.pop.user")]
    (token,) = load(tmp_path / "peyvand.yaml", CHANNELS, {}, written.replace("sarah", "sara")).api.tokens
    assert token.user == "sara"


def test_a_recording_of_no_connector_is_heard_by_nobody(tmp_path: Path) -> None:
    head = "connectors: [{name: bot, channel: elsewhere}]\napi:\n  tokens:\n"
    written = head + "    - {name: quality, token: a-token-that-is-long, hears: [bot, bto]}\n"
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, written, others=True)
    assert [(m.line, m.why) for m in caught.value.mistakes] == [(4, "'bto' is no connector")]
    read = load(tmp_path / "peyvand.yaml", CHANNELS, {}, written.replace(", bto", ""), others=True)
    assert read.api.tokens[0].hears == ("bot",)


@pytest.mark.parametrize("wrong", ["{recordings_days: 0}", "{recordings_days: never}", "{recording_days: 3}", "[30]"])
def test_a_retention_that_is_none_is_a_mistake(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Misconfigured):
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, f"retention: {wrong}")
    assert (
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, "retention: {recordings_days: 9}").retention.recordings_days == 9
    )


def test_a_key_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="stands twice"):
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, "organisation: {}\norganisation: {}\n")


def test_another_services_connector_is_named_and_its_secrets_stay_unread(tmp_path: Path) -> None:
    text = 'connectors: [{name: bot, channel: telegram, token: "${NOT_SET}", team: sales}]'
    (bot,) = load(tmp_path / "peyvand.yaml", CHANNELS, {}, text, others=True).connectors
    assert (bot.name, bot.team, bot.settings) == ("bot", "sales", Foreign())


@pytest.mark.parametrize(
    ("defaults", "key"),
    [
        ("{impa: {host: h}}", "defaults.impa"),
        ("{imap: {hots: h}}", "defaults.imap.hots"),
        ("{imap: [host]}", "defaults.imap"),
        ("imap", "defaults"),
    ],
)
def test_a_default_that_serves_nobody_is_a_mistake(tmp_path: Path, defaults: str, key: str) -> None:
    text = f"defaults: {defaults}\nconnectors:\n  - {{name: a, channel: imap, host: h, username: u, password: p}}\n"
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, text)
    assert (1, key) in {(m.line, m.key) for m in caught.value.mistakes}


def test_another_services_defaults_are_its_own_matter(tmp_path: Path) -> None:
    assert load(tmp_path / "peyvand.yaml", CHANNELS, {}, "defaults: {telegram: {groups: all}}", others=True)


@pytest.mark.parametrize(
    ("organisation", "key"),
    [
        ("{domains: [nowhere]}", "organisation.domains"),
        ("{domains: [gmail.com]}", "organisation.domains"),
        ('{numbers: ["12"]}', "organisation.numbers"),
        ("{addresses: [sara]}", "organisation.addresses"),
    ],
)
def test_what_can_never_be_ours_is_a_mistake(tmp_path: Path, organisation: str, key: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, f"organisation: {organisation}\n")
    assert [m.key for m in caught.value.mistakes] == [key]


@pytest.mark.parametrize("person", ["{user: sara, numbers: [abc]}", "{user: sara, addresses: [sara]}"])
def test_a_person_whom_nothing_can_reach_is_a_mistake(tmp_path: Path, person: str) -> None:
    with pytest.raises(Misconfigured, match=r"no telephone number|no e-mail address"):
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, f"people: [{person}]\n")


def test_a_channel_that_asks_for_its_own_address_is_given_it(tmp_path: Path) -> None:
    class Called(BaseModel):
        address: str | None = None

    text = "organisation: {name: x}\nserver: {public_url: https://a.example/}\nconnectors:\n"
    own = "  - {name: bot, channel: called}\n  - {name: other, channel: called, address: https://b.example/x}\n"
    read = load(tmp_path / "peyvand.yaml", {"called": Called}, {}, text + own)
    given = [getattr(c.settings, "address", None) for c in read.connectors]
    assert given == ["https://a.example/webhooks/bot", "https://b.example/x"]
    nowhere = load(tmp_path / "peyvand.yaml", {"called": Called}, {}, text.replace("server", "#") + own)
    assert getattr(nowhere.connectors[0].settings, "address", None) is None


WITH_LARGEST = "connectors: [{{name: box, channel: imap, host: h, username: a, password: b, largest_file_mb: {}}}]"


def test_how_large_a_fetched_file_may_be_is_said_in_megabytes(tmp_path: Path) -> None:
    read = load(tmp_path / "peyvand.yaml", CHANNELS, {}, WITH_LARGEST.format(20))
    assert read.connectors[0].largest_file_mb == 20


@pytest.mark.parametrize("written", ["0", "501", "true", "big"])
def test_a_size_of_files_that_is_none_is_a_mistake(tmp_path: Path, written: str) -> None:
    with pytest.raises(Misconfigured) as found:
        load(tmp_path / "peyvand.yaml", CHANNELS, {}, WITH_LARGEST.format(written))
    assert [m.key for m in found.value.mistakes] == ["connectors.box.largest_file_mb"]
