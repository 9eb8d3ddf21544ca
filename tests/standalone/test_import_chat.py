"""`peyvand import whatsapp-chat`: chats that the app exported, in its layouts, each message once."""

import asyncio
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from peyvand.publish import Reading
from peyvand_standalone.chats.opening import LARGEST_FILE
from peyvand_standalone.cli import app
from peyvand_standalone.imports import chats
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.folds.interaction import Interaction
from timeline.ports import Filters, Principal, Store
from timeline.record import record
from timeline.store import Database, SqlTimelines, open_database

EVERYBODY = Principal("test")
CONFIGURATION = """\
organisation: {name: فروشگاه نمونه}
people: [{user: sara, name: Sara Karimi}]
connectors:
  - {name: shop, channel: whatsapp, number: "+98 912 000 1020"}
  - {name: site, channel: webform, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
"""
ANDROID = """\
12/31/24, 9:41\u202fPM - Messages and calls are end-to-end encrypted. Tap to learn more.
12/31/24, 9:42\u202fPM - مریم: سلام
سفارش من کی می‌رسد؟
01/01/25, 12:05\u202fAM - Sara Karimi: فردا: صبح
01/01/25, 12:05\u202fAM - Sara Karimi: فردا: صبح
01/01/25, 8:00\u202fAM - مریم: <Media omitted>
01/01/25, 8:01\u202fAM - مریم: This message was deleted
"""
IOS = """\
\u200e[31/12/24, 21:41:05] مریم: \u200eMessages and calls are end-to-end encrypted.
[31/12/24, 21:42:05] مریم: این رنگ \u200e<attached: 00000012-PHOTO-2024-12-31-21-42-05.jpg>
\u200e[31/12/24, 21:43:00] Sara Karimi: \u200eimage omitted
[01/01/25, 08:00:00] Sara Karimi: موجود است \u200e<This message was edited>
"""
PERSIAN = """\
\u200f۱۴۰۳/۱۰/۱۱،\u200f ۲۱:۴۲ - مریم: سلام ۱۲۳
\u200f۱۴۰۳/۱۰/۱۲،\u200f ۸:۰۵ ق.ظ. - Sara Karimi: درود
"""


@pytest.fixture(autouse=True)
def _a_store_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "240")
    Path("peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    Path("var").mkdir()
    asyncio.run(_closed())


async def _opened() -> Database:
    configuration = read_configuration(Path("peyvand.yaml"), os.environ)
    return await open_database(Places.of(Path("var"), configuration.storage).database)


async def _closed() -> None:
    await (await _opened()).close()


def run(text: str, *arguments: str, name: str = "chat.txt") -> Result:
    Path(name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["import", "whatsapp-chat", name, "--connector", "shop", *arguments])


def imported(text: str, *arguments: str, name: str = "chat.txt") -> str:
    told = run(text, "--customer", "09121112233", *arguments, name=name)
    assert told.exit_code == 0, told.output
    return told.output


async def _timeline() -> list[Interaction]:
    database = await _opened()
    try:
        configuration = read_configuration(Path("peyvand.yaml"), os.environ)
        timelines = SqlTimelines(database, configuration.organisation)
        hits = await timelines.recent(EVERYBODY, 10)
        pages = [await timelines.page(EVERYBODY, hit.customer.id, Filters(), None, 100) for hit in hits]
        return sorted((entry for page in pages for entry in page.entries), key=lambda e: e.occurred_at)
    finally:
        await database.close()


def timeline() -> list[tuple[str, str, str | None]]:
    return [(e.occurred_at.isoformat()[:16], e.direction.value, e.text) for e in asyncio.run(_timeline())]


def test_a_chat_of_android_becomes_history_and_a_second_time_brings_nothing() -> None:
    told = imported(ANDROID)
    assert "4 messages: 4 new, 0 here already, 1 left out (a deleted message)" in told
    assert "1 left out (a line of the app's own), 0 cannot be read." in told
    assert timeline() == [
        ("2024-12-31T18:12", "inbound", "سلام\nسفارش من کی می‌رسد؟"),
        ("2024-12-31T20:35", "outbound", "فردا: صبح"),
        ("2024-12-31T20:35", "outbound", "فردا: صبح"),
        ("2025-01-01T04:30", "inbound", None),
    ]
    assert "4 messages: 0 new, 4 here already" in imported(ANDROID)
    assert "5 messages: 1 new, 4 here already" in imported(
        ANDROID + "01/02/25, 1:00\u202fPM - مریم: ممنون\n", name="b.txt"
    )
    assert {f.name for e in asyncio.run(_timeline()) for f in e.flags} == {"imported"}


def test_a_zip_of_ios_brings_its_files() -> None:
    name = "WhatsApp Chat - مریم.zip"
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("_chat.txt", IOS)
        archive.writestr("00000012-PHOTO-2024-12-31-21-42-05.jpg", b"\xff\xd8\xff picture")
    arguments = ["import", "whatsapp-chat", name, "--connector", "shop", "--customer", "09121112233"]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    first, second, third = asyncio.run(_timeline())
    assert first.text == "این رنگ"
    [picture] = first.attachments
    assert (picture.name, picture.sniffed_type, picture.state) == (
        "00000012-PHOTO-2024-12-31-21-42-05.jpg", "image/jpeg", "stored",
    )  # fmt: skip
    assert [a.state for a in second.attachments] == ["not in the export"]
    assert (third.text, sorted(f.name for f in third.flags)) == ("موجود است", ["edited", "imported"])


def test_persian_digits_and_the_iranian_calendar_are_read() -> None:
    imported(PERSIAN)
    assert timeline() == [
        ("2024-12-31T18:12", "inbound", "سلام ۱۲۳"),
        ("2025-01-01T04:35", "outbound", "درود"),
    ]


def test_a_rehearsal_shows_the_first_and_what_cannot_be_read_and_brings_nothing() -> None:
    told = imported("a stray line\n" + ANDROID, "--dry-run")
    for words in ("The first 4", "مریم", "+989121112233", "(not in the export)", "chat.txt#1: no line of a message",
                  "Nothing was recorded."):  # fmt: skip
        assert words in told
    assert timeline() == []


def test_dates_that_may_mean_two_things_are_settled_by_the_whole_or_asked() -> None:
    unclear = "03/04/25, 10:00 - مریم: a\n"
    asked = run(unclear, "--customer", "09121112233", "--ours", "مریم")
    assert asked.exit_code == 1
    assert "say --dates day-first (31/12) or --dates month-first (12/31)" in asked.output
    forwards = "03/04/25, 10:00 - مریم: a\n04/04/25, 10:00 - Sara Karimi: b\n01/05/25, 10:00 - مریم: c\n"
    imported(forwards)
    assert [at for at, _, _ in timeline()] == ["2025-04-03T06:30", "2025-04-04T06:30", "2025-05-01T06:30"]
    imported("03/04/25, 10:00 - مریم: x\n", "--dates", "month-first", "--ours", "مریم", name="c.txt")


def test_whoever_is_us_is_known_by_name_by_the_other_or_asked() -> None:
    chat = "31/12/24, 10:00 - مریم: a\n31/12/24, 10:01 - Shop Phone: b\n"
    asked = run(chat, "--customer", "09121112233")
    assert asked.exit_code == 1
    assert "say which of these is us: --ours NAME (مریم, Shop Phone)" in asked.output
    imported(chat, "--ours", "Shop Phone")
    assert [(direction, text) for _, direction, text in timeline()] == [("inbound", "a"), ("outbound", "b")]
    assert "2 messages: 0 new, 2 here already" in imported(chat, name="WhatsApp Chat with مریم.txt")


def test_members_of_a_group_are_known_by_their_numbers() -> None:
    group = (
        "31/12/24, 10:00 - +98 935 111 2233: a\n31/12/24, 10:01 - مریم: b\n31/12/24, 10:02 - Sara Karimi: c\n"
        "31/12/24, 10:03 - رضا: d\n"
    )
    told = run(group, "--customer", "مریم=09121112233", name="WhatsApp Chat with گروه.txt")
    assert told.exit_code == 0, told.output
    assert "No number is known of رضا" in told.output
    assert sorted(text or "" for _, _, text in timeline()) == ["a", "b"]
    assert run(group, "--customer", "09121112233").exit_code == 1


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("hello\nworld\n", "a.txt", "no line begins as a message of WhatsApp does"),
        ("no zip", "a.zip", "cannot be opened"),
        ("31/12/24, 10:00 - مریم: a\n", "a.txt", "say which of these is us"),
    ],
)
def test_what_is_no_chat_is_said(text: str, name: str, words: str) -> None:
    told = run(text, name=name)
    assert told.exit_code == 1
    assert words in told.output


