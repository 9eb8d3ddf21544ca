"""`peyvand import calllog`: a rehearsal that stores nothing, each row once, and a SIGKILL in the middle."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from captures import FIXTURES
from peyvand_standalone.cli import app
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from standalone.running import COMMAND
from timeline.ports import Filters, Principal
from timeline.store import SqlTimelines, open_database

FILES = FIXTURES / "calllog"
CONFIGURATION = """\
organisation: {name: نمونه, domains: [example.ir], numbers: ["+982188001200"], timezone: Asia/Tehran}
people:
  - {user: sara, name: سارا, extensions: ["201"]}
connectors:
  - {name: cisco, channel: calllog, recipe: cucm}
  - {name: ip-office, channel: calllog, recipe: avaya}
  - name: plain
    channel: calllog
    columns: {start: Start, caller: From, callee: To, talk: Talk}
"""
HEAD = "Start,From,To,Talk\n"


@pytest.fixture(autouse=True)
def _a_store_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    Path("var").mkdir()
    asyncio.run(_calls())


def run(*arguments: str | Path, connector: str, code: int = 0) -> str:
    told = CliRunner().invoke(app, ["import", "calllog", *map(str, arguments), "--connector", connector])
    assert told.exit_code == code, told.output
    return told.output


async def _calls() -> list[tuple[str, str, str, int | None, int]]:
    """Return the calls of all timelines: customer's number, direction, result, talk and legs."""
    configuration = read_configuration(Path("peyvand.yaml"), os.environ)
    database = await open_database(Places.of(Path("var"), configuration.storage).database)
    try:
        timelines = SqlTimelines(database, configuration.organisation)
        found = []
        for hit in await timelines.recent(Principal("test"), 100):
            cursor = None
            while True:
                page = await timelines.page(Principal("test"), hit.customer.id, Filters(), cursor, 100)
                found += [
                    (hit.customer.name or "", e.call.direction.value, e.call.result.value, e.call.talk_seconds,
                     len(e.call.legs))
                    for e in page.entries if e.call
                ]  # fmt: skip
                cursor = page.older
                if cursor is None:
                    break
        return sorted(found)
    finally:
        await database.close()


def calls() -> list[tuple[str, str, str, int | None, int]]:
    return asyncio.run(_calls())


def test_a_rehearsal_shows_the_first_calls_and_every_row_that_cannot_be_read_and_stores_nothing(tmp_path: Path) -> None:
    rows = [f"2026-10-04 09:{n // 60:02}:{n % 60:02},0912111{n:04},201,10" for n in range(700)]
    rows[3], rows[650] = "yesterday,09121112233,201,10", "2026-10-04 10:50:00,09121112233,201,soon"
    (tmp_path / "calls.csv").write_text(HEAD + "\n".join(rows))
    told = run("calls.csv", "--dry-run", connector="plain")
    assert "calls.csv:5: start: a time was expected" in told
    assert "calls.csv:652: talk: a length of time was expected" in told
    assert "The first 10" in told
    assert "09121110002" in told
    assert "سارا" in told
    assert "700 rows: 698 new, 0 here already, 2 cannot be read." in told
    assert "Nothing was recorded." in told
    assert calls() == []


def test_each_row_is_brought_in_once_and_what_cannot_be_read_is_kept() -> None:
    told = run(FILES / "cucm.csv", connector="cisco")
    assert "5 rows: 4 new, 0 here already, 1 left out (internal call), 0 cannot be read." in told
    found = calls()
    assert sorted((c[1], c[2], c[3], c[4]) for c in found) == [
        ("inbound", "answered", 180, 2), ("inbound", "missed", 0, 1), ("outbound", "busy", 0, 1),
    ]  # fmt: skip
    assert "5 rows: 0 new, 5 here already" in run(FILES / "cucm.csv", connector="cisco")
    assert calls() == found
    Path("more.csv").write_text(HEAD + "yesterday,09121112233,201,10\n")
    assert "kept for repair" in run("more.csv", connector="plain")
    kept = CliRunner().invoke(app, ["status", "--kept"])
    assert "start: a time was expected" in kept.output


def test_a_line_that_is_no_row_is_told_and_kept_with_why() -> None:
    Path("long.csv").write_text(f"{HEAD}2026-10-04 09:00:00,09121112233,201,{'9' * 70_000}\n")
    told = run("long.csv", connector="plain")
    assert "long.csv:2: it is longer than any row of a call log" in told
    kept = CliRunner().invoke(app, ["status", "--kept"])
    assert "longer than any row" in " ".join(kept.output.split())


def test_several_files_of_one_log_at_once() -> None:
    told = run(FILES / "avaya.csv", FILES / "avaya.csv", connector="ip-office")
    assert "10 rows: 4 new, 5 here already" in told


def test_another_layout_and_another_connector_are_told_in_a_sentence() -> None:
    assert "no column is headed" in run(FILES / "3cx.csv", connector="cisco", code=1)
    assert "is no call log; there is cisco, ip-office, plain" in run(FILES / "3cx.csv", connector="nobody", code=2)


@pytest.mark.real
def test_sigkill_in_the_middle_loses_and_repeats_nothing(tmp_path: Path) -> None:
    count = 6000
    rows = [
        f"2026-10-04 {9 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},09121112233,201,{n % 90}" for n in range(count)
    ]
    rows[17] = rows[16]  # two calls of one second that say the same
    (tmp_path / "calls.csv").write_text(HEAD + "\n".join(rows))
    command: list[str | Path] = [COMMAND, "import", "calllog", "calls.csv", "--connector", "plain"]
    for some in (500, 2500):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and _stored() < some:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    between = _stored()
    assert 500 <= between < count
    told = run("calls.csv", connector="plain")
    assert f"{count:,} rows: {count - between:,} new, {between:,} here already, 0 cannot be read." in told
    found = calls()
    assert len(found) == count
    assert sum(call[3] or 0 for call in found) == sum(int(row.rpartition(",")[2]) for row in rows)


def _stored() -> int:
    with sqlite3.connect("file:var/peyvand.db?mode=ro", uri=True, timeout=10) as opened:
        return int(opened.execute("select count(*) from delivery").fetchone()[0])
