"""`peyvand connect whatsapp`, `messenger` and `instagram`: the word of the handshake is made, the address told."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from peyvand_standalone.cli import app
from peyvand_standalone.sources import read_configuration

SECRET = ("--app-secret", "6f1c4be2a7d85093be41fa0c27d96e38")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "dumb")


def connected(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["connect", *arguments, "--yes", "--organisation", "نمونه"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("whatsapp", "--phone-number-id", "106540352242922,106540352242923", "--portfolio", "506914307656634"),
        ("messenger", "--page-id", "1706123450011987"),
        ("instagram", "--account-id", "17841405309211844"),
    ],
)
def test_an_account_of_meta_is_connected_with_a_word_of_its_own(arguments: tuple[str, ...]) -> None:
    told = connected(*arguments, *SECRET)
    assert told.exit_code == 0, told.output
    [connector] = read_configuration(Path("peyvand.yaml"), {}).connectors
    assert f"/webhooks/{connector.name}" in told.output
    assert f"what secrets/{connector.name}-verify-token holds" in told.output
    assert len(Path(f"secrets/{connector.name}-verify-token").read_text()) >= 24
    assert SECRET[1] not in Path("peyvand.yaml").read_text()


def test_a_number_of_the_app_alone_is_connected_for_its_exported_chats() -> None:
    told = connected("whatsapp", "--number", "+98 912 000 1020")
    assert told.exit_code == 0, told.output
    assert "./peyvand import whatsapp-chat FILE --connector whatsapp --customer PHONE" in told.output
    written = yaml.safe_load(Path("peyvand.yaml").read_text(encoding="utf-8"))["connectors"]
    assert written == [{"name": "whatsapp", "channel": "whatsapp", "number": "+98 912 000 1020"}]


def test_what_is_missing_for_the_cloud_api_is_named() -> None:
    told = connected("whatsapp", *SECRET, "--phone-number-id", "106540352242922")
    assert told.exit_code != 0
    assert "portfolio: needed for the Cloud API" in told.output
