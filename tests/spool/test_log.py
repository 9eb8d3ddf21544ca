"""The log: what was appended is read in order until it is forgotten, through restarts, damage and disks that refuse."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from peyvand.errors import Unavailable
from peyvand.spool import Taken
from peyvand.spool.frames import HEAD_BYTES
from peyvand.spool.log import Log

SMALL = 200  # bytes of a segment, so that a few records fill several

APPEND = st.tuples(st.just("append"), st.integers(1, 4))
DELIVER = st.tuples(st.just("deliver"), st.integers(1, 6))
CRASH = st.tuples(st.just("crash"), st.integers(0, HEAD_BYTES))


def everything(log: Log) -> list[bytes]:
    """Return and forget all that the log holds."""
    found: list[bytes] = []
    while records := log.head(3, 1_000_000):
        found += records
        log.forget(len(records))
    return found


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.spool"))


def damage(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


def aside(folder: Path, ending: str) -> list[Path]:
    return sorted((folder / "aside").glob(f"*{ending}"))


@settings(deadline=None, max_examples=60)
@given(st.lists(APPEND | DELIVER | CRASH, max_size=25))
def test_nothing_is_lost_or_out_of_order_whenever_the_process_dies(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as temporary:
        log = Log(Path(temporary) / "0", SMALL)
        written: list[bytes] = []
        delivered = 0
        for step, (what, count) in enumerate(steps):
            if what == "append":
                fresh = [b"%04d" % n for n in range(len(written), len(written) + count)]
                log.append(fresh)
                written += fresh
            elif what == "deliver":
                records = log.head(count, 1_000_000)
                assert records == written[delivered : delivered + len(records)]
                if records:
                    log.forget(len(records))
                delivered += len(records)
            else:
                log = crashed(log, Path(temporary) / str(step + 1), count)
                assert log.records >= len(written) - delivered
                delivered = len(written) - log.records
        assert log.records == len(written) - delivered
        assert everything(log) == written[delivered:]
        assert (log.records, log.bytes, segments(log.folder)) == (0, 0, [])
        log.close()


def crashed(log: Log, folder: Path, torn: int) -> Log:
    """Return a log of what the disk holds now, its last write torn."""
    shutil.copytree(log.folder, folder)
    log.close()
    for last in segments(folder)[-1:]:
        mark = bytes.fromhex(last.stem.partition("-")[2])
        with last.open("ab") as file:
            file.write((mark + bytes(range(HEAD_BYTES)))[:torn])
    return Log(folder, SMALL)


def test_a_torn_tail_is_cut_on_opening(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append([b"whole", b"torn"])
    log.close()
    [segment] = segments(tmp_path)
    os.truncate(segment, segment.stat().st_size - 1)
    log = Log(tmp_path)
    assert segment.stat().st_size == HEAD_BYTES + len(b"whole")
    assert everything(log) == [b"whole"]


def test_a_damaged_record_is_set_aside_and_said_and_those_behind_it_are_read(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append([b"before", b"damaged", b"behind"])
    log.close()
    [segment] = segments(tmp_path)
    damage(segment, 2 * HEAD_BYTES + len(b"before") + 3)
    log = Log(tmp_path)
    with capture_logs() as said:
        assert everything(log) == [b"before", b"behind"]
    [kept] = aside(tmp_path, ".damaged")
    assert kept.read_bytes().endswith(b"dam\x71ged")
    assert "do not match their checksum" in kept.with_name(kept.name + ".why").read_text()
    assert [(line["log_level"], line["event"]) for line in said] == [("error", "set aside")]
    assert log.records == 0


def test_what_the_disk_changes_while_the_process_runs_is_noticed_too(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append([b"damaged", b"behind"])
    damage(segments(tmp_path)[0], HEAD_BYTES)
    assert everything(log) == [b"behind"]
    assert len(aside(tmp_path, ".damaged")) == 1


def test_a_segment_of_which_nothing_can_be_read_is_set_aside_whole(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append([b"damaged"])
    log.close()
    damage(segments(tmp_path)[0], 0)
    log = Log(tmp_path)
    assert (log.records, everything(log)) == (0, [])
    assert (len(aside(tmp_path, ".damaged")), segments(tmp_path)) == (1, [])


def test_a_segment_that_the_disk_cannot_read_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path, segment_bytes=1)
    log.append([b"unreadable"])
    log.append([b"behind"])
    unreadable = segments(tmp_path)[0]
    opened = Path.open

    def failing(path: Path, mode: str = "r") -> object:
        if path == unreadable:
            raise OSError(5, "Input/output error")
        return opened(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", failing)
        assert everything(log) == [b"behind"]
    [kept] = [path for path in aside(tmp_path, "") if path.suffix != ".why"]
    assert b"unreadable" in kept.read_bytes()


def test_a_segment_goes_only_when_all_its_records_are_delivered(tmp_path: Path) -> None:
    log = Log(tmp_path, segment_bytes=1)
    log.append([b"one", b"two"])
    log.append([b"three"])
    log.head(1, 1)
    log.forget(1)
    assert len(segments(tmp_path)) == 2
    log.head(1, 1)
    log.forget(1)
    assert len(segments(tmp_path)) == 1


def test_at_least_one_record_is_read_however_large(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append([bytes(1000), bytes(1000), b""])
    assert log.head(10, 10) == [bytes(1000)]


def test_two_logs_never_share_a_folder(tmp_path: Path) -> None:
    first = Log(tmp_path)
    with pytest.raises(Taken, match="another process works with the spool in"):
        Log(tmp_path)
    first.close()
    Log(tmp_path).close()


def test_the_name_of_a_new_folder_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("os.fsync", lambda opened: synced.append(Path(f"/proc/self/fd/{opened}").resolve()))
    Log(tmp_path / "spool").close()
    assert tmp_path.resolve() in synced


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Taken, match="cannot be written: Not a directory"):
        Log(tmp_path / "file" / "spool")


def failing_fsync(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def half_of(write: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
    """Return a write that a full disk takes half of, and then nothing."""
    left = [True]

    def halved(descriptor: int, content: bytes) -> int:
        if not left:
            raise OSError(28, "No space left on device")
        left.clear()
        return write(descriptor, content[: len(content) // 2])

    return halved


def test_half_a_record_on_a_full_disk_is_cut_and_the_log_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(tmp_path)
    log.append([b"before"])
    size = segments(tmp_path)[0].stat().st_size
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half_of(os.write))
        with pytest.raises(Unavailable, match="the spool's disk refuses: No space left on device"):
            log.append([b"refused"])
    assert segments(tmp_path)[0].stat().st_size == size
    log.append([b"behind"])
    assert everything(log) == [b"before", b"behind"]


def test_after_a_failed_fsync_the_file_is_not_written_to_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path)
    log.append([b"before"])
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing_fsync)
        with pytest.raises(Unavailable):
            log.append([b"refused"])
    log.append([b"behind"])
    assert len(segments(tmp_path)) == 2
    log.close()
    assert everything(Log(tmp_path)) == [b"before", b"behind"]


def failing_close(close: Callable[[int], None]) -> Callable[[int], None]:
    """Return a close that does its work and says that it failed, as Linux does for what it could not write."""

    def closed(descriptor: int) -> None:
        close(descriptor)
        raise OSError(5, "Input/output error")

    return closed


def test_a_segment_that_fails_to_close_is_not_written_to_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path)
    log.append([b"before"])
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing_fsync)
        patched.setattr(os, "close", failing_close(os.close))
        with pytest.raises(Unavailable, match="the spool's disk refuses"):
            log.append([b"refused"])
    stranger = os.open(tmp_path / "stranger", os.O_CREAT | os.O_WRONLY)  # it gets the number that became free
    log.append([b"behind"])
    os.close(stranger)
    assert (tmp_path / "stranger").read_bytes() == b""
    assert everything(log) == [b"before", b"behind"]


def test_a_segment_that_is_delivered_and_fails_to_close_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(tmp_path)
    log.append([b"one"])
    with monkeypatch.context() as patched:
        patched.setattr("peyvand.spool.segments.Tail.close", failing_close(lambda _: None))
        assert everything(log) == [b"one"]
    log.append([b"two"])
    assert everything(log) == [b"two"]
    assert segments(tmp_path) == []


def test_a_disk_that_refuses_leaves_no_empty_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half_of(os.write))
        for _ in range(3):
            with pytest.raises(Unavailable):
                log.append([b"refused"])
    assert segments(tmp_path) == []
    log.append([b"taken"])
    assert everything(log) == [b"taken"]
