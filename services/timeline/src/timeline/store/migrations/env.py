"""Alembic's entry: runs on the connection that it is given, in that connection's transaction."""

from alembic import context

from timeline.store.tables import metadata

# Made by hand in the migrations: full text search differs by database.
OWN_INDEXES = ("interaction_words",)


def of_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Return whether autogeneration should look at a thing."""
    return not (name or "").startswith(OWN_INDEXES) and not (kind == "table" and name == "sqlite_sequence")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_object=of_ours,
    transaction_per_migration=False,
)
context.run_migrations()
