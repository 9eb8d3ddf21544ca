"""`peyvand import orders`: a table of another system's orders, shown first, then each once, changes as edits."""

import asyncio
import os
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from peyvand_standalone.cli import app
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.ports import Filters, Principal
from timeline.store import SqlTimelines, open_database

CONFIGURATION = """\
organisation: {name: نمونه, domains: [example.ir]}
connectors:
  - {name: old-orders, channel: orders, currency: IRT, source: hesab}
  - {name: undeclared, channel: orders}
"""
TABLE = """\
شماره سفارش;تاریخ سفارش;وضعیت;مبلغ کل;نام مشتری;موبایل;نام کالا;تعداد;انبار
۱۰۵۷;۱۴۰۵/۰۷/۱۲ ۱۱:۴۰;تکمیل شده;۱٬۲۵۰٬۰۰۰;مریم احمدی;۰۹۱۲۱۱۱۲۲۳۳;صندلی راحتی;۲;مرکزی
۱۰۵۷;;;;;;کوسن;۱;مرکزی
1058;2026-10-05;در انتظار;250000;مریم احمدی;09121112233;میز;1;مرکزی
"""


@pytest.fixture(autouse=True)
def _a_store_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    Path("var").mkdir()
    Path("orders.csv").write_text(TABLE, encoding="utf-8")
    asyncio.run(_purchases())


def run(*arguments: str, connector: str = "old-orders", code: int = 0) -> str:
    told = CliRunner().invoke(app, ["import", "orders", *arguments, "--connector", connector])
    assert told.exit_code == code, told.output
    return told.output


async def _purchases() -> list[tuple[str, str, str, str, tuple[str, ...], bool]]:
    configuration = read_configuration(Path("peyvand.yaml"), os.environ)
    database = await open_database(Places.of(Path("var"), configuration.storage).database)
    try:
        timelines = SqlTimelines(database, configuration.organisation)
        hits = await timelines.recent(Principal("test"), 10)
        pages = [await timelines.page(Principal("test"), hit.customer.id, Filters(), None, 100) for hit in hits]
        return sorted(
            (e.purchase.number, e.purchase.state, f"{e.purchase.total} {e.purchase.currency}",
             f"{e.occurred_at:%Y-%m-%d %H:%M}", e.purchase.lines, e.edited_at is not None)
            for page in pages for e in page.entries if e.purchase
        )  # fmt: skip
    finally:
        await database.close()


def purchases() -> list[tuple[str, str, str, str, tuple[str, ...], bool]]:
    return asyncio.run(_purchases())


FIRST = ("1057", "تکمیل شده", "12500000 IRR", "2026-10-04 08:10", ("صندلی راحتی × 2", "کوسن"), False)
SECOND = ("1058", "در انتظار", "2500000 IRR", "2026-10-04 20:30", ("میز",), False)


def test_a_table_is_shown_as_it_was_understood_and_nothing_is_recorded() -> None:
    told = run("orders.csv")
    assert "number = شماره سفارش; date = تاریخ سفارش" in told
    assert "Left out: انبار." in told
    assert "12,500,000 IRR" in told
    assert "2 orders: 2 new, 0 changed, 0 here already, 0 cannot be read." in told
    assert "Nothing was recorded." in told
    assert purchases() == []


def test_orders_are_recorded_once_and_a_changed_row_is_an_edit() -> None:
    assert "2 orders: 2 new" in run("orders.csv", "--apply")
    assert purchases() == [FIRST, SECOND]
    assert "0 new, 0 changed, 2 here already" in run("orders.csv", "--apply")
    Path("later.csv").write_text(TABLE.replace("در انتظار", "ارسال شده"), encoding="utf-8-sig")
    assert "0 new, 1 changed, 1 here already" in run("later.csv", "--apply")
    assert purchases() == [FIRST, ("1058", "ارسال شده", *SECOND[2:5], True)]


def test_a_file_in_windows_1256_and_a_workbook_say_the_same() -> None:
    latin = TABLE.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")).replace("٬", ",").replace("ی", "ي")
    Path("old.csv").write_bytes(latin.encode("windows-1256"))
    assert "Windows-1256" in run("old.csv")
    book = Workbook()
    sheet = book.create_sheet("سفارش‌ها", 0)
    for line in TABLE.splitlines():
        sheet.append(line.split(";"))
    book.save("orders.xlsx")
    run("orders.xlsx", "--apply")
    assert purchases() == [FIRST, SECOND]


def test_every_row_that_cannot_be_read_is_named_with_its_reason() -> None:
    bad = "1059;دیروز;x;5;Ali;0912;a;1;b\n1060;;x;five;Ali;;a;1;b\n1058;;x;5;Ali;;a;1;b\n;;x;5;Ali;;a;1;b\n"
    Path("bad.csv").write_text(TABLE + bad, encoding="utf-8")
    told = run("bad.csv", "--apply")
    assert "row 5: the date cannot be read" in told
    assert "row 6: an amount is no number" in told
    assert "row 7: its number 1058 stands in row 4 already" in told
    assert "row 8: it has no order number" in told
    assert "6 orders: 2 new, 0 changed, 0 here already, 4 cannot be read." in told
    assert purchases() == [FIRST, SECOND]


def test_a_total_whose_unit_nobody_declared_is_refused_and_a_flag_declares_it() -> None:
    assert "the currency of an amount is not declared" in run("orders.csv", connector="undeclared")
    assert "1,250,000 IRR" in run("orders.csv", "--currency", "rial", connector="undeclared")


def test_columns_are_told_where_they_are_not_guessed() -> None:
    Path("own.csv").write_text("ref,when,who\n7,2026-10-05,Ali\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["import", "orders", "own.csv", "--connector", "old-orders"])
    assert told.exit_code != 0
    assert "no column is known to hold the orders' numbers" in told.output
    assert "1 new" in run("own.csv", "--map", "number=ref", "--map", "date=when", "--map", "name=who")
