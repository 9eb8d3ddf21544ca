"""What the store was derived with is told, so that somebody is reminded of `peyvand rebuild` when it is not today's.

Indexes for what is reviewed and listed, numbers under which nobody is known, cards of teams. What is derived is filled
as far as SQL can tell it; what came without anybody's handle is listed once a rebuild has been through it.
"""

import sqlalchemy as sa
from alembic import op

from timeline.store.columns import Id

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _derived_with()
    _indexes()
    _handles()
    _cards()


def _derived_with() -> None:
    """Make the table; of a store that was derived before, nobody knows with which rules."""
    op.create_table(
        "derived_with",
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("rules", "revision", name="pk_derived_with"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO derived_with (rules, revision, mending) SELECT '', 0, false WHERE EXISTS (SELECT 1 FROM handle)"
    )


def _indexes() -> None:
    op.drop_index("ix_link_refused", "link")
    _some("ix_link_refused", "link", ["strength", "first_at", "a", "b"], "refused IS NOT NULL")
    _some("ix_link_large", "link", ["a"], "refused = 'large'")
    op.drop_index("ix_likeness_score", "likeness")
    op.create_index("ix_likeness_score", "likeness", ["score", "a", "b"])
    op.create_index("ix_decision_at", "decision", ["at", "id"])
    _some("ix_decision_given", "decision", ["at"], "kind IN ('name', 'tag') AND revoked_at IS NULL")


def _handles() -> None:
    op.add_column("handle", sa.Column("stranger", sa.Boolean(), nullable=True))
    op.add_column("handle", sa.Column("domain", sa.Text(), nullable=True))
    op.execute(
        "UPDATE handle SET stranger = true WHERE kind IN ('phone', 'phone_ext', 'sip')"
        " AND NOT EXISTS (SELECT 1 FROM handle_name n WHERE n.handle_id = handle.id)"
    )
    op.execute(  # all behind the last @, in the words of both databases
        "UPDATE handle SET domain = substr(value, length(rtrim(value, replace(value, '@', ''))) + 1)"
        " WHERE kind = 'email'"
    )
    _some("ix_handle_domain", "handle", ["domain"], "domain IS NOT NULL")
    _some("ix_handle_stranger", "handle", ["customer", "id"], "stranger IS NOT NULL")


def _cards() -> None:
    op.create_table(
        "card_team",
        sa.Column("card_id", Id(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("card_id", "team", name="pk_card_team"),
        sqlite_with_rowid=False,
    )


def _some(name: str, table: str, columns: list[str], where: str) -> None:
    """Create an index of some rows."""
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
