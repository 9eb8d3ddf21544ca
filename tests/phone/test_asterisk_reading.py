"""Reading a CDR row: layouts, times, and what cannot be read."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest_phone.channels.asterisk import SOURCE
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.localtime import moment
from peyvand.errors import BadPayload
from peyvand.event import Clock
from peyvand.identity import Organisation
from peyvand.source import read as reading
from phone.cdr_rows import EPOCH, INBOUND, ORGANISATION, SETTINGS, configured, delivered, leg, line, read

ALWAYS = list(INBOUND)[:16]
NEW = ["peeraccount", "linkedid", "sequence"]


def columns(*names: str) -> bytes:
    return line({name: INBOUND[name] for name in names})


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ([], False),
        (["uniqueid"], True),
        (["userfield"], False),
        (["uniqueid", "userfield"], True),
        (NEW, True),
        (["uniqueid", *NEW], True),
        (["userfield", *NEW], True),
        (["uniqueid", "userfield", *NEW], True),
    ],
)
def test_every_layout_is_read(more: list[str], known: bool) -> None:
    event = read(columns(*ALWAYS, *more))
    assert event.call is not None
    assert (event.call.extension, event.call.talk_seconds) == ("201", 86)
    # by its own id, or by the one that it is linked to: the same call
    assert (event.interaction_id == leg().interaction_id) is known


def test_a_user_field_alone_is_no_call_id() -> None:
    row = line({name: INBOUND[name] for name in ALWAYS} | {"userfield": "audio:20261003.wav"})
    event = read(row)
    assert event.call is not None
    assert event.call.leg.startswith("row:")


def test_a_file_with_columns_of_ones_own_is_read() -> None:
    names = (
        "clid",
        "src",
        "dst",
        "channel",
        "dstchannel",
        "start",
        "disposition",
        "lastapp",
        "uniqueid",
        "_",
        "billsec",
    )
    row = line({name: INBOUND.get(name, "ours") for name in names})
    event = read(row, configured(columns=names))
    assert event.call is not None
    assert (event.call.extension, event.call.talk_seconds, event.call.leg) == ("201", 86, f"{EPOCH}.412")


def test_without_durations_the_times_tell_them() -> None:
    names = tuple(name for name in INBOUND if name not in ("duration", "billsec"))
    event = read(columns(*names), configured(columns=names))
    assert event.call is not None
    assert (event.call.wait_seconds, event.call.talk_seconds) == (9, 86)


@pytest.mark.parametrize("written", [str(EPOCH), f"{EPOCH}.25", "2026-10-03T06:45:00Z", "2026-10-03 10:15:00+0330"])
def test_times_that_name_their_zone_are_read_as_such(written: str) -> None:
    assert leg(start=written).occurred_at.replace(microsecond=0) == datetime.fromtimestamp(EPOCH, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("start", "utc"),
    [("2021-07-01 12:00:00", "07:30"), ("2024-07-01 12:00:00", "08:30"), ("2021-12-01 12:00:00", "08:30")],
)
def test_a_local_time_follows_the_rules_of_its_day(start: str, utc: str) -> None:
    event = leg(start=start, uniqueid="1.1")
    assert (f"{event.occurred_at:%H:%M}", event.flags) == (utc, ())


def test_a_file_in_utc_is_read_so() -> None:
    assert f"{read(line(INBOUND), configured(utc=True)).occurred_at:%H:%M}" == "10:15"


def test_without_a_zone_the_organisations_is_taken() -> None:
    settings = Settings.model_validate({"cdr": "Master.csv"})
    organisation = Organisation(timezone="Europe/Berlin")
    assert f"{read(line(INBOUND), settings, organisation).occurred_at:%H:%M}" == "08:15"


@pytest.mark.parametrize(
    ("created", "utc"), [(1632250800, "19:00"), (1632254400, "20:00")], ids=["summer time", "winter time"]
)
def test_of_a_time_that_came_twice_the_calls_id_says_which(created: int, utc: str) -> None:
    event = leg(start="2021-09-21 23:30:00", uniqueid=f"{created}.12")
    assert f"{event.occurred_at:%H:%M}" == utc
    assert [f.name for f in event.flags] == ["clock"]


def test_a_time_that_came_twice_is_flagged_though_nothing_says_which() -> None:
    at = moment(datetime(2021, 9, 21, 23, 30), ZoneInfo("Asia/Tehran"))  # noqa: DTZ001 - local times are the matter
    assert (f"{at.at:%H:%M}", "the first is taken" in (at.doubt or "")) == ("19:00", True)


def test_a_time_that_never_came_is_flagged() -> None:
    event = leg(start="2021-03-22 00:30:00")
    assert [f.name for f in event.flags] == ["clock"]


def test_a_time_in_the_future_is_not_believed() -> None:
    event = leg(start="2027-01-01 00:00:00")
    assert (event.occurred_from, event.occurred_at) == (Clock.RECEIPT, event.received_at)


def test_a_clock_that_changed_while_it_rang_does_not_change_the_wait() -> None:
    event = leg(start="2021-09-21 23:59:55", answer="2021-09-21 23:00:05", uniqueid="1.1")
    assert event.call is not None
    assert event.call.wait_seconds == 9


@pytest.mark.parametrize("zero", ["", "0000-00-00 00:00:00", "1970-01-01 00:00:00"])
def test_an_answer_that_never_was_is_empty(zero: str) -> None:
    event = leg(answer=zero, billsec="0", disposition="NO ANSWER")
    assert event.call is not None
    assert event.call.wait_seconds == 95


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("start", ""),
        ("start", "03.10.2026 10:15"),
        ("start", "2026-13-03 10:15:00"),
        ("start", "9999-12-31 23:59:59"),
        ("answer", "soon"),
        ("end", "late"),
        ("duration", "1:35"),
        ("billsec", "9" * 30),
        ("disposition", "09121112233"),
        ("sequence", "-1"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_column_and_never_told(column: str, written: str) -> None:
    with pytest.raises(BadPayload, match=f"column {column}: ") as caught:
        leg(**{column: written})
    assert not written or written not in str(caught.value)
    assert "0912" not in str(caught.value)


@pytest.mark.parametrize("width", [0, 1, 15, 22])
def test_a_row_of_another_width_says_how_wide_it_is(width: int) -> None:
    with pytest.raises(BadPayload, match=f"has {width} columns|is empty"):
        read(",".join(['"09121112233"'] * width).encode())


def test_a_row_that_does_not_fit_the_columns_that_were_named_says_so() -> None:
    with pytest.raises(BadPayload, match="the row has 21 columns; `columns` names 6"):
        read(line(INBOUND), configured(columns=("src", "dst", "channel", "dstchannel", "start", "disposition")))


def test_letters_that_are_not_utf_8_spoil_nothing_but_themselves() -> None:
    event = read(line(INBOUND).replace(b"<09121112233>", "علي <09121112233>".encode("cp1256")))
    assert [h.value for h in event.parties[0].handles] == ["+989121112233"]
    assert (event.parties[0].name, [f.name for f in event.flags]) == (None, ["text"])


def test_a_row_and_its_line_end_are_the_same_row() -> None:
    row = columns(*ALWAYS)
    assert read(row).event_id == read(row.rstrip(b"\n")).event_id == read(row.rstrip(b"\n") + b"\r\n").event_id


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("timezone", "Tehran"),
        ("columns", ["src", "dst", "start"]),
        ("columns", ["src", "dst", "channel", "dstchannel", "start", "disposition", "caller"]),
        ("columns", ["src", "src", "dst", "channel", "dstchannel", "start", "disposition"]),
        ("extension_digits", [5, 2]),
        ("poll_seconds", 0),
        ("path", "Master.csv"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(setting: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"cdr": "Master.csv", setting: value})


cells = st.sampled_from(
    [
        *INBOUND.values(),
        "",
        "s",
        "*98",
        "۰۹۱۲۱۱۱۲۲۳۳",
        "anonymous",
        "2021-09-21 23:30:00",
        "1.5",
        "\0",
        '"',
        "a\nb",
        "<",
        ">",
    ]
) | st.text(max_size=20)


@given(st.binary(max_size=400) | st.lists(cells, min_size=14, max_size=23).map(lambda c: line(dict(enumerate(c)))))  # type: ignore[arg-type]
def test_any_bytes_are_a_leg_or_skipped_or_kept_and_never_a_fault_of_ours(body: bytes) -> None:
    found = reading(SOURCE, delivered(body), SETTINGS, ORGANISATION)
    assert (len(found.events) == 1) + (found.skipped is not None) + (found.kept is not None) == 1
    assert "normaliser failed" not in (found.kept or "")


@given(st.dictionaries(st.sampled_from(list(INBOUND)), cells))
def test_a_row_with_anything_in_a_column_is_a_leg_or_skipped_or_kept(spoilt: dict[str, str]) -> None:
    found = reading(SOURCE, delivered(line(INBOUND | spoilt)), SETTINGS, ORGANISATION)
    assert "normaliser failed" not in (found.kept or "")
    assert len(found.events) <= 1
