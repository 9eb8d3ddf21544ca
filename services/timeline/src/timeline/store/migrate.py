"""Bringing a database to today's schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from timeline.store.connections import take_time
from timeline.store.trigrams import index_trigrams

# Two processes that start at once must not migrate at once.
_LOCK = 7_203_001
# A dump that was restored into another cluster has numbers of transactions that are still to come there: the feed would
# wait for them.
_RESTORED = text("UPDATE change SET txid = 0 WHERE txid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
# Made by hand: full text search differs by database.
_BY_HAND = ("interaction_words", "ix_interaction_words", "trigrams_of_")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Upgrade inside the connection's transaction, however long it takes."""
    take_time(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    command.upgrade(configuration(connection), revision)
    if connection.dialect.name == "postgresql":
        index_trigrams(connection)
        connection.execute(_RESTORED)


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def of_ours(_thing: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """Return whether a comparison of the schema with the tables should look at a thing."""
    return not (name or "").startswith(_BY_HAND)