def test_a_connector_that_is_no_whatsapp_number_is_refused() -> None:
    Path("chat.txt").write_text(ANDROID, encoding="utf-8")
    told = CliRunner().invoke(app, ["import", "whatsapp-chat", "chat.txt", "--connector", "site"])
    assert told.exit_code == 2
    assert "site is no WhatsApp number; there is shop" in told.output


def test_an_import_that_broke_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = list[int]()

    async def breaks_off(readings: Sequence[Reading], store: Store) -> Any:
        taken.append(len(readings))
        if len(taken) > 2:
            raise KeyboardInterrupt
        return await record(readings, store)

    monkeypatch.setattr(chats, "MOST_MESSAGES", 1)
    with monkeypatch.context() as broken:
        broken.setattr("peyvand_standalone.imports.keeping.record", breaks_off)
        assert run(ANDROID, "--customer", "09121112233").exit_code != 0
    assert [text for _, _, text in timeline()] == ["سلام\nسفارش من کی می‌رسد؟", "فردا: صبح"]
    assert "4 messages: 2 new, 2 here already" in imported(ANDROID)


def test_a_damaged_file_and_one_that_is_too_large_are_named_and_cost_no_message() -> None:
    name = "WhatsApp Chat - مریم.zip"
    text = "[31/12/24, 21:42:05] مریم: \u200e<attached: a.jpg>\n[31/12/24, 21:43:05] مریم: \u200e<attached: b.jpg>\n"
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("_chat.txt", text + "[31/12/24, 21:44:05] Sara Karimi: باشد\n")
        archive.writestr("a.jpg", b"picture")
        archive.writestr("b.jpg", b"\0" * (LARGEST_FILE + 1), zipfile.ZIP_DEFLATED)
    whole = Path(name).read_bytes()
    Path(name).write_bytes(whole.replace(b"picture", b"pictxre"))
    told = CliRunner().invoke(
        app, ["import", "whatsapp-chat", name, "--connector", "shop", "--customer", "09121112233"]
    )
    assert told.exit_code == 0, told.output
    assert "a.jpg cannot be read" in told.output
    assert "3 messages: 3 new" in told.output
    assert [[a.state for a in e.attachments] for e in asyncio.run(_timeline())] == [
        ["not in the export"],
        ["not in the export"],
        [],
    ]
