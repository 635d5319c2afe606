"""The tables that both sides have: exchange and audit, each in its own store.

Beside them the short names of addresses, which all of the service share.

None of them has a row per voter.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.columns import Bytes32, Bytes64, UTCDateTime
from infra.databases import RegisterBase, ServiceBase
from infra.sides import Side


class OutboxDocument:
    """A signed document on its way to the other side, in the order of posting."""

    if TYPE_CHECKING:

        def __init__(self, **columns: object) -> None: ...  # as the bases have it

    digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(Bytes64)
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    refusal: Mapped[str | None] = mapped_column(String(128))


class InboxDocument:
    """The digest of a document that was taken in: never taken twice."""

    if TYPE_CHECKING:

        def __init__(self, **columns: object) -> None: ...  # as the bases have it

    digest: Mapped[bytes] = mapped_column(Bytes32, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AuditEvent:
    """One event of a side's audit chain; salt and content can be shredded."""

    if TYPE_CHECKING:

        def __init__(self, **columns: object) -> None: ...  # as the bases have it

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    commitment: Mapped[bytes] = mapped_column(Bytes32)
    salt: Mapped[bytes | None] = mapped_column(Bytes32)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(Bytes32)
    hash: Mapped[bytes] = mapped_column(Bytes32)


class RegisterOutbox(OutboxDocument, RegisterBase):
    """From the register to the service."""

    __tablename__ = "exchange_outbox"


class ServiceOutbox(OutboxDocument, ServiceBase):
    """From the service to the register."""

    __tablename__ = "exchange_outbox"


class RegisterInbox(InboxDocument, RegisterBase):
    """What the register took in."""

    __tablename__ = "exchange_inbox"


class ServiceInbox(InboxDocument, ServiceBase):
    """What the service took in."""

    __tablename__ = "exchange_inbox"


class RegisterAudit(AuditEvent, RegisterBase):
    """The register's chain."""

    __tablename__ = "audit_events"


class ServiceAudit(AuditEvent, ServiceBase):
    """The service's chain."""

    __tablename__ = "audit_events"


class TakenSlug(ServiceBase):
    """A short name that an election or a survey has, or has had."""

    __tablename__ = "taken_slugs"

    slug: Mapped[str] = mapped_column(String(60), primary_key=True)


OUTBOX: Final[dict[Side, type[OutboxDocument]]] = {
    "register": RegisterOutbox,
    "service": ServiceOutbox,
}
INBOX: Final[dict[Side, type[InboxDocument]]] = {
    "register": RegisterInbox,
    "service": ServiceInbox,
}
AUDIT: Final[dict[Side, type[AuditEvent]]] = {
    "register": RegisterAudit,
    "service": ServiceAudit,
}
