"""Call logs as tables: what whole files of known switchboards come to, and what no file may do to the others."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from captures import FIXTURES, organisation
from ingest_phone.calllog.cutting import Line, lines_of
from ingest_phone.calllog.folder import fetch
from ingest_phone.calllog.repeats import Repeats
from ingest_phone.calllog.row import Row
from ingest_phone.calllog.settings import Settings
from ingest_phone.calllog.values import seconds_of, time_of
from ingest_phone.channels.calllog import SOURCE, normalise
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Rejected, Skipped, Unavailable
from peyvand.event import CallResult, Direction, InteractionEvent
from timeline.folds.call import FoldedCall, fold_call

FILES = FIXTURES / "calllog"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEHRAN = "Asia/Tehran"


def settings(**told: Any) -> Settings:
    return Settings.model_validate({"timezone": TEHRAN, **told})


def delivery(row: Row) -> Delivery:
    return Delivery(uuid5(UUID(int=7), row.body.hex()), "calls", "calllog", NOW, row.body)


def events(path: Path, how: Settings) -> tuple[list[InteractionEvent], list[tuple[int, str]]]:
    """Return what a file's rows mean, and why others mean nothing."""
    found: list[InteractionEvent] = []
    others: list[tuple[int, str]] = []
    repeats = Repeats(how)
    for line in lines_of(path, how):
        if line.why is not None:
            others.append((line.number, line.why))
            continue
        try:
            found += normalise(delivery(repeats.row(line.cells)), how, organisation())
        except (BadPayload, Skipped) as error:
            others.append((line.number, str(error)))
    return found, others


def calls(found: Sequence[InteractionEvent]) -> list[FoldedCall]:
    """Return the calls that events make, the earliest first."""
    ids = {e.interaction_id for e in found}
    folded = [fold_call([e for e in found if e.interaction_id == i]) for i in ids]
    return sorted(folded, key=lambda call: call.started_at)


def told(found: Sequence[FoldedCall]) -> list[tuple[str, str, str, int | None, tuple[str, ...]]]:
    return [(f"{c.started_at:%H:%M:%S}", c.direction.value, c.result.value, c.talk_seconds, c.agents) for c in found]


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "calls.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


SARA, OMID = "Sara Karimi", "امید راد"
PLAIN: Mapping[str, Any] = {"columns": {"start": "Start", "caller": "From", "callee": "To", "talk": "Talk"}}


def test_3cx_groups_the_legs_of_a_call_by_its_history() -> None:
    found, others = events(FILES / "3cx.csv", settings(recipe="3cx"))
    assert told(calls(found)) == [
        ("05:30:00", "inbound", "answered", 200, (SARA, OMID)),
        ("06:00:00", "inbound", "missed", 0, ()),
        ("06:30:00", "outbound", "answered", 40, (SARA,)),
        ("06:40:00", "outbound", "busy", 0, (SARA,)),
    ]
    assert others == [(6, "internal call")]
    first = calls(found)[0]
    assert (first.wait_seconds, first.transferred) == (12, True)


def test_ciscos_second_line_is_no_call_and_its_causes_are_words() -> None:
    found, others = events(FILES / "cucm.csv", settings(recipe="cucm"))
    assert told(calls(found)) == [
        ("05:30:00", "inbound", "answered", 180, (SARA, OMID)),
        ("05:40:00", "inbound", "missed", 0, ()),
        ("05:50:00", "outbound", "busy", 0, (SARA,)),
    ]
    assert calls(found)[0].queue == "600"
    assert others == [(7, "internal call")]


def test_avayas_call_ids_are_of_their_day_and_a_voicemail_is_known_by_its_channel() -> None:
    found, others = events(FILES / "avaya.csv", settings(recipe="avaya"))
    assert told(calls(found)) == [
        ("05:58:41", "inbound", "missed", 0, ()),
        ("06:00:57", "inbound", "answered", 13, (OMID,)),
        ("06:15:12", "outbound", "answered", 77, (SARA,)),
    ]
    assert [leg.result for leg in calls(found)[1].legs] == [CallResult.VOICEMAIL, CallResult.ANSWERED]
    assert others == [(5, "internal call")]


