"""The index of whole names goes: names are searched by what stands inside them, which it never served."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_index("ix_handle_name_folded", "handle_name")
