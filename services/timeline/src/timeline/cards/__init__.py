"""Cards out of the rows of a table: what another system knows of the people whom we hear from."""

from timeline.cards.cells import Misread
from timeline.cards.columns import FIELDS, Columns, Unmapped, columns_of
from timeline.cards.reading import Reader, Reading, Row, Unread

__all__ = ["FIELDS", "Columns", "Misread", "Reader", "Reading", "Row", "Unmapped", "Unread", "columns_of"]