def test_mitels_lines_have_no_year_and_no_marks_between_cells() -> None:
    found, others = events(FILES / "mitel.txt", settings(recipe="mitel"))
    assert told(calls(found)) == [
        ("05:45:00", "inbound", "answered", 83, (SARA,)),
        ("05:50:00", "inbound", "missed", 0, ()),
        ("06:10:00", "outbound", "answered", 370, (SARA,)),
    ]
    assert {e.occurred_at.year for e in found} == {2026}
    assert others == []


def test_a_table_of_ones_own_with_persian_headings_digits_and_jalali_dates(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "تاریخ;ساعت;شماره تماس گیرنده;داخلی;وضعیت;مدت;صف\n"
        "۱۴۰۵/۰۷/۱۲;۰۹:۱۵:۰۰;۰۹۱۲۱۱۱۲۲۳۳;۲۰۱;پاسخ داده شده;۰۰:۰۲:۰۵;فروش\n"
        "۱۴۰۵/۰۷/۱۲;۰۹:۲۰:۰۰;۰۹۱۲۱۱۱۲۲۳۳;۲۰۱;بی‌پاسخ;۰;فروش\n",
    )
    columns = {"start": ["تاریخ", "ساعت"], "caller": "شماره تماس گیرنده", "callee": "داخلی", "result": "وضعیت",
               "talk": "مدت", "queue": "صف"}  # fmt: skip
    found, others = events(path, settings(columns=columns, directions={}, extension_digits=[2, 4]))
    assert others == []
    assert told(calls(found)) == [
        ("05:45:00", "inbound", "answered", 125, (SARA,)),
        ("05:50:00", "inbound", "missed", 0, ()),
    ]
    assert {h.value for e in found for p in e.parties for h in p.handles if not p.ours} == {"+989121112233"}


def test_rows_that_say_the_same_are_calls_of_their_own_where_nothing_names_them(tmp_path: Path) -> None:
    row = "2026-10-04 09:00:00,09121112233,201,10\n"
    found, _ = events(written(tmp_path, "Start,From,To,Talk\n" + row * 3), settings(**PLAIN))
    assert len({e.interaction_id for e in found}) == 3
    again, _ = events(written(tmp_path, "Start,From,To,Talk\n" + row * 3), settings(**PLAIN))
    assert [e.event_id for e in again] == [e.event_id for e in found]


