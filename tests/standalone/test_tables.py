"""Files with a table in them: encodings, separators, workbooks, and what is none or too much."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from peyvand_standalone.tables import spreadsheet, table
from peyvand_standalone.tables.opening import open_table
from peyvand_standalone.tables.table import Table, Unreadable
from peyvand_standalone.tables.writing import Unwritable, harmless, writing

PERSIAN = "شناسه;نام;موبایل\n17;علی رضایی;09123456780\n"

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData></worksheet>'
)


def written(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "customers.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cells(found: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in found.rows]


def workbook(folder: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = folder / "customers.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16-be"),
        ("utf-16-le", "UTF-16-le"),
        ("windows-1256", "Windows-1256"),
    ],
)
def test_a_csv_is_read_in_the_encoding_that_it_is_written_in(tmp_path: Path, encoding: str, said: str) -> None:
    text = PERSIAN.replace("ی", "ي") if encoding == "windows-1256" else PERSIAN  # which has no other yeh
    found = open_table(written(tmp_path, text, encoding))
    assert cells(found) == [tuple(text.splitlines()[1].split(";"))]
    assert found.headings == tuple(text.splitlines()[0].split(";"))
    assert found.understood == f"{said}, cells parted by semicolons"


def test_persian_that_begins_late_in_a_file_is_found(tmp_path: Path) -> None:
    found = open_table(written(tmp_path, "id,name\n" + f"1,{'x' * 1000}\n" * 1_100 + "2,مریم\n"))
    assert cells(found)[-1] == ("2", "مریم")


def test_what_is_told_goes_before_what_is_guessed(tmp_path: Path) -> None:
    found = open_table(written(tmp_path, "id,name\n1,Zoë\n", "latin-1"), "latin-1")
    assert cells(found) == [("1", "Zoë")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    found = open_table(written(tmp_path, f'id{separator}"name, first; last"\n1{separator}Ali\n'))
    assert (found.headings, cells(found)) == (("id", "name, first; last"), [("1", "Ali")])


def test_the_separator_that_excel_writes_into_the_first_line_is_taken(tmp_path: Path) -> None:
    found = open_table(written(tmp_path, "sep=;\r\nid;a,b,c\r\n1;2\r\n"))
    assert (found.headings, cells(found)) == (("id", "a,b,c"), [("1", "2")])


def test_rows_bear_the_numbers_of_the_file_empty_ones_counted(tmp_path: Path) -> None:
    found = open_table(written(tmp_path, '\nid,name\n\n1,"two\nlines"\n,\n2,Sara\n'))
    assert [(row.number, row.cells) for row in found.rows] == [(4, ("1", "two\nlines")), (6, ("2", "Sara"))]


def test_what_steers_a_terminal_is_no_part_of_a_cell(tmp_path: Path) -> None:
    found = open_table(written(tmp_path, "id,name\n1,\x1b[31mAli\x07\n"))
    assert cells(found) == [("1", "[31mAli")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file, or one with a password"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "neither CSV text nor an Excel workbook"),
        (b"PK\x03\x04 and then it was cut off", "is no Excel workbook"),
        (b"id,name\n1,\"" + b"x" * 140_000, "row 2 cannot be read as CSV: field larger than field limit"),
        (b"\xff\xfei", "is not written in UTF-16"),
    ],
    ids=["empty", "blank", "xls", "picture", "cut", "endless", "half a letter"],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        cells(open_table(written(tmp_path, content)))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        open_table(tmp_path / "missing.csv")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    with (path := written(tmp_path, "id\n")).open("r+b") as file:
        file.truncate(table.LARGEST_FILE + 1)  # sparse: it takes no room
    with pytest.raises(Unreadable, match="more than 200 MB"):
        open_table(path)


def test_a_table_with_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 3)
    with pytest.raises(Unreadable, match="more than 3 rows"):
        cells(open_table(written(tmp_path, "id\n1\n2\n3\n4\n")))


def test_a_table_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="more than 200 columns"):
        open_table(written(tmp_path, ",".join(["x"] * 201)))


def test_an_encoding_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cp9999 is no encoding"):
        open_table(written(tmp_path, "id\n"), "cp9999")


def test_a_workbook_gives_numbers_back_their_digits(tmp_path: Path) -> None:
    rows = (("id", "phone", "note"), (17.0, 9123456780, None), (18, 9.12345678e9, "x"), (19, "09123456780", True))
    found = open_table(workbook(tmp_path, *rows))
    assert found.understood == "Excel workbook, sheet “Sheet”"
    assert [(row.number, row.cells) for row in found.rows] == [
        (2, ("17", "9123456780")), (3, ("18", "9123456780", "x")), (4, ("19", "09123456780", "True")),
    ]  # fmt: skip


def test_a_number_that_a_workbook_holds_with_an_exponent_has_its_digits_back(tmp_path: Path) -> None:
    sheet = SHEET.replace('t="inlineStr"><is><t>{}</t></is>', "><v>9.12345678E9</v>")
    replaced(workbook(tmp_path, ("id",)), tmp_path / "e.xlsx", "xl/worksheets/sheet1.xml", sheet)
    assert open_table(tmp_path / "e.xlsx").headings == ("9123456780",)


def test_a_workbook_called_csv_is_read_all_the_same(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("id",), (1,)).rename(tmp_path / "customers.csv")
    assert cells(open_table(path)) == [("1",)]


def test_a_hidden_sheet_is_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("مشتریان").append(("id",))
    book.create_sheet("other")
    book.save(tmp_path / "c.xlsx")
    assert open_table(tmp_path / "c.xlsx").understood == "Excel workbook, sheet “مشتریان”, the first of 2"


def test_a_cell_far_down_and_far_right_does_not_swell_the_table(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["XFD2"], sheet["A1048576"] = "id", 1, " ", "last"
    book.save(tmp_path / "c.xlsx")
    assert [row.number for row in open_table(tmp_path / "c.xlsx").rows] == [2, 1048576]


def test_a_workbook_that_unfolds_too_far_is_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST_UNFOLDED", 8 << 20)
    path = workbook(tmp_path, ("id",))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * (9 << 20))
    with pytest.raises(Unreadable, match="unfolds to more than 8 MB"):
        open_table(path)


def test_strings_that_would_fill_the_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST_PART", 1 << 20)
    with zipfile.ZipFile(path := workbook(tmp_path, ("id",)), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"\0" * (2 << 20))
    with pytest.raises(Unreadable, match="more than 1 MB of text; save it as CSV"):
        open_table(path)


def test_entities_that_unfold_for_ever_are_refused(tmp_path: Path) -> None:
    nested = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY e0 "aaaaaaaaaa">{nested}]>{SHEET.format("&e12;")}'
    replaced(workbook(tmp_path, ("id",)), tmp_path / "bomb.xlsx", "xl/worksheets/sheet1.xml", bomb)
    with pytest.raises(Unreadable, match="the workbook is broken"):
        cells(open_table(tmp_path / "bomb.xlsx"))


def test_a_workbook_that_is_broken_inside_is_told(tmp_path: Path) -> None:
    replaced(workbook(tmp_path, ("id",)), tmp_path / "broken.xlsx", "xl/worksheets/sheet1.xml", "<worksheet><sheetD")
    with pytest.raises(Unreadable, match="the workbook is broken"):
        cells(open_table(tmp_path / "broken.xlsx"))


def replaced(path: Path, other: Path, name: str, content: str) -> None:
    """Copy a workbook with another content of one part."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "'=1", "+98912x", "+"])
