"""Names and handles found by what stands inside them, without going through all: PostgreSQL's `pg_trgm`.

Without the extension everything is found all the same, only slower. SQLite goes through all: a store on one machine is
small enough. https://www.postgresql.org/docs/current/pgtrgm.html
"""

import structlog
from sqlalchemy import ColumnElement, Connection, or_, text
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger("timeline.store")

SHORTEST = 3  # of fewer characters there are no trigrams
_ON = {"trigrams_of_handle": ("handle", "value"), "trigrams_of_handle_name": ("handle_name", "folded")}
_THERE = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname = ANY(:names)")
# In the C locale no letter beyond ASCII is one to the extension: the index would hold nothing of a Persian name.
_LETTERS = text("SELECT datctype NOT IN ('C', 'POSIX') FROM pg_database WHERE datname = current_database()")


def index_trigrams(connection: Connection) -> None:
    """Make the indexes that are not there yet; says why in the log where they cannot be made."""
    there = set(connection.execute(_THERE, {"names": list(_ON)}).scalars())
    if there == set(_ON):
        return
    if not connection.execute(_LETTERS).scalar():
        log.warning("search goes through all names", why="the database has the C locale; make it with C.UTF-8")
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            for name, (rows, column) in _ON.items():
                made = f"CREATE INDEX IF NOT EXISTS {name} ON {rows} USING gin ({column} gin_trgm_ops)"
                connection.execute(text(made))
    except DBAPIError as error:  # no right to it, or it lies in a schema that is not ours to look in
        log.warning("search goes through all names", why=str(error.orig).splitlines()[0])


def has_word(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Return whether folded text holds a word: anywhere, or, of a word too short for trigrams, where a word begins."""
    if len(word) >= SHORTEST:
        return column.contains(word, autoescape=True)
    return or_(column.startswith(word, autoescape=True), column.contains(f" {word}", autoescape=True))
