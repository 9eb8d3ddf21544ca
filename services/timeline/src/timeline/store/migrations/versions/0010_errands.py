"""What is to be done for deliveries that are durable: files fetched from vendors, deliveries handed on."""

import sqlalchemy as sa
from alembic import op

from timeline.store.columns import Id, Utc, Words

revision = "0010"
down_revision = "0009"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNDONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("number", _BIG, autoincrement=True, nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("key", Id(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("born", Utc(), nullable=False),
        sa.Column("due", Utc(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", Words(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("done_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_errand"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_errand_connector_task_key", "errand", ["connector", "task", "key"], unique=True)
    for name, last in (("ix_errand_due", "due"), ("ix_errand_line", "number")):
        op.create_index(name, "errand", ["task", "connector", last], postgresql_where=_UNDONE, sqlite_where=_UNDONE)
