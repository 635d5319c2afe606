"""What the register tells of a roll before the manifest: groups, counts, keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_base64
from infra.audit import record_event
from infra.config import Settings
from infra.exchange import post_document
from infra.keystore import Keystore
from register.issuers import make_issuer_keys
from register.roll import FrozenRoll, count_entries, freeze_roll, require_roll
from register.roll_readings import discard_reading
from register.times import format_time


def announce_draft(
    session: Session, settings: Settings, *, election_id: str, now: datetime
) -> None:
    """Post how many stand in each voter group of a draft: after an import.

    With its time: a draft that is as it was two imports ago is told again.
    """
    groups: list[JsonValue] = [
        {"count": total.entitled, "label": total.label}
        for total in count_entries(session, election_id)
    ]
    post_document(
        session,
        settings,
        kind="roll-draft",
        subject=election_id,
        body={"at": format_time(now), "groups": groups},
        at=now,
    )


def freeze_election(
    session: Session,
    settings: Settings,
    keystore: Keystore,
    *,
    election_id: str,
    actor: str,
    now: datetime,
) -> FrozenRoll:
    """Freeze the roll, make its issuer keys, and post `roll-totals`.

    `actor`: the official's id.

    Raises:
        UnknownRoll, RollFrozen, RollEmpty: see freeze_roll.
        NoVerifierKey: the service has not said to whom issuer keys are sealed.

    """
    frozen = freeze_roll(session, keystore, election_id=election_id, now=now)
    discard_reading(session, keystore, election_id, now)
    roll = require_roll(session, election_id)
    groups: list[JsonValue] = [
        {
            "entitled": group.entitled,
            "issuer_key": group.issuer_key.hex(),
            "label": group.label,
            "sealed_issuer_key": encode_base64(group.sealed_issuer_key),
        }
        for group in make_issuer_keys(session, keystore, roll)
    ]
    post_document(
        session,
        settings,
        kind="roll-totals",
        subject=election_id,
        body={"groups": groups, "roll_commitment": frozen.commitment.hex()},
        at=now,
    )
    record_event(session, at=now, actor=actor, kind="roll-frozen", subject=election_id)
    return frozen
