"""Handles know why they are shared and their component, links how strong they are; verdicts, cards, likenesses.

What is derived is filled as far as SQL can tell it; `peyvand rebuild` after the update applies the rules.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from timeline.store.columns import Id, Utc

revision = "0003"
down_revision = "0002"
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _handles()
    _links()
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act", Id(), nullable=True))
        batch_op.add_column(sa.Column("revoked_by", sa.String(), nullable=True))
    op.execute("UPDATE decision SET act = id")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.alter_column("act", existing_type=Id(), nullable=False)
        batch_op.create_index("ix_decision_act", ["act"], unique=False)
    with op.batch_alter_table("change_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at", Utc(), nullable=True))
    _cards()


def _handles() -> None:
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("component", Id(), nullable=True))
        batch_op.add_column(sa.Column("shared", sa.String(), nullable=True))
    op.execute(
        "UPDATE handle SET component ="
        " (SELECT h.id FROM handle h WHERE h.customer = handle.customer ORDER BY h.id LIMIT 1)"
    )
    with op.batch_alter_table("handle", schema=None) as batch_op:
        batch_op.alter_column("component", existing_type=Id(), nullable=False)
        batch_op.create_index("ix_handle_component", ["component"], unique=False)


def _links() -> None:
    op.drop_table("link")
    op.create_table(
        "link",
        sa.Column("a", Id(), nullable=False),
        sa.Column("b", Id(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("first_event", Id(), nullable=False),
        sa.Column("refused", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("a", "b", name="pk_link"),
        sqlite_with_rowid=False,
    )
    refused = sa.text("refused IS NOT NULL")
    op.create_index("ix_link_b", "link", ["b"])
    op.create_index("ix_link_refused", "link", ["first_at"], postgresql_where=refused, sqlite_where=refused)
    op.execute(
        "INSERT INTO link (a, b, strength, first_at, first_event)"
        " SELECT a, b, strength, first_at, first_event FROM (SELECT x.handle_id AS a, y.handle_id AS b,"
        " max(3 - CASE x.proof WHEN 'claimed' THEN 1 ELSE 0 END - CASE y.proof WHEN 'claimed' THEN 1 ELSE 0 END)"
        " OVER (PARTITION BY x.handle_id, y.handle_id) AS strength,"
        " x.occurred_at AS first_at, x.event_id AS first_event, row_number()"
        " OVER (PARTITION BY x.handle_id, y.handle_id ORDER BY x.occurred_at, x.event_id) AS place"
        " FROM evidence x JOIN evidence y"
        " ON y.event_id = x.event_id AND y.party = x.party AND y.handle_id > x.handle_id) AS every WHERE place = 1"
    )


def _cards() -> None:
    op.create_table(
        "card",
        sa.Column("id", Id(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_card"),
    )
    op.create_table(
        "likeness",
        sa.Column("a", Id(), nullable=False),
        sa.Column("b", Id(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name="pk_likeness"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_likeness_b", "likeness", ["b"])
    op.create_index("ix_likeness_score", "likeness", ["score"])
