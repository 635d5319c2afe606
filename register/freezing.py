"""What the register tells of a roll before the manifest: groups, counts, keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import JsonValue, encode_base64
from crypto.times import format_time
from infra.audit import record_event
from infra.config import Settings
from infra.keystore import Keystore
from register.issuers import IssuedGroup, make_issuer_keys
from register.roll import FrozenRoll, count_entries, freeze_roll, require_roll
from register.roll_readings import discard_reading
from register.statements import post_to_service
from register.survey_rolls import survey_roll_of
from register.survey_tables import SurveyRoll


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
    body: JsonValue = {"at": format_time(now), "groups": groups}
    roll = require_roll(session, election_id)
    post_to_service(session, settings, roll, "roll-draft", body, at=now)


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
    issued = make_issuer_keys(session, keystore, roll)
    own = survey_roll_of(session, election_id)
    body = _totals(issued) if own is None else _survey_totals(own, frozen, issued)
    commitment = frozen.commitment.hex()
    body = {**body, "roll_commitment": commitment}
    post_to_service(session, settings, roll, "roll-totals", body, at=now)
    record_event(session, at=now, actor=actor, kind="roll-frozen", subject=election_id)
    return frozen


def _totals(issued: Sequence[IssuedGroup]) -> dict[str, JsonValue]:
    groups: list[JsonValue] = [
        {"entitled": group.entitled, "label": group.label, **_keys(group)}
        for group in issued
    ]
    return {"groups": groups}


def _survey_totals(
    own: SurveyRoll, frozen: FrozenRoll, issued: Sequence[IssuedGroup]
) -> dict[str, JsonValue]:
    groups: list[JsonValue] = [
        {"entitled": total.entitled, "label": total.label} for total in frozen.groups
    ]
    return {
        "groups": groups,
        "issuers": [_keys(group) for group in issued],
        "mode": own.mode,
    }


def _keys(group: IssuedGroup) -> dict[str, JsonValue]:
    return {
        "issuer_key": group.issuer_key.hex(),
        "sealed_issuer_key": encode_base64(group.sealed_issuer_key),
    }
