"""Which files of a folder are still to be read, and what of that survives a restart."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest_email.mailfile.watch import EDGE_NS, Sight, Watch

SECOND = 1_000_000_000


def sight(name: str, at: float) -> Sight:
    return Sight(name, Path("/mails") / name, int(at * SECOND), 10, int(at * SECOND))


def whole(_sight: Sight) -> bool:
    return True


def read(watch: Watch, *seen: Sight) -> list[str]:
    fresh = watch.fresh(seen, whole)
    for one in fresh:
        watch.has_read(one)
    return [one.key for one in fresh]


def test_files_are_read_in_the_order_of_their_coming_and_once() -> None:
    watch = Watch.of(None)
    assert read(watch, sight("b", 2), sight("a", 1)) == ["a", "b"]
    assert read(watch, sight("b", 2), sight("a", 1), sight("c", 3)) == ["c"]


def test_a_file_that_is_renamed_after_it_was_read_is_known() -> None:
    watch = Watch.of(None)
    read(watch, sight("a", 1))
    assert read(watch, sight("a", 50)) == []


def test_a_file_that_came_in_the_same_moment_as_the_last_one_is_read_after_a_restart() -> None:
    watch = Watch.of(None)
    read(watch, sight("a", 100))
    assert read(Watch.of(watch.cursor()), sight("a", 100), sight("b", 100), sight("c", 99)) == ["c", "b"]


def test_the_time_never_passes_a_file_that_is_not_settled() -> None:
    watch = Watch.of(None)
    growing, later = sight("growing", 10), sight("later", 500)
    for one in watch.fresh([growing, later], lambda s: s is later):
        watch.has_read(one)
    assert read(Watch.of(watch.cursor()), growing, later) == ["growing"]


def test_a_cursor_does_not_grow_with_the_folder() -> None:
    watch = Watch.of(None)
    read(watch, *(sight(f"{n}", n) for n in range(10_000)))
    assert len(watch.cursor()["edge"]) <= EDGE_NS // SECOND + 1


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40),
    st.lists(st.integers(0, 39), max_size=6),
)
def test_whenever_it_is_restarted_nothing_is_lost_and_nothing_unchanged_is_read_twice(
    files: list[tuple[int, bool]], restarts: list[int]
) -> None:
    """Files come one after the other, some only settle later; after some of them the process is started again."""
    arriving = sorted(files)
    watch, there, found = Watch.of(None), list[Sight](), list[str]()
    late: set[str] = set()
    for number, (at, _) in enumerate(arriving):
        there.append(sight(f"{number}", at))
        late = {s.key for s in there[-3:] if arriving[int(s.key)][1]}
        for one in watch.fresh(there, lambda s, late=late: s.key not in late):  # type: ignore[misc]  # a closure
            watch.has_read(one)
            found.append(one.key)
        if number in restarts:
            watch = Watch.of(watch.cursor())
    found += read(watch, *there)
    assert sorted(found, key=int) == [f"{n}" for n in range(len(arriving))]
