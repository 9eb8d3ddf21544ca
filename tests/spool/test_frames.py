"""The format: whatever is cut or overwritten, all else is read, in order, and nothing that was never written."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from peyvand.spool.frames import HEAD_BYTES, framed, scan

MARK, OTHER = b"\x01\x00mark\xff\x7f", b"\x02\x00mark\xff\x7f"

# A sender may know the format, but not the mark of the segment that its message will lie in.
PAYLOADS = st.lists(st.binary(max_size=60) | st.binary(max_size=20).map(lambda inner: framed(OTHER, inner)), max_size=8)


def ends(payloads: list[bytes]) -> list[int]:
    return list(accumulate(HEAD_BYTES + len(payload) for payload in payloads))


def is_subsequence(part: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


@given(PAYLOADS)
def test_what_was_written_is_read(payloads: list[bytes]) -> None:
    content = b"".join(framed(MARK, p) for p in payloads)
    assert scan(MARK, content) == (payloads, [], len(content))


@given(PAYLOADS, st.data())
def test_a_torn_tail_costs_only_the_record_that_was_being_written(payloads: list[bytes], data: st.DataObject) -> None:
    content = b"".join(framed(MARK, p) for p in payloads)
    size = data.draw(st.integers(0, len(content)))
    whole = [end for end in ends(payloads) if end <= size]
    assert scan(MARK, content[:size]) == (payloads[: len(whole)], [], max(whole, default=0))


@given(PAYLOADS, st.integers(1, 5000))
def test_room_that_was_never_written_to_is_a_torn_tail(payloads: list[bytes], room: int) -> None:
    content = b"".join(framed(MARK, p) for p in payloads)
    assert scan(MARK, content + bytes(room)) == (payloads, [], len(content))


@given(PAYLOADS, st.binary(max_size=60), PAYLOADS.filter(bool))
def test_a_record_that_became_zeros_costs_none_of_those_behind_it(
    before: list[bytes], zeroed: bytes, behind: list[bytes]
) -> None:
    parts = [b"".join(framed(MARK, p) for p in payloads) for payloads in (before, [zeroed], behind)]
    content = parts[0] + bytes(len(parts[1])) + parts[2]
    assert scan(MARK, content) == ([*before, *behind], [(len(parts[0]), bytes(len(parts[1])))], len(content))


@given(PAYLOADS.filter(bool), st.data())
def test_a_flipped_bit_costs_only_the_record_that_it_is_in(payloads: list[bytes], data: st.DataObject) -> None:
    content = bytearray(b"".join(framed(MARK, p) for p in payloads))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    hit = next(i for i, end in enumerate(ends(payloads)) if at < end)
    found = scan(MARK, bytes(content))
    assert found.records == payloads[:hit] + payloads[hit + 1 :]
    assert [d.at for d in found.damaged] == [ends([b"", *payloads])[hit] - HEAD_BYTES]


@given(PAYLOADS, st.data())
def test_records_outside_of_what_was_overwritten_are_read(payloads: list[bytes], data: st.DataObject) -> None:
    content = b"".join(framed(MARK, p) for p in payloads)
    start = data.draw(st.integers(0, len(content)))
    noise = data.draw(st.binary(max_size=len(content) - start))
    stop = start + len(noise)
    untouched = [
        payload
        for payload, end in zip(payloads, ends(payloads), strict=True)
        if end <= start or end - len(payload) - HEAD_BYTES >= stop
    ]
    found = scan(MARK, content[:start] + noise + content[stop:])
    assert is_subsequence(list(found.records), payloads)
    assert is_subsequence(untouched, list(found.records))


@given(PAYLOADS, st.data())
def test_every_byte_is_a_record_or_damage_or_tail(payloads: list[bytes], data: st.DataObject) -> None:
    content = bytearray(b"".join(framed(MARK, p) for p in payloads) + data.draw(st.binary(max_size=40)))
    for at in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=3 if content else 0)):
        content[at] ^= 0xFF
    found = scan(MARK, bytes(content))
    accounted = sum(HEAD_BYTES + len(p) for p in found.records) + sum(len(d.content) for d in found.damaged)
    assert accounted == found.end
