"""Whose updates a bot's are: what `peyvand check` and the start do with somebody else's webhook."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from parts.bot_api import BotApi
from peyvand_standalone.application import product
from peyvand_standalone.cli import app
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration

pytestmark = pytest.mark.real
THEIRS = "https://old.example.ir/hook/its-secret"
OURS = "https://peyvand.example.ir/webhooks/shop-bot"
SECRET = "sixteen-characters"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def configured(bot: BotApi, *extra: str) -> None:
    text = f"""organisation: {{name: نمونه}}
server: {{public_url: https://peyvand.example.ir/}}
connectors:
  - {{name: shop-bot, channel: telegram, token: "{bot.token}", base_url: {bot.base_url}, mode: webhook,
     secret: {SECRET}}}
"""
    Path("peyvand.yaml").write_text(text + "".join(extra), encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def state() -> dict[str, object]:
    (one,) = json.loads(run("status", "--json").stdout)
    return {key: one[key] for key in ("error", "sees_outbound")}


async def lived(seconds: float = 10) -> None:
    """Let a Peyvand live here until it has noted something of its bot."""
    configuration = read_configuration(Path("peyvand.yaml"), {})
    async with product(configuration, Places.of(Path("var"), configuration.storage)) as made:
        transport = httpx.ASGITransport(made.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            async with asyncio.timeout(seconds):
                while not await noted(client):
                    await asyncio.sleep(0.05)


async def noted(client: httpx.AsyncClient) -> bool:
    """Return whether it is known what the vendor said, and what the connector can know."""
    (one,) = (await client.get("/v1/connectors")).json()["connectors"]
    return bool(one["error"] or one["polled_at"]) and not one["sees_outbound"]


def test_check_names_who_has_the_updates_and_leaves_them_there(bot: BotApi) -> None:
    configured(bot)
    bot.webhook.url = THEIRS
    told = run("check")
    assert (told.exit_code, bot.webhook.url) == (1, THEIRS)
    assert "old.example.ir" in told.output
    assert "its-secret" not in told.output


def test_take_over_is_for_the_connectors_that_are_named(bot: BotApi) -> None:
    configured(bot, "  - {name: site-form, channel: webform, form: true, any_origin: true}\n")
    bot.webhook.url = THEIRS
    assert run("check", "site-form", "--take-over").exit_code == 0
    assert bot.webhook.url == THEIRS
    assert run("check", "shop-bot", "--take-over").exit_code == 0
    assert (bot.webhook.url, bot.webhook.secret_token) == (OURS, SECRET)


def test_a_name_that_is_none_of_ours_is_a_mistake(bot: BotApi) -> None:
    configured(bot)
    told = run("check", "shop-bott")
    assert told.exit_code == 2
    assert "no connector is called shop-bott" in told.output


def test_the_start_has_the_vendor_call_us_and_tells_what_is_not_seen(bot: BotApi) -> None:
    configured(bot)
    asyncio.run(lived())
    assert (bot.webhook.url, state()) == (OURS, {"error": None, "sees_outbound": False})


def test_the_start_takes_nothing_away_and_says_so(bot: BotApi) -> None:
    configured(bot)
    bot.webhook.url = THEIRS
    asyncio.run(lived())
    assert bot.webhook.url == THEIRS
    assert "somebody else (at old.example.ir)" in str(state()["error"])
