"""Records of a growing CSV file: cut the same wherever a write ended."""

from hypothesis import given
from hypothesis import strategies as st

from ingest_phone.records import LONGEST, records
from phone.following import row

TWO_LINES = row(2).replace(b',""\n', b',"first line\nsecond, ""line"""\n')


def bodies(content: bytes, *, final: bool = False) -> list[bytes]:
    return [r.body for r in records(content, final=final)]


def test_a_record_without_its_line_end_waits() -> None:
    assert bodies(row(1) + row(2)[:-1]) == [row(1)[:-1]]


def test_the_last_record_of_a_file_that_is_done_does_not_wait() -> None:
    assert bodies(row(1) + row(2)[:50], final=True) == [row(1)[:-1], row(2)[:50]]


def test_a_line_end_in_quotes_ends_nothing() -> None:
    assert bodies(row(1) + TWO_LINES + row(3)) == [row(1)[:-1], TWO_LINES[:-1], row(3)[:-1]]


def test_a_row_that_was_cut_does_not_swallow_the_next() -> None:
    torn = row(2)[:97] + b"\n"
    assert torn.count(b'"') % 2 == 1
    assert bodies(row(1) + torn + row(3) + row(4)) == [row(1)[:-1], torn[:-1], row(3)[:-1], row(4)[:-1]]


def test_an_open_quote_before_lines_that_are_no_rows_ends_after_the_longest_record() -> None:
    lines = b"x,y\n" * LONGEST
    found = bodies(b'"open\n' + lines)
    assert found[:2] == [b'"open', b"x,y"]


def test_a_line_without_end_is_cut() -> None:
    assert [len(b) for b in bodies(b"\0" * (LONGEST + 10))] == [LONGEST]


def test_blank_lines_are_no_rows_and_windows_line_ends_are_ends() -> None:
    assert bodies(b"\n\r\na\r\n\n") == [b"a"]


@given(st.lists(st.sampled_from([row(1), TWO_LINES, row(2)[:97] + b"\n", b'"\n', b"\n", b'a,"b\nc",d\n'])), st.data())
def test_offsets_are_where_the_records_stand(parts: list[bytes], data: st.DataObject) -> None:
    content = b"".join(parts)
    cut = data.draw(st.integers(0, len(content)))
    begun = list(records(content[:cut]))
    rest = begun[-1].end if begun else 0
    together = [*begun, *records(content[rest:], rest)]
    assert together == list(records(content))
    assert [content[r.offset : r.end].rstrip(b"\r\n") for r in together] == [r.body for r in together]


@given(st.binary(), st.integers(0))
def test_any_bytes_are_cut_the_same_wherever_the_read_ended(content: bytes, at: int) -> None:
    cut = at % (len(content) + 1)
    begun = list(records(content[:cut]))
    rest = begun[-1].end if begun else 0
    assert [*begun, *records(content[rest:], rest, final=True)] == list(records(content, final=True))
