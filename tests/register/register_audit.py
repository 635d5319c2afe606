"""The events of the register's audit chain, as a test reads them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crypto.encoding import decode_json
from infra.tables import RegisterAudit
from tests.register.post_office import PostOffice


def events(office: PostOffice, kind: str) -> list[Any]:
    """Return the contents of every event of one kind, in order."""
    with office.election.store.reading() as session:
        found = session.scalars(
            select(RegisterAudit)
            .where(RegisterAudit.kind == kind)
            .order_by(RegisterAudit.seq)
        )
        return [decode_json(each.content or b"null") for each in found]
