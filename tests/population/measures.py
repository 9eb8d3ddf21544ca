"""How well a clustering of handles fits the truth: pairs, B-cubed, the largest customer."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall over pairs of personal handles, B-cubed F1, and the handles of the largest customer."""

    precision: float
    recall: float
    b_cubed: float
    largest: int

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)

    def __str__(self) -> str:
        shown = f"P {self.precision:.4f}  R {self.recall:.4f}  F1 {self.f1:.4f}"
        return f"{shown}  B3 {self.b_cubed:.4f}  largest {self.largest:,}"


def quality(truth: Mapping[UUID, Hashable], customer: Mapping[UUID, Hashable]) -> Quality:
    """Return how customers fit the truth about the personal handles; the largest counts every handle."""
    cells = Counter((customer[h], owner) for h, owner in truth.items())
    found, real = Counter(customer[h] for h in truth), Counter(truth.values())
    right = _pairs(cells.values())
    precision = sum(n * n / found[c] for (c, _), n in cells.items()) / len(truth)
    recall = sum(n * n / real[o] for (_, o), n in cells.items()) / len(truth)
    return Quality(
        right / max(1, _pairs(found.values())),
        right / max(1, _pairs(real.values())),
        2 * precision * recall / (precision + recall),
        max(Counter(customer.values()).values()),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)
