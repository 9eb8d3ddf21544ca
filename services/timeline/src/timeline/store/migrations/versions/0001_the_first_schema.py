"""The first schema: the record, what is derived from it, the feed, and the state of connectors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from timeline.store.columns import Id, Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("txid", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index("ix_change_order", ["txid", "id"], unique=False)

    op.create_table(
        "change_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("handle_id", Id(), nullable=False),
        sa.Column("old_customer", Id(), nullable=False),
        sa.Column("new_customer", Id(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cause", Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_change_log"),
    )
    with op.batch_alter_table("change_log", schema=None) as batch_op:
        batch_op.create_index("ix_change_log_handle_id", ["handle_id"], unique=False)

    op.create_table(
        "connector_state",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("polled_at", Utc(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_since", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("connector", name="pk_connector_state"),
    )
    op.create_table(
        "decision",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("a", Id(), nullable=True),
        sa.Column("b", Id(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_a", ["a"], unique=False)
        batch_op.create_index("ix_decision_b", ["b"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", Id(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_ref", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_books", ["connector", "outcome", "rule", "stored"], unique=False)
        newest = ["received_at", "id"]
        batch_op.create_index("ix_delivery_outcome", ["connector", "outcome", *newest], unique=False)

    op.create_table(
        "event",
        sa.Column("id", Id(), nullable=False),
        sa.Column("interaction_id", Id(), nullable=False),
        sa.Column("delivery_id", Id(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("normaliser", sa.Integer(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_connector", ["connector"], unique=False)
        batch_op.create_index("ix_event_delivery_id", ["delivery_id"], unique=False)
        batch_op.create_index("ix_event_interaction_id", ["interaction_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("handle_id", Id(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "party", "handle_id", name="pk_evidence"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_handle_id", ["handle_id"], unique=False)

    op.create_table(
        "handle",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("first_event", Id(), nullable=False),
        sa.Column("own", Id(), nullable=False),
        sa.Column("customer", Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handle"),
    )
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.create_index("ix_handle_customer", ["customer"], unique=False)
        batch_op.create_index("ix_handle_own", ["own"], unique=False)
        batch_op.create_index("ix_handle_value", ["value"], unique=False)

    op.create_table(
        "handle_name",
        sa.Column("handle_id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("via", sa.Boolean(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("handle_id", "name", "via", name="pk_handle_name"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("handle_name", schema=None) as batch_op:
        batch_op.create_index("ix_handle_name_folded", ["folded"], unique=False)

    op.create_table(
        "interaction",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_interaction"),
        sa.UniqueConstraint("id", name="uq_interaction_id"),
    )
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.create_index("ix_interaction_occurred_at", ["occurred_at"], unique=False)

    op.create_table(
        "link",
        sa.Column("a", Id(), nullable=False),
        sa.Column("b", Id(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name="pk_link"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_b", ["b"], unique=False)

    op.create_table(
        "participation",
        sa.Column("handle_id", Id(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("interaction_id", Id(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("handle_id", "occurred_at", "interaction_id", name="pk_participation"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        order = ["occurred_at", "interaction_id"]
        batch_op.create_index("ix_participation_channel", ["handle_id", "channel", *order, "direction"], unique=False)
        batch_op.create_index("ix_participation_direction", ["handle_id", "direction", *order], unique=False)
        batch_op.create_index("ix_participation_interaction_id", ["interaction_id"], unique=False)

    _words()


def _words() -> None:
    """Create the index of words: FTS5 without a copy of the text, or a vector with a GIN index."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE interaction_words USING fts5(words, content='', tokenize='unicode61')")
        return
    op.execute("CREATE TABLE interaction_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_interaction_words ON interaction_words USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE interaction_words")
    for table in (
        "participation",
        "link",
        "interaction",
        "handle_name",
        "handle",
        "evidence",
        "event",
        "delivery",
        "decision",
        "connector_state",
        "change_log",
        "change",
    ):
        op.drop_table(table)
