"""What is done in one transaction: it has the connection for itself, and may be done again when it was refused."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Work = Callable[[Connection], T]
