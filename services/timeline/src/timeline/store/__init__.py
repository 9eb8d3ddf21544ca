"""The timeline's store: SQLite or PostgreSQL, through SQLModel and SQLAlchemy; nothing else knows them."""

from timeline.store.audit import SqlAudit
from timeline.store.cursors import SqlCursors
from timeline.store.database import Database, open_database
from timeline.store.derived_with import remind
from timeline.store.errands import SqlErrands
from timeline.store.known import customers_of
from timeline.store.ledger import SqlLedger
from timeline.store.likenesses import SqlLikenesses
from timeline.store.people import SqlPeople
from timeline.store.reading import SqlTimelines
from timeline.store.rebuilding import rebuild
from timeline.store.register import SqlRegister
from timeline.store.simulating import simulated
from timeline.store.writing import SqlStore

__all__ = [
    "Database",
    "SqlAudit",
    "SqlCursors",
    "SqlErrands",
    "SqlLedger",
    "SqlLikenesses",
    "SqlPeople",
    "SqlRegister",
    "SqlStore",
    "SqlTimelines",
    "customers_of",
    "open_database",
    "rebuild",
    "remind",
    "simulated",
]
