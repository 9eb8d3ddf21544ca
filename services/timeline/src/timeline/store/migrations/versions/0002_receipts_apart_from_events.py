"""A delivery's row says how many events were announced, and which of them are not here yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    awaited = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("awaited", awaited, nullable=True))
    op.execute("UPDATE delivery SET announced = stored + duplicate")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("duplicate")
    few = sa.text("awaited IS NOT NULL")
    op.create_index("ix_delivery_awaited", "delivery", ["id"], postgresql_where=few, sqlite_where=few)
