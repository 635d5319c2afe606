"""What the register says on the board: leaves that it signs (docs/protocol.md §4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.signing import SigningSeed, sign
from infra.config import Settings
from infra.exchange import post_document


def post_leaf(
    session: Session,
    settings: Settings,
    election_id: str,
    *,
    kind: str,
    fields: Mapping[str, JsonValue],
    parts: Sequence[bytes],
    at: datetime,
) -> None:
    """Sign a leaf over `parts` with its kind as the tag, and post it to the service."""
    seed = SigningSeed(settings.secrets_of("register").signing_seed.reveal())
    leaf = {**fields, "signature": sign(seed, kind, *parts).hex(), "type": kind}
    post_document(
        session,
        settings,
        kind="leaf",
        subject=election_id,
        body={"leaf": leaf},
        at=at,
    )
