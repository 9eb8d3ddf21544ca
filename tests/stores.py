"""A fresh store with all its sides, as the tests of the timeline ask for it."""

from dataclasses import dataclass

from timeline.store import Database, SqlCursors, SqlStore, SqlTimelines


@dataclass(frozen=True, slots=True)
class Opened:
    """A database, and what records into it, reads from it and keeps cursors in it."""

    database: Database
    store: SqlStore
    timelines: SqlTimelines
    cursors: SqlCursors