def test_a_call_that_is_told_again_in_another_file_is_one(tmp_path: Path) -> None:
    how = settings(columns={**PLAIN["columns"], "call": "Id"})
    found, _ = events(
        written(tmp_path, "Start,From,To,Talk,Id\n" + "2026-10-04 09:00:00,09121112233,201,10,77\n" * 2), how
    )
    assert len({e.event_id for e in found}) == 1


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("yesterday,09121112233,201,10", "start: a time was expected"),
        ("04/10/2026 09:00,09121112233,201,10", "start: a time was expected"),
        (",09121112233,201,10", "start: a time was expected, and there is none"),
        ("2026-10-04 09:00:00,09121112233,201,soon", "talk: a length of time was expected"),
        ("2026-10-04 09:00:00,09121112233,201,99999999", "talk: no call is longer than a week"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line_and_costs_no_other(tmp_path: Path, row: str, why: str) -> None:
    good = "2026-10-04 09:00:00,09121112233,201,10\n"
    found, others = events(written(tmp_path, f"Start,From,To,Talk\n{good}{row}\n{good}"), settings(**PLAIN))
    assert len(found) == 2
    ((line, said),) = others
    assert line == 3
    assert said.startswith(why)


def test_a_quotation_mark_that_is_never_closed_costs_only_its_own_row(tmp_path: Path) -> None:
    rows = [f"2026-10-04 09:00:{n:02},0912111{n:04},201,10" for n in range(40)]
    rows[5] = '2026-10-04 09:00:05,"09121110005,201,10'
    found, _ = events(written(tmp_path, "Start,From,To,Talk\n" + "\n".join(rows) + "\n"), settings(**PLAIN))
    assert len(found) == 40


def test_windows_1256_utf_16_and_a_mark_at_the_beginning_are_found_out(tmp_path: Path) -> None:
    text = "تاریخ\tاز\tبه\tنام\n1405/07/12 09:15\t09121112233\t201\tمریم احمدی\n"
    how = settings(columns={"start": "تاریخ", "caller": "از", "callee": "به", "caller_name": "نام"})
    for encoding in ("windows-1256", "utf-16", "utf-8-sig", "utf-8"):
        # Windows-1256 has no Persian yeh of its own in old programs: they wrote the Arabic one
        found, _ = events(written(tmp_path, text.replace("ی", "ي").encode(encoding)), how)
        assert [p.name for e in found for p in e.parties if not p.ours] == ["مريم احمدي"], encoding


def test_a_local_time_that_a_clock_showed_twice_or_never_is_flagged(tmp_path: Path) -> None:
    rows = "2021-09-21 23:30:00,09121112233,201,10\n2021-03-22 00:30:00,09121112233,201,10\n"
    found, _ = events(written(tmp_path, "Start,From,To,Talk\n" + rows), settings(**PLAIN))
    assert [[f.name for f in e.flags] for e in found] == [["clock"], ["clock"]]


def test_an_answered_call_is_answered_though_nobody_is_named(tmp_path: Path) -> None:
    rows = "2026-10-04 09:00:00,09121112233,02188001200,60\n2026-10-04 09:05:00,09121112233,,60\n"
    found, _ = events(written(tmp_path, "Start,From,To,Talk\n" + rows), settings(**PLAIN))
    assert [(c.result, c.talk_seconds) for c in calls(found)] == [(CallResult.ANSWERED, 60)] * 2


def test_withheld_callers_are_nobody_and_short_codes_no_number(tmp_path: Path) -> None:
    rows = "2026-10-04 09:00:00,anonymous,201,10\n2026-10-04 09:01:00,Restricted,201,10\n"
    found, _ = events(written(tmp_path, "Start,From,To,Talk\n" + rows), settings(**PLAIN))
    assert [h for e in found for p in e.parties for h in p.handles if not p.ours] == []
    assert {e.direction for e in found} == {Direction.INBOUND}


def test_a_file_of_other_columns_is_refused_before_a_row_is_read(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no column is headed From, which is to say the caller"):
        list(lines_of(written(tmp_path, "Start,To,Talk\n1,2,3\n"), settings(**PLAIN)))


@pytest.mark.parametrize(
    ("mistake", "why"),
    [
        ({"recipe": "nortel"}, "no recipe is called 'nortel'"),
        ({"columns": {"start": "a", "caller": "b"}}, "must name the columns of callee"),
        ({"columns": {"start": "a", "caller": "b", "callee": "c", "colour": "d"}}, "colour: no field"),
        ({"recipe": "3cx", "patterns": {"caller": "("}}, "caller: "),
        ({"recipe": "mitel", "widths": {"date": [6, 2]}}, "counted from 1"),
        ({"recipe": "3cx", "encoding": "klingon"}, "is no encoding of text"),
        ({"recipe": "3cx", "timezone": "Tehran"}, "is no time zone"),
    ],
)
def test_mistakes_in_the_settings_are_told(mistake: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Settings.model_validate(mistake)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("83", 83), ("۸۳", 83), ("00:01:23", 83), ("1:23", 83), ("83.9", 83), ("1m 23s", 83), ("PT1M23S", 83),
     ("1 min", 60), ("۲ دقیقه و ۵ ثانیه", 125), ("100:00:00", 360_000), ("", None), ("-", None), ("0", 0)],
)  # fmt: skip
def test_lengths_of_time_as_programs_write_them(said: str, seconds: int | None) -> None:
    assert seconds_of(said, "talk", "seconds") == seconds


@pytest.mark.parametrize(("said", "year"), [("12/31 23:59", 2025), ("11/20 09:00", 2026), ("02/29 09:00", 2024)])
def test_a_time_without_a_year_is_the_last_that_was(said: str, year: int) -> None:
    how = settings(recipe="mitel")
    found = time_of(said, "start", how, how.zone or organisation().zone, NOW)
    assert found is not None
    assert found.at.year == year


@given(st.binary(max_size=2000))
def test_no_file_makes_it_stumble(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"Start,From,To,Talk\n" + content)
    with suppress(Rejected):
        events(path, settings(**PLAIN))


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=8))
def test_no_row_makes_it_stumble(cells: dict[str, str]) -> None:
    row = Row(cells=(("Start", "2026-10-04 09:00:00"), *cells.items(), *((k, "9") for k in ("From", "To", "Talk"))))
    with suppress(BadPayload, Skipped):
        (one,) = normalise(delivery(row), settings(**PLAIN), organisation())
        assert one.call is not None


