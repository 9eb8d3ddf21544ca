"""`peyvand customers` and `peyvand identity`, on a store in a folder of its own, and on PostgreSQL."""

import asyncio
import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text
from typer.testing import CliRunner, Result

from making import customer, message, mobile, reading
from peyvand.identity.organisation import DEFAULT_ID
from peyvand.publish import Reading
from peyvand_standalone.cli import app
from peyvand_standalone.places import Places
from peyvand_standalone.sources import read_configuration
from timeline.record import record
from timeline.store import Database, SqlStore, open_database

CONFIGURATION = "organisation: {name: نمونه, domains: [example.ir], numbers: ['+98 21 9100 1000']}\n"
ROWS = """کد مشتری,نام,نام خانوادگی,موبایل,تلفن,ایمیل,آدرس
1,علی,رضايي,9123456780,,ALI@Example.com,تهران
2,مريم,رضايي,۰۹۳۵۱۲۳۴۵۶۸ / 09123456781,021-88776655,maryam@gmail.com,
3,Sara,Ahmadi,9.12E+09,02191001000,sara,
,بي,شناسه,09123456782,,,
2,دوباره,,,,,
"""
IMPORT = ("customers", "import", "customers.csv", "--source", "hesab")


ON_BOTH = pytest.mark.parametrize(
    "storage", ["sqlite", pytest.param("postgres", marks=pytest.mark.real)], indirect=True
)


@pytest.fixture
def storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what peyvand.yaml says of storage: nothing, unless a test is run on both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    monkeypatch.setenv("STORE", str(request.getfixturevalue("postgres_url")))
    return 'storage: {database: "${STORE}"}\n'


@pytest.fixture(autouse=True)
def _a_store_in_a_folder_of_its_own(storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("peyvand.yaml").write_text(CONFIGURATION + storage, encoding="utf-8")
    Path("var").mkdir()
    asyncio.run(_lived())


async def _opened() -> Database:
    storage = read_configuration(Path("peyvand.yaml"), os.environ).storage
    return await open_database(Places.of(Path("var"), storage).database)


async def _lived(*readings: Reading) -> None:
    database = await _opened()
    try:
        await record(readings, SqlStore(database, DEFAULT_ID))
    finally:
        await database.close()


def written(text: str = ROWS, encoding: str = "utf-8") -> None:
    Path("customers.csv").write_bytes(text.encode(encoding))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def said(*arguments: str) -> str:
    told = run(*arguments)
    assert told.exit_code == 0, told.output
    return told.output


def stored(*tables: str) -> list[int]:
    return asyncio.run(_stored(tables))


async def _stored(tables: Sequence[str]) -> list[int]:
    database = await _opened()
    try:
        counts = [text(f"SELECT count(*) FROM {table}") for table in tables]
        return await database.read(lambda c: [int(c.execute(count).scalar_one()) for count in counts])
    finally:
        await database.close()


def exported() -> list[dict[str, str]]:
    said("customers", "export", "out.csv", "--overwrite")
    with Path("out.csv").open(encoding="utf-8-sig", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: (row["crm"], row["phone"]))


@ON_BOTH
def test_an_import_first_only_shows_what_it_understands() -> None:
    written()
    told = said(*IMPORT)
    assert "UTF-8, cells parted by commas" in told
    assert "id = کد مشتری; first = نام; last = نام خانوادگی; phone = موبایل, تلفن; email = ایمیل" in told
    assert "Left out: آدرس" in told
    assert "علی رضايي" in told
    assert "phone +989123456780" in told
    assert "ALI@Example.com" in told
    assert "3 rows can be read: 3 new, 0 changed, 0 the same. 2 cannot be read" in told
    assert "1 of them have no number and no address" in told
    assert "Nothing was recorded" in told
    assert stored("card", "evidence", "handle") == [0, 0, 0]


def test_every_row_and_value_that_cannot_be_read_is_told_with_its_row() -> None:
    written()
    told = said(*IMPORT)
    assert "row 5: it has no id (in کد مشتری)" in told
    assert "row 6: its id 2 stands in row 3 already" in told
    assert "row 4: 9.12E+09 was rounded by a spreadsheet" in told
    assert "02191001000 is ours" in told
    assert "sara is no e-mail address" in told


@ON_BOTH
def test_a_customer_imported_and_one_who_called_are_one() -> None:
    asyncio.run(_lived(reading(message("call", [customer(mobile("09123456780"))]))))
    written()
    assert "Recorded" in said(*IMPORT, "--apply")
    (ali,) = [row for row in exported() if row["crm"] == "hesab:1"]
    assert (ali["name"], ali["phone"], ali["email"]) == ("علی رضايي", "+989123456780", "ali@example.com")
    assert ali["last heard"] == "2026-10-01T12:30:00+03:30"


@ON_BOTH
def test_an_import_said_again_changes_nothing() -> None:
    written()
    said(*IMPORT, "--apply")
    before = exported()
    assert "0 new, 0 changed, 3 the same" in said(*IMPORT, "--apply")
    assert exported() == before
    assert "Rebuilt: no difference." in said("rebuild")


@ON_BOTH
def test_a_row_that_says_something_else_is_told_before_it_takes_the_place_of_the_former() -> None:
    written()
    said(*IMPORT, "--apply")
    written(ROWS.replace("9123456780", "9123456789"))
    assert "0 new, 1 changed, 2 the same" in said(*IMPORT)
    assert exported()[1]["phone"] == "+989123456780"
    assert "0 new, 1 changed, 2 the same" in said(*IMPORT, "--apply")
    assert [row["phone"] for row in exported() if row["crm"] == "hesab:1"] == ["+989123456789"]


def test_a_file_in_windows_1256_is_read() -> None:
    written(ROWS.replace("ی", "ي").replace("۰۹۳۵۱۲۳۴۵۶۸", "09351234568"), "windows-1256")
    told = said(*IMPORT)
    assert "Windows-1256" in told
    assert "علي رضايي" in told


def test_a_workbook_is_read_and_its_numbers_are_repaired() -> None:
    book = Workbook()
    for row in (("Customer ID", "Name", "Mobile"), (1, "Ali", 9123456780), (2, "Sara", 989351234568)):
        book.worksheets[0].append(row)
    book.save("crm.xlsx")
    assert "2 new" in said("customers", "import", "crm.xlsx", "--source", "crm", "--apply")
    assert [row["phone"] for row in exported()] == ["+989123456780", "+989351234568"]


def test_columns_may_be_named() -> None:
    written("nr,who,reach\n1,Ali,09123456780\n")
    assert "say --map" not in said(*IMPORT, "--map", "id=nr", "--map", "name=who", "--map", "phone=reach", "--apply")
    (ali,) = exported()
    assert (ali["name"], ali["phone"], ali["crm"]) == ("Ali", "+989123456780", "hesab:1")


def test_a_file_whose_ids_are_not_known_is_refused() -> None:
    written("nr,who\n1,Ali\n")
    told = run(*IMPORT)
    assert told.exit_code == 1
    assert "name one: --map id=HEADING (there are: nr, who)" in told.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("customers", "import", "customers.csv", "--source", "Hesab Soft"), 2),
        ((*IMPORT, "--map", "phone"), 2),
        (("customers", "import", "missing.csv", "--source", "hesab"), 1),
        (("customers", "export", "out.pdf"), 2),
        (("customers", "export", "customers.csv"), 1),
        (("identity", "simulate", "missing.yaml"), 2),
    ],
    ids=["source", "map", "missing file", "format", "there already", "missing rules"],
)
def test_what_cannot_be_done_ends_with_a_code(arguments: tuple[str, ...], code: int) -> None:
    written()
    assert run(*arguments).exit_code == code


