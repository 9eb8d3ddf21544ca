"""Following a CDR file: every row once, through rotation, truncation and restart."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_phone.tail import MOST_ROWS, Place
from phone.following import CdrFile, Reader, row, rows


@pytest.fixture
def cdr(tmp_path: Path) -> CdrFile:
    return CdrFile(tmp_path / "Master.csv")


@pytest.fixture
def reader(cdr: CdrFile) -> Reader:
    return Reader(cdr.path)


def test_rows_come_as_they_are_written(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 3)
    assert reader.new() == rows(1, 3)
    cdr.append_rows(4, 4)
    assert reader.new() == rows(4, 4)
    assert reader.new() == []


def test_half_a_row_waits_for_its_other_half(cdr: CdrFile, reader: Reader) -> None:
    cdr.append(row(1), row(2)[:60])
    assert reader.new() == rows(1, 1)
    cdr.append(row(2)[60:])
    assert reader.new() == rows(2, 2)


def test_a_long_file_comes_in_batches(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2 * MOST_ROWS + 7)
    assert len(reader.look().records) == MOST_ROWS
    assert len(reader.new()) == MOST_ROWS + 7


def test_a_renamed_file_is_read_to_its_end_before_the_new_one(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    assert reader.new() == rows(1, 2)
    cdr.append_rows(3, 4)
    cdr.rename()
    cdr.append_rows(5, 6)
    assert reader.new() == rows(3, 6)


def test_while_there_is_no_new_file_yet_the_renamed_one_is_followed(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 1)
    reader.new()
    renamed = cdr.rename("Master-20261003.csv")
    assert reader.new() == []
    CdrFile(renamed, cdr.written_at).append_rows(2, 2)
    assert reader.new() == rows(2, 2)
    cdr.written_at += 5
    cdr.append_rows(3, 3)
    assert reader.new() == rows(3, 3)


def test_a_row_written_into_the_renamed_file_after_the_new_one_began_is_not_missed(
    cdr: CdrFile, reader: Reader
) -> None:
    cdr.append_rows(1, 1)
    reader.new()
    renamed = cdr.rename()
    cdr.append_rows(3, 3)
    assert reader.look().records == ()
    CdrFile(renamed, cdr.written_at).append_rows(2, 2)
    assert reader.new() == rows(2, 3)


def test_half_a_row_at_the_end_of_a_rotated_file_is_handed_over_as_it_is(cdr: CdrFile, reader: Reader) -> None:
    cdr.append(row(1), row(2)[:60])
    reader.new()
    cdr.rename()
    cdr.append_rows(3, 3)
    assert reader.new() == [*rows(1, 1)[1:], row(2)[:60], *rows(3, 3)]


def test_what_was_not_read_before_copytruncate_is_read_from_the_copy(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    cdr.append_rows(3, 4)
    cdr.copy()
    cdr.truncate()
    cdr.append_rows(5, 5)
    assert reader.new() == rows(3, 5)


def test_between_the_copy_and_the_truncation_nothing_comes_twice(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    cdr.copy()
    assert reader.new() == rows(1, 2)
    cdr.truncate()
    assert reader.new() == []
    cdr.append_rows(3, 3)
    assert reader.new() == rows(3, 3)


def test_a_truncated_file_that_has_grown_past_the_old_place_is_a_new_one(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    cdr.truncate()
    cdr.append_rows(11, 15)
    assert reader.new() == rows(11, 15)


def test_a_file_with_the_same_first_row_and_others_behind_it_is_read(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 3)
    reader.new()
    cdr.truncate()
    cdr.append(row(1), row(7), row(8), row(9))
    assert reader.new()[1:] == rows(7, 9)


def test_a_file_that_differs_only_in_its_beginning_is_another(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 4)
    reader.new()
    cdr.truncate()
    cdr.append(row(9))
    cdr.append_rows(2, 5)
    assert reader.new() == [*rows(9, 9), *rows(2, 5)]


def test_a_loss_is_said(cdr: CdrFile, reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    cdr.truncate()
    cdr.append_rows(3, 3)
    assert reader.new() == rows(3, 3)
    (said,) = [r.getMessage() for r in caplog.records]
    assert said.startswith(f"{cdr.path} was rotated away before it was read to its end")


def test_a_new_file_that_got_the_old_ones_inode_is_a_new_one(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    assert reader.saved is not None
    cdr.truncate()  # the inode stays, as when the file system gives it again
    cdr.append_rows(3, 6)
    assert Place.of(json.loads(reader.saved)).inode == cdr.path.stat().st_ino
    assert reader.new() == rows(3, 6)


def test_the_same_file_on_another_disk_is_no_new_one(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    moved = cdr.path.with_name("moving")
    moved.write_bytes(cdr.path.read_bytes() + row(3))
    moved.replace(cdr.path)
    assert reader.new() == rows(3, 3)


def test_several_rotations_in_an_outage_are_read_in_their_order(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    for n in (3, 5, 7):
        cdr.append_rows(n, n + 1)
        cdr.rename()
    cdr.append_rows(9, 9)
    assert reader.new() == rows(3, 9)


def test_of_several_rotations_those_that_are_left_are_read(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    cdr.append_rows(3, 3)
    cdr.rename().unlink()
    cdr.append_rows(4, 4)
    cdr.rename()
    cdr.append_rows(5, 5)
    assert reader.new() == rows(4, 5)


def test_a_file_that_was_empty_when_we_came_is_read_though_it_is_rotated_meanwhile(
    cdr: CdrFile, reader: Reader
) -> None:
    cdr.append()
    assert reader.new() == []
    cdr.append_rows(1, 2)
    cdr.rename()
    cdr.append_rows(3, 3)
    assert reader.new() == rows(1, 3)


def test_what_was_rotated_before_we_came_is_left_alone(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 2)
    cdr.rename()
    cdr.append_rows(3, 3)
    assert reader.new() == rows(3, 3)


def test_compressed_files_and_those_of_accounts_are_not_the_log(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 1)
    reader.new()
    cdr.path.with_name("Master.csv.1.gz").write_bytes(row(8))
    cdr.path.with_name("sales.csv").write_bytes(row(1) + row(9))
    cdr.truncate()
    cdr.append_rows(2, 2)
    assert reader.new() == rows(2, 2)


def test_a_file_that_is_not_there_is_said(reader: Reader) -> None:
    with pytest.raises(FileNotFoundError):
        reader.look()


def test_a_file_that_is_gone_for_a_while_is_read_on_when_it_is_back(
    cdr: CdrFile, reader: Reader, tmp_path: Path
) -> None:
    cdr.append_rows(1, 2)
    reader.new()
    away = cdr.path.rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        reader.look()
    away.rename(cdr.path)
    cdr.append_rows(3, 3)
    assert reader.new() == rows(3, 3)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_rotated_file_that_may_not_be_read_is_not_taken_for_lost(cdr: CdrFile, reader: Reader) -> None:
    cdr.append_rows(1, 1)
    reader.new()
    cdr.rename().chmod(0)
    cdr.append_rows(2, 2)
    with pytest.raises(PermissionError):
        reader.look()


def test_places_are_the_same_whoever_reads(cdr: CdrFile) -> None:
    cdr.append_rows(1, 3)
    first, again = Reader(cdr.path), Reader(cdr.path)
    first.new()
    cdr.rename()
    cdr.append_rows(4, 5)
    first.new()
    Reader(cdr.path.with_name("Master.csv.1")).new()
    again.path = cdr.path.with_name("Master.csv.1")
    again.new()
    assert first.seen[:3] == again.seen
    assert len(set(first.seen)) == 5


content = st.binary(max_size=60) | st.sampled_from([row(1), row(2), row(3)[:97] + b"\n", b'"a\nb",c\n', b"\n"])


@given(st.lists(content, max_size=8).map(b"".join), st.lists(st.integers(0, 400), max_size=6))
@settings(deadline=None)
def test_wherever_the_writes_end_the_rows_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, pieces: list[int]
) -> None:
    at_once, bit_by_bit = (CdrFile(tmp_path_factory.mktemp("cdr") / "Master.csv") for _ in range(2))
    at_once.append(whole)
    reader, found, begin = Reader(bit_by_bit.path), [], 0
    for end in [*pieces, len(whole)]:
        bit_by_bit.append(whole[begin : begin + end])
        begin += end
        found += reader.new()
    expected = Reader(at_once.path)
    assert found == expected.new()
    assert reader.seen == expected.seen


@given(st.lists(st.sampled_from(["row", "rename", "copytruncate", "read", "look"]), max_size=25))
@settings(deadline=None)
def test_however_it_is_rotated_every_row_comes_once(
    tmp_path_factory: pytest.TempPathFactory, happenings: list[str]
) -> None:
    cdr = CdrFile(tmp_path_factory.mktemp("cdr") / "Master.csv")
    cdr.append_rows(1, 1)
    reader, found, written = Reader(cdr.path), [], 1
    found += [r.body for r in reader.look().records]
    for happening in [*happenings, "row", "read"]:
        match happening:
            case "row":
                written += 1
                cdr.append_rows(written, written)
            case "rename" if cdr.path.exists():
                cdr.rename()
            case "copytruncate" if cdr.path.exists():
                cdr.copy()
                cdr.truncate()
            case "read":
                found += reader.new()
            case "look":
                found += reader.once()
    assert found == rows(1, written)
    assert len(set(reader.seen)) == written
