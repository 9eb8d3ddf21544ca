"""Alembic's entry: runs on the connection that it is given, in that connection's transaction."""

from alembic import context

from timeline.store.migrate import of_ours
from timeline.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_object=of_ours,
    transaction_per_migration=False,
)
context.run_migrations()
