"""What is said of a CDR file before anything is read from it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ingest_phone.channels.asterisk import SOURCE
from ingest_phone.channels.asterisk.check import in_words
from peyvand.errors import Unavailable
from phone.cdr_rows import INBOUND, configured, line
from phone.following import row

TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.fixture
def cdr(tmp_path: Path) -> Path:
    return tmp_path / "Master.csv"


async def said(cdr: Path, **settings: Any) -> str:
    return await SOURCE.check(configured(cdr=str(cdr), **settings))


def written(begun: datetime, zone: ZoneInfo, **columns: str) -> bytes:
    """Return a row of a call that began then, as a switchboard in that zone writes it."""
    times = {"start": f"{begun.astimezone(zone):%Y-%m-%d %H:%M:%S}", "answer": "", "end": ""}
    return line(INBOUND | times | {"uniqueid": f"{int(begun.timestamp())}.7"} | columns)


async def test_what_is_in_the_file_is_said(cdr: Path) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=5, seconds=10)
    cdr.write_bytes(row(1) + row(2) + written(begun, TEHRAN))
    assert (
        await said(cdr)
        == f"{cdr} has 3 rows, with 21 columns (cdr_csv with all columns); the newest call began 5 min ago"
    )


async def test_a_file_that_cannot_link_legs_says_how_it_could(cdr: Path) -> None:
    cdr.write_bytes(row(1))
    assert "18 columns (cdr_csv with call id and user field); with newcdrcolumns=yes" in await said(cdr)


async def test_columns_of_ones_own_are_named_as_such(cdr: Path) -> None:
    names = tuple(INBOUND)
    cdr.write_bytes(written(datetime.now(UTC), TEHRAN))
    assert "with the 21 columns that you named" in await said(cdr, columns=names)


async def test_an_empty_file_is_no_fault(cdr: Path) -> None:
    cdr.write_bytes(b"")
    assert "holds no row yet" in await said(cdr)


async def test_a_missing_file_is(cdr: Path) -> None:
    with pytest.raises(Unavailable, match="is not there; is the path right"):
        await said(cdr)


def test_a_file_that_may_not_be_read_says_who_must_be_let(cdr: Path) -> None:
    words = str(in_words(PermissionError(13, "Permission denied"), cdr))
    assert words == f"{cdr} may not be read; let the user that Peyvand runs as read it and its folder"


async def test_a_file_of_another_kind_is_named(cdr: Path) -> None:
    cdr.write_bytes(b"1696312345|queue|NONE|NONE|QUEUESTART|\n")
    with pytest.raises(Unavailable, match="the newest cannot be read: the row has 1 columns"):
        await said(cdr)


@pytest.mark.parametrize(("system", "apart"), [("UTC", "3 h 30 min"), ("Asia/Dubai", "30 min")])
async def test_a_wrong_time_zone_is_found_by_the_calls_own_ids(cdr: Path, system: str, apart: str) -> None:
    begun = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    passed_on = written(begun + timedelta(seconds=95), ZoneInfo(system), uniqueid=f"{int(begun.timestamp())}.7")
    cdr.write_bytes(written(begun, ZoneInfo(system)) + passed_on)
    with pytest.raises(Unavailable, match=f"are {apart} away from the calls' own ids; set `utc: true`"):
        await said(cdr)


async def test_a_file_in_utc_that_is_said_to_be_is_right(cdr: Path) -> None:
    cdr.write_bytes(written(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), ZoneInfo("UTC")))
    assert "the newest call began" in await said(cdr, utc=True)


async def test_a_leg_that_began_long_after_its_channel_is_no_wrong_clock(cdr: Path) -> None:
    begun = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    passed_on = written(begun + timedelta(minutes=30), TEHRAN, uniqueid=f"{int(begun.timestamp())}.7")
    cdr.write_bytes(written(begun, TEHRAN) + passed_on)
    assert "has 2 rows" in await said(cdr)


async def test_a_large_file_is_counted_whole_and_its_end_is_read(cdr: Path) -> None:
    cdr.write_bytes(b"".join(row(n) for n in range(1, 3001)))
    assert f"{cdr} has 3000 rows" in await said(cdr)
