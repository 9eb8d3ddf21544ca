"""Column types that mean the same on SQLite and PostgreSQL, and take little room."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, LargeBinary, Text, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Bytes(LargeBinary):
    """Bytes as they are: SQLite takes and gives them so, and wrapping each in a memoryview costs a tenth of a write."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Wrap nothing."""
        del dialect

    def result_processor(self, dialect: Dialect, coltype: Any) -> None:
        """Unwrap nothing."""
        del dialect, coltype


class Id(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, sixteen bytes on SQLite; both sort by its bytes."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the dialect's own type."""
        return dialect.type_descriptor(_Bytes(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Write a UUID."""
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Read a UUID."""
        return UUID(bytes=value) if value is not None and dialect.name == "sqlite" else value


class Utc(TypeDecorator[datetime]):
    """An aware time in UTC: timestamptz on PostgreSQL; on SQLite, which drops offsets, microseconds since 1970."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the dialect's own type."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write a time; a naive one is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the store")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read a time."""
        if value is None:
            return None
        read: datetime = _EPOCH + value * _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)
        return read


class Words(TypeDecorator[str]):
    """Text without NUL, which PostgreSQL cannot store and nobody means to write."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write a text."""
        del dialect
        return value.replace("\0", "") if value is not None else None