async def test_files_that_are_put_into_the_folder_are_read_once_each(tmp_path: Path) -> None:
    (tmp_path / "cdr_1.csv").write_bytes((FILES / "cucm.csv").read_bytes())
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    how = settings(recipe="cucm", folder=str(tmp_path))
    rows, trouble, cursor = await _read(how, None)
    assert (rows, trouble) == ([], [])  # nobody knows yet whether somebody still writes
    rest(tmp_path)
    rows, trouble, cursor = await _read(how, cursor)
    assert len(rows) == 5
    assert trouble[0].startswith("wrong.csv cannot be read: no column is headed")
    rows, trouble, cursor = await _read(how, cursor)
    assert rows == []
    assert trouble  # for as long as nothing better was read
    (tmp_path / "wrong.csv").write_bytes((FILES / "cucm.csv").read_bytes())
    rest(tmp_path)
    rows, trouble, cursor = await _read(how, cursor)
    assert (len(rows), cursor["trouble"]) == (5, None)


async def _read(how: Settings, cursor: Any) -> tuple[list[str], list[str], Any]:
    """Return the calls' ids of one look into the folder, its troubles and the cursor after it."""
    rows: list[str] = []
    troubles: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            async for batch in fetch(how, cursor):
                rows += [dict(json.loads(a.body)["cells"])["globalCallID_callId"] for a in batch.arrivals]
                troubles += [batch.trouble] if batch.trouble else []
                cursor = batch.cursor
    return rows, troubles, cursor


def rest(folder: Path) -> None:
    time.sleep(3.2)


async def test_check_says_what_is_in_the_folder(tmp_path: Path) -> None:
    assert SOURCE.check is not None
    with pytest.raises(Unavailable, match="is not there; is the path right"):
        await SOURCE.check(settings(recipe="cucm", folder=str(tmp_path / "none")))
    assert "holds no file yet" in await SOURCE.check(settings(recipe="cucm", folder=str(tmp_path)))
    (tmp_path / "cdr.csv").write_bytes((FILES / "cucm.csv").read_bytes())
    rest(tmp_path)
    said = await SOURCE.check(settings(recipe="cucm", folder=str(tmp_path)))
    assert said.endswith("1 files; the newest, cdr.csv, has 5 rows; the last is an internal call")
    with pytest.raises(Unavailable, match=r"cdr\.csv cannot be read: no column is headed Start"):
        await SOURCE.check(settings(**PLAIN, folder=str(tmp_path)))
    assert "./peyvand import calllog" in await SOURCE.check(settings(recipe="cucm"))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = written(tmp_path, "# made by a program\n\nStart,From,To,Talk\n\n2026-10-04 09:00:00,1,2,3\n")
    assert [line.number for line in lines_of(path, settings(**PLAIN, skip=1))] == [5]
    assert isinstance(next(lines_of(path, settings(**PLAIN, skip=1))), Line)
