"""How far an account has been read: the cursor, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingest_email.imap.allowance import Spent, spent_from
from ingest_email.imap.marks import Mark, mark_from
from peyvand.cursors import Cursor


@dataclass(slots=True)
class Progress:
    """Each folder's mark, and what was fetched today."""

    marks: dict[str, Mark] = field(default_factory=dict)
    spent: Spent = field(default_factory=lambda: Spent(date.min))

    def cursor(self) -> Cursor:
        """Return it as it is saved."""
        told: dict[str, Any] = {"folders": {name: mark.plain() for name, mark in self.marks.items()}}
        if self.spent.total:
            told["spent"] = self.spent.plain()
        return told


def progress_from(cursor: Mapping[str, Any] | None) -> Progress:
    """Return it as it was saved, by this version or an older one."""
    if cursor is None:
        return Progress()
    marks = {name: mark_from(plain) for name, plain in cursor["folders"].items()}
    return Progress(marks, spent_from(cursor.get("spent")))
