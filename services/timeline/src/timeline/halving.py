"""Finding the few that cannot be stored among the many that can."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from peyvand.errors import Rejected, SourceStopped, Unavailable

# So many in a row that the store refuses mean that the store, or we, are broken, and not they.
MOST_GUILTY_IN_A_ROW = 50

T = TypeVar("T")
Record = Callable[[Sequence[T]], Awaitable[object]]
Refuse = Callable[[T, Exception], Awaitable[None]]


@dataclass(slots=True)
class Halving:
    """Stores what can be stored and counts how many in a row could not."""

    guilty_in_a_row: int = 0

    async def store(self, parts: Sequence[T], record: Record[T], refuse: Refuse[T]) -> None:
        """Record parts, halving what is refused until the guilty one stands alone, and hand that to `refuse`.

        Raises Unavailable, and SourceStopped once too many in a row were guilty.
        """
        try:
            await record(parts)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one part must not lose the others
            if len(parts) > 1:
                middle = len(parts) // 2
                await self.store(parts[:middle], record, refuse)
                await self.store(parts[middle:], record, refuse)
            else:
                self._count(error)
                await refuse(parts[0], error)
        else:
            self.guilty_in_a_row = 0

    def _count(self, error: Exception) -> None:
        self.guilty_in_a_row += 1
        if self.guilty_in_a_row > MOST_GUILTY_IN_A_ROW:
            raise SourceStopped(f"the timeline refuses everything: {type(error).__name__}")


def reason(error: Exception) -> str:
    """Return why something is kept that was read, without words of a driver, which repeat the value."""
    why = str(error) if isinstance(error, Rejected) else type(error).__name__
    return f"it was read, and the timeline could not store it: {why}"
