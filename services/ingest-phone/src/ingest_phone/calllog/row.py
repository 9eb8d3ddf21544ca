"""One row as it travels: its cells under their headings, in the order of the file."""

import hashlib
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload

MOST_CELLS = 500
LONGEST = 64 * 1024  # bytes of a row
Cells = Sequence[tuple[str, str]]


class Row(BaseModel):
    """The cells; and, where nothing else tells rows apart, how many of the same file said the same before this one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[tuple[str, str], ...] = Field(min_length=1, max_length=MOST_CELLS)
    repeat: int = Field(0, ge=0)

    @property
    def body(self) -> bytes:
        """Return the row as the body of a delivery: the same row gives the same bytes."""
        return canonical_json(self.model_dump(exclude_defaults=True))

    @property
    def digest(self) -> str:
        """Return what names its content."""
        return hashlib.sha256(self.body).hexdigest()[:32]

    def by_column(self) -> Mapping[str, str]:
        """Return what stands in each column, by its heading without regard to capitals, and by its number from 1."""
        numbered = {str(n): cell for n, (_, cell) in enumerate(self.cells, 1)}
        return numbered | {plain(heading): cell for heading, cell in reversed(self.cells) if heading}


def read_row(delivery: Delivery) -> Row:
    """Return the row that a delivery holds; raises BadPayload, for a line that is no row with why it is none."""
    found = delivery.json()
    if isinstance(found, dict) and isinstance(found.get("why"), str):
        raise BadPayload(found["why"])
    try:
        return Row.model_validate(found)
    except ValidationError as error:
        raise BadPayload("it is no row of a call log: cells under headings were expected") from error


def no_row(file: str, line: int, why: str) -> bytes:
    """Return the body of a line that is no row, so that somebody sees it."""
    return canonical_json({"file": file, "line": line, "why": why})


def plain(heading: str) -> str:
    """Return a heading as it is compared."""
    return " ".join(heading.lstrip("\ufeff").replace("ي", "ی").replace("ك", "ک").split()).casefold()