def test_a_cell_that_a_spreadsheet_would_compute_has_a_quote_before_it(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+989123456780", "+989123456780; +982188776655", "Ali", "a=b", "علی", ""])
def test_a_telephone_number_and_a_word_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_is_read_again(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"out.{form}"
    with writing(path, form, overwrite=False) as write:
        write(("customer id", "name", "phone"))
        write(("1", "=cmd|'/C calc'!A0", "+989123456780"))
        write(("2", "علی «رضایی»; Ali, jr.", ""))
    assert cells(open_table(path)) == [
        ("1", "=cmd|'/C calc'!A0", "+989123456780"), ("2", "علی «رضایی»; Ali, jr.", "")[: 2 if form == "xlsx" else 3],
    ]  # fmt: skip
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_formula_is_text_in_a_workbook(tmp_path: Path) -> None:
    with writing(tmp_path / "out.xlsx", "xlsx", overwrite=False) as write:
        write(("=1+1", "+989123456780", "a\x01b"))
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [(c.value, c.data_type) for c in sheet[1]] == [("=1+1", "s"), ("+989123456780", "s"), ("ab", "s")]


def test_a_file_that_is_there_is_only_replaced_on_demand(tmp_path: Path) -> None:
    (path := tmp_path / "out.csv").write_text("mine")
    with pytest.raises(Unwritable, match="is there already"), writing(path, "csv", overwrite=False):
        raise AssertionError
    with writing(path, "csv", overwrite=True) as write:
        write(("new",))
    assert path.read_text(encoding="utf-8-sig") == "new\n"


def test_an_export_that_does_not_end_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "out.csv", "csv", overwrite=False):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
