"""What partners' own ids stand for, and the last requests of each of their keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from timeline.store.columns import Id, Utc, Words

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    _events()
    _requests()


def _events() -> None:
    op.create_table(
        "partner_event",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("delivery_id", Id(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("durable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("connector", "id", name="pk_partner_event"),
        sqlite_with_rowid=False,
    )


def _requests() -> None:
    op.create_table(
        "partner_request",
        sa.Column("id", Id(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partner_request"),
    )
    op.create_index("ix_partner_request_key", "partner_request", ["connector", "key", "id"])
