"""Column types that refuse what must never be stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC to the microsecond; refuses a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn an aware instant into UTC.

        Raises:
            ValueError: the instant has no time zone.

        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant without a time zone"
            raise ValueError(message)
        in_utc = value.astimezone(UTC)
        return in_utc if dialect.name == "postgresql" else in_utc.replace(tzinfo=None)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return the instant, aware, in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class FixedBytes(TypeDecorator[bytes]):
    """Exactly so many bytes; refuses any other length."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, length: int) -> None:
        """Take the size in bytes."""
        super().__init__(length)
        self.size = length

    @override
    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Check the length.

        Raises:
            ValueError: another length; the value is not in the text.

        """
        del dialect
        if value is not None and len(value) != self.size:
            message = f"{len(value)} bytes where {self.size} are kept"
            raise ValueError(message)
        return value


Bytes16: Final = FixedBytes(16)
Bytes32: Final = FixedBytes(32)
Bytes64: Final = FixedBytes(64)