@ON_BOTH
def test_more_customers_than_a_page_are_imported_and_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peyvand_standalone.customers.importing.BATCH", 7)
    monkeypatch.setattr("peyvand_standalone.customers.commands.PAGE", 5)
    written("id,name,mobile\n" + "".join(f"{n},Customer {n},0912345{n:04}\n" for n in range(100, 125)))
    assert "25 new" in said(*IMPORT, "--apply")
    assert "25 customers" in said("customers", "export", "all.csv")
    assert len({row["crm"] for row in exported()}) == 25


def test_an_exported_table_can_be_imported_and_holds_no_formula() -> None:
    written("id,name,phone\n1,=HYPERLINK(1),09123456780\n")
    said(*IMPORT, "--apply")
    assert "'=HYPERLINK(1)" in exported()[0]["name"]
    said("customers", "export", "out.xlsx")
    assert [c.data_type for c in load_workbook("out.xlsx").worksheets[0][2] if c.value] == ["s"] * 5
    told = said("customers", "import", "out.csv", "--source", "again")
    assert "id = customer id; name = name; phone = phone" in told
    assert " =HYPERLINK(1) " in told
    assert "phone +989123456780" in told


@ON_BOTH
def test_other_rules_are_tried_before_they_are_applied() -> None:
    written()
    said(*IMPORT, "--apply")
    Path("new.yaml").write_text("identity: {landlines_link: true}\n", encoding="utf-8")
    told = said("identity", "simulate", "new.yaml")
    assert "4 customers today; 3 with the new rules" in told
    assert "1 × several customers would become one" in told
    assert "مريم رضايي (+982188776655)" in told
    assert "+982188776655 would link; today it does not: landline" in told
    assert len(exported()) == 4
    with Path("peyvand.yaml").open("a", encoding="utf-8") as file:
        file.write("identity: {landlines_link: true}\n")
    said("rebuild")
    assert len(exported()) == 3
    assert "No difference: the 3 customers stay as they are" in said("identity", "simulate", "new.yaml")


@ON_BOTH
def test_handles_that_hang_together_in_too_great_numbers_are_told_with_what_to_do() -> None:
    with Path("peyvand.yaml").open("a", encoding="utf-8") as file:
        file.write("identity: {most_handles: 3}\n")
    written("id,name,mobile,phone,email\n1,Ali,09123456780,09351234568,ali@mail.example\n")
    said(*IMPORT, "--apply")
    told = said("status")
    assert "4 handles hang together, too many to be one person's" in told
    assert "if many use it, say so on the page /handles/" in told
    assert json.loads(said("status", "--json")) == []


@pytest.mark.parametrize(
    "text",
    ["identity: {landlines_link: true}", "landlines_link: true", f"{CONFIGURATION}identity: {{landlines_link: true}}"],
    ids=["section", "content", "whole"],
)
def test_rules_are_found_in_a_whole_file_in_a_section_and_alone(text: str) -> None:
    written()
    said(*IMPORT, "--apply")
    Path("new.yaml").write_text(text, encoding="utf-8")
    assert "3 with the new rules" in said("identity", "simulate", "new.yaml")


def test_a_mistake_in_the_rules_is_told_with_its_line() -> None:
    Path("new.yaml").write_text("identity:\n  landline_links: true\n", encoding="utf-8")
    told = run("identity", "simulate", "new.yaml")
    assert told.exit_code == 2
    assert "line 2: identity.landline_links: unknown key" in told.output
