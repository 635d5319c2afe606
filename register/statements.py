"""What the register says on the board: leaves that it signs (docs/protocol.md §4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.signing import SigningSeed, sign
from infra.config import Settings
from infra.exchange import post_document
from register.roll import require_roll
from register.roll_phases import RollKind
from register.tables import Roll


def post_to_service(
    session: Session,
    settings: Settings,
    roll: Roll,
    kind: str,
    body: JsonValue,
    *,
    at: datetime,
) -> None:
    """Post a document about a roll; of a survey's its kind says so.

    The service's two halves know nothing of each other: each takes its own.
    """
    of_survey = roll.kind == RollKind.SURVEY
    post_document(
        session,
        settings,
        kind=f"survey-{kind}" if of_survey else kind,
        subject=roll.election_id,
        body=body,
        at=at,
    )


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
    roll = require_roll(session, election_id)
    post_to_service(session, settings, roll, "leaf", {"leaf": leaf}, at=at)
