"""Rows of a call log a second, from the file and from the table, beside a bare `csv.reader` over the same file."""

import csv
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.call_logs import Read, beside, by_connector, by_csv_reader, write
from ingest_phone.channels.asterisk.settings import Settings
from parts.mariadb import MariaDb
from phone.cdr_rows import INBOUND
from phone.cdr_tables import FREEPBX, InMariaDb, in_mariadb
from standalone.test_call_log_killed import rows

pytestmark = [pytest.mark.bench, pytest.mark.real]

ROWS = int(os.environ.get("CALL_LOG_ROWS", "1000000"))
MOST_MB = 250  # the window that is read again and again is held, and nothing of what lies before it
# The file's columns and the table's.
COLUMNS = {
    name: "calldate" if name == "start" else name
    for name in INBOUND
    if name == "start" or (name in FREEPBX and name != "amaflags")
}
AT_ONCE = 2_000  # rows in one statement that fills the table


def told(what: str, read: Read, bare: Read) -> str:
    return f"{what}: {read.rate:,.0f} rows/s, {read.rate / bare.rate:.4f} of csv.reader, {read.peak_mb} MB at most"


def test_a_million_rows_of_the_file(tmp_path: Path) -> None:
    log, tenth = tmp_path / "Master.csv", tmp_path / "tenth.csv"
    write(log, rows(ROWS), ROWS)
    write(tenth, rows(ROWS // 10), ROWS // 10)
    bare = beside(by_csv_reader, log)
    less = beside(by_connector, Settings(cdr=tenth, utc=True), ROWS // 10)
    read = beside(by_connector, Settings(cdr=log, utc=True), ROWS)
    print(f"\ncsv.reader: {bare.rate:,.0f} rows/s")
    print(told(f"a file of {ROWS // 10:,}", less, bare))
    print(told(f"a file of {ROWS:,}", read, bare))
    assert (bare.rows, read.rows) == (ROWS, ROWS)
    assert read.peak_mb < less.peak_mb + 30  # flat, whatever the file's length


def test_a_million_rows_of_the_table(tmp_path: Path, mariadb: MariaDb) -> None:
    log = tmp_path / "Master.csv"
    write(log, rows(ROWS), ROWS)
    bare = beside(by_csv_reader, log)
    with in_mariadb(mariadb) as system:
        system.make("cdr", FREEPBX)
        system.server.do(f"CREATE INDEX began ON {system.name}.cdr (calldate)")
        fill(system, log)
        system.grant("cdr")
        read = beside(by_connector, system.settings(utc=True), ROWS)
    print(told(f"\na table of {ROWS:,} with an index on calldate", read, bare))
    assert read.rows == ROWS
    assert read.peak_mb < MOST_MB


def fill(system: InMariaDb, log: Path) -> None:
    """Write a file's rows into the table, two thousand in a statement."""
    with log.open(newline="", encoding="utf-8") as opened:
        lines = csv.reader(opened)
        while values := ", ".join(islice(quoted(lines), AT_ONCE)):
            system.server.do(f"INSERT INTO {system.name}.cdr ({', '.join(COLUMNS.values())}) VALUES {values}")


def quoted(lines: Iterator[list[str]]) -> Iterator[str]:
    for line in lines:
        told = dict(zip(INBOUND, line, strict=True))
        yield "(" + ", ".join(f"'{told[name]}'" for name in COLUMNS) + ")"
