"""Sets of UIDs: as IMAP writes them, and as ranges that are still to be read."""

from collections.abc import Iterable, Iterator

# Both ends belong to it.
Range = tuple[int, int]


def written(uids: Iterable[int]) -> str:
    """Return UIDs, ascending, as a sequence set (RFC 9051, section 9): neighbours as one range."""
    return ",".join(f"{low}" if low == high else f"{low}:{high}" for low, high in ranges(uids))


def ranges(uids: Iterable[int]) -> Iterator[Range]:
    """Yield ascending UIDs as ranges of neighbours."""
    low = high = 0
    for uid in uids:
        if uid == high + 1 and low:
            high = uid
            continue
        if low:
            yield low, high
        low = high = uid
    if low:
        yield low, high


def without(known: Iterable[Range], low: int, high: int) -> tuple[Range, ...]:
    """Return ranges less what lies between two UIDs."""
    left: list[Range] = []
    for a, b in known:
        if b < low or a > high:
            left.append((a, b))
            continue
        if a < low:
            left.append((a, low - 1))
        if b > high:
            left.append((high + 1, b))
    return tuple(left)
