"""`peyvand check`, `status`, `rebuild` and `replay`, on what a Peyvand in this process has taken in."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from peyvand.errors import Unavailable
from peyvand_standalone.application import product
from peyvand_standalone.cli import app
from peyvand_standalone.places import Places
from peyvand_standalone.sources import CHANNELS, read_configuration
from timeline.ports import Transaction
from timeline.store import SqlStore

Books = dict[str, dict[str, Any]]

DATA = Path("var")
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
# Of those files that the example names, the secrets that have a form of their own.
SECRETS = {"shop-bot": TOKEN, "bale-bot": TOKEN, "rubika-bot": "R" * 64}
COLUMNS = "src, dst, channel, dstchannel, start, disposition, uniqueid, linkedid"
FORM = "  - {name: site-form, channel: webform, form: true, any_origin: true}\n"


def pbx(extra: str = "") -> str:
    return f"  - {{name: pbx, channel: asterisk, cdr: Master.csv, poll_seconds: 0.05{extra}}}\n"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


def configured(*connectors: str) -> None:
    text = "organisation: {name: نمونه, domains: [example.ir]}\nconnectors:\n" + "".join(connectors)
    Path("peyvand.yaml").write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def books() -> Books:
    return {b["connector"]: b for b in json.loads(run("status", "--json").stdout)}


def lived(posts: int = 0, until: Callable[[Books], bool] = lambda _books: True) -> None:
    """Let a Peyvand live here, take in some posts, and end when its books are as wanted."""
    asyncio.run(_lived(posts, until))


async def _lived(posts: int, until: Callable[[Books], bool]) -> None:
    configuration = read_configuration(Path("peyvand.yaml"), {})
    async with product(configuration, Places.of(DATA, configuration.storage)) as made:
        transport = httpx.ASGITransport(made.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for number in range(posts):
                form = {"name": "مریم", "email": "m@example.com", "message": f"پیام {number}"}
                assert (await client.post("/webhooks/site-form", data=form)).status_code == 200
            async with asyncio.timeout(20):
                while not until(await _accounts(client)):
                    await asyncio.sleep(0.05)


async def _accounts(client: httpx.AsyncClient) -> Books:
    return {c["name"]: c for c in (await client.get("/v1/connectors")).json()["connectors"]}


def test_status_before_the_first_start_says_so() -> None:
    configured(FORM)
    told = run("status")
    assert told.exit_code == 1
    assert "has not run here yet" in told.output


def test_status_shows_the_books_without_a_server() -> None:
    configured(FORM)
    lived(posts=3)
    shown = books()["site-form"]
    assert (shown["seen"], shown["stored"], shown["kept"], shown["balanced"]) == (3, 3, 0, True)
    assert shown["last_event_at"] is not None
    told = run("status")
    assert told.exit_code == 0, told.output
    assert "site-form" in told.output
    assert "ok" in told.output


def test_status_shows_what_stands_between_us_and_a_source() -> None:
    configured(pbx())
    lived(until=lambda b: b["pbx"]["error"] is not None)
    assert "Master.csv is not there" in str(books()["pbx"]["error"])
    assert "Master.csv is not there" in run("status").output


def test_changed_rules_remind_of_a_rebuild_until_it_is_done() -> None:
    configured(FORM)
    lived(posts=1)
    assert "rebuild" not in run("status").output
    configured(FORM, "identity: {landlines_link: true}\n")
    assert "./peyvand rebuild" in run("status").output
    assert "./peyvand rebuild" in run("status", "--json").stderr
    ready = asyncio.run(_ready())
    assert ready["ready"] is True
    assert "./peyvand rebuild" in ready["beside"]["derived"]
    assert run("rebuild").exit_code == 0
    assert "rebuild" not in run("status").output
    assert "beside" not in asyncio.run(_ready())


async def _ready() -> dict[str, Any]:
    configuration = read_configuration(Path("peyvand.yaml"), {})
    async with product(configuration, Places.of(DATA, configuration.storage)) as made:
        transport = httpx.ASGITransport(made.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            told: dict[str, Any] = (await client.get("/health/ready")).json()
            return told


def test_rebuild_of_a_sound_store_makes_no_difference() -> None:
    configured(FORM)
    lived(posts=3)
    told = run("rebuild")
    assert (told.exit_code, told.output.strip()) == (0, "Rebuilt: no difference.")


def test_rebuild_mends_what_is_derived_and_tells_how_much() -> None:
    configured(FORM)
    lived(posts=3)
    with sqlite3.connect(DATA / "peyvand.db") as database:
        assert database.execute("DELETE FROM participation").rowcount == 3
    told = run("rebuild")
    assert told.exit_code == 0, told.output
    assert "3 row(s) were wrong and are right now" in told.output
    assert "no difference" in run("rebuild").output


def test_replay_reads_again_what_was_kept_once_it_can_be_read() -> None:
    configured(pbx())
    Path("Master.csv").write_text(
        "09121112233,201,PJSIP/trunk-1,PJSIP/201-2,2026-01-31 09:30:00,ANSWERED,1769839200.1,1769839200.1\n"
        "09121112233,201,PJSIP/trunk-1,PJSIP/201-2,2026-01-31 10:30:00,ANSWERED,1769842800.2,1769842800.2\n"
    )
    lived(until=lambda b: b["pbx"]["kept"] == 2)
    assert "2 deliveries cannot be read" in run("replay", "--kept").output
    configured(pbx(f", columns: [{COLUMNS}]"))
    told = run("replay", "--kept")
    assert told.exit_code == 0, told.output
    assert "Read 2 deliveries again: 2 events new or changed, 0 retracted, 0 deliveries cannot be read" in told.output
    shown = books()["pbx"]
    assert (shown["seen"], shown["stored"], shown["kept"], shown["balanced"]) == (2, 2, 0, True)
    assert "No difference" in run("replay").output
    assert "no difference" in run("rebuild").output


def test_a_replay_is_not_ended_halfway_by_what_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(FORM)
    lived(posts=3)
    transact, tries = SqlStore.transact, count(1)

    async def lost_every_other(store: SqlStore, work: Callable[[Transaction], object]) -> object:
        if next(tries) % 2:
            raise Unavailable("two transactions waited for each other")
        return await transact(store, work)

    monkeypatch.setattr(SqlStore, "transact", lost_every_other)
    told = run("replay")
    assert told.exit_code == 0, told.output
    assert "Read 3 deliveries again: 0 events new or changed" in told.output


def test_a_replay_ends_in_words_when_the_store_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    configured(FORM)
    lived(posts=1)

    async def away(*_: object) -> None:
        raise Unavailable("the database is away")

    monkeypatch.setattr(SqlStore, "transact", away)
    monkeypatch.setattr("peyvand_standalone.commands.patience.PAUSES", (0.01,) * 3)
    told = run("replay")
    assert told.exit_code == 1
    assert "the database is away" in told.output


def test_status_lists_what_is_kept_and_why_and_nothing_of_what_it_carries() -> None:
    configured(FORM, pbx())
    Path("Master.csv").write_text("09121112233,201,short\n")
    lived(posts=1, until=lambda b: b["pbx"]["kept"] == 1)
    (one,) = json.loads(run("status", "--kept", "--json").stdout)
    assert (one["connector"], set(one)) == ("pbx", {"id", "connector", "received_at", "why"})
    told = run("status", "--kept")
    assert told.exit_code == 0, told.output
    for part in ("pbx", one["id"], "replay --kept"):
        assert part in told.output, part
    assert len(one["why"]) > 10
    assert "site-form" not in told.output
    assert "09121112233" not in told.output


def test_status_with_nothing_kept_says_so() -> None:
    configured(FORM)
    lived(posts=1)
    assert "Nothing is kept for repair" in run("status", "--kept").output


def test_replay_takes_only_what_is_chosen() -> None:
    configured(FORM)
    lived(posts=2)
    assert "Read 2 deliveries" in run("replay", "--connector", "site-form").output
    assert "Read 0 deliveries" in run("replay", "--since", "2126-01-01").output
    assert run("replay", "--connector", "nobody").exit_code == 2


def test_check_tries_every_connector_and_says_what_to_do() -> None:
    configured(FORM, pbx())
    told = run("check")
    assert told.exit_code == 1
    assert "Master.csv is not there; is the path right?" in told.output
    assert "ready for HTML posts from any site" in told.output


def test_check_ends_well_when_all_is_well() -> None:
    configured(FORM)
    assert run("check").exit_code == 0


def test_check_of_a_source_that_does_not_answer_ends_at_the_deadline() -> None:
    with_nobody = "  - {name: box, channel: imap, host: 127.0.0.1, port: 9, tls: none, username: a, password: b}\n"
    configured(with_nobody)
    told = run("check", "--deadline", "5")
    assert told.exit_code == 1
    assert "box" in told.output


def test_check_of_a_broken_file_ends_with_two() -> None:
    configured("  - {name: a, channel: pigeon}\n")
    told = run("check")
    assert told.exit_code == 2
    assert "unknown channel 'pigeon'" in told.output


def test_the_example_configuration_is_right() -> None:
    example = Path(__file__).parents[2] / "peyvand.example.yaml"
    Path("secrets").mkdir()
    text = example.read_text(encoding="utf-8")
    for name in re.findall(r"file:secrets/([a-z-]+)", text):
        Path("secrets", name).write_text(SECRETS.get(name, name[::-1].ljust(40, "k")))
    configuration = read_configuration(Path("peyvand.yaml"), {"PEYVAND_API_TOKEN": "t" * 40}, text)
    assert {c.channel for c in configuration.connectors} == set(CHANNELS)
