"""Responses and spent rights: the only code that writes or reads their tables (§8.4).

A response waits in intake, sealed to the survey's public key, until enough others
wait. Then all move in one transaction, each under a key drawn anew and in the
order of those; the rights they were given with move in another. So nothing that is
kept, hidden columns and old copies among it, says which right gave which response.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select, union_all, update
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from crypto.errors import CryptoError
from crypto.hashing import digest
from crypto.sealing import LockKey, SealingKey, lock, seal, unlock, unseal
from infra.databases import lock_named
from infra.keystore import DataKey
from surveys.tables import Response, ResponseInIntake, SpentInIntake, SpentToken

KEY_BYTES: Final = 16

_INTAKE: Final = b"survey-intake"
_BATCH: Final = b"survey-batch"
_SPENT: Final = b"survey-spent"
_AT_ONCE: Final = 1_000


class ResponseUnreadable(RuntimeError):
    """A stored response was changed, or is of another survey's key."""


@dataclass(frozen=True, slots=True)
class NewResponse:
    """What one respondent gives; shows nothing of it in a log.

    `spent` and `request`: 32 bytes; `answers`: canonical JSON.
    """

    spent: bytes
    request: bytes = field(repr=False)
    answers: bytes = field(repr=False)
    group: int | None = None
    respondent: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response as results read it, in an order that says nothing."""

    answers: dict[str, JsonValue] = field(repr=False)
    group: int | None
    respondent: bytes | None


def intake_key(key: DataKey) -> SealingKey:
    """Return the secret half of the key that intake is sealed to."""
    return SealingKey(digest("survey/intake", key.value))


def hold_intake(session: Session, survey_id: str) -> None:
    """Keep the survey from closing until this transaction ends; many may hold it."""
    lock_named(session, _INTAKE, survey_id.encode(), shared=True)


def end_intake(session: Session, survey_id: str) -> None:
    """Wait until nobody is handing in a response any more, and keep them waiting."""
    lock_named(session, _INTAKE, survey_id.encode())


def hold_spent(session: Session, survey_id: str, spent: bytes) -> None:
    """Let one transaction at a time spend a right; `spent`: its digest, 32 bytes."""
    lock_named(session, _SPENT, survey_id.encode(), spent)


def find_spent(session: Session, survey_id: str, spent: bytes) -> bytes | None:
    """Return the digest of the request that spent a right, 32 bytes, or None.

    Both tables in one statement: a right on its way between them is found.
    """
    parts = [
        select(table.request).where(table.survey_id == survey_id, table.digest == spent)
        for table in (SpentInIntake, SpentToken)
    ]
    found = session.execute(union_all(*parts)).first()
    return None if found is None else bytes(found[0])


def drop_response(
    session: Session, survey_id: str, public_key: bytes, response: NewResponse
) -> None:
    """Put a response into intake, sealed to `public_key` (X25519), and spend its right.

    The right is held in this transaction, and was not spent.
    """
    values = {
        "key": secrets.token_bytes(KEY_BYTES),
        "survey_id": survey_id,
        "group_index": response.group,
        "respondent": response.respondent,
        "sealed_answers": seal(public_key, response.answers),
    }
    spent = {
        "survey_id": survey_id,
        "digest": response.spent,
        "request": response.request,
    }
    session.execute(insert(ResponseInIntake).values(values))
    session.execute(insert(SpentInIntake).values(spent))


def move_responses(
    session: Session, key: DataKey, survey_id: str, *, fewest: int
) -> int:
    """Move all waiting responses in one batch; return how many.

    Fewer than `fewest` stay where they are: alone they would tell who came when.
    """
    lock_named(session, _BATCH, survey_id.encode())
    waiting = session.execute(
        select(
            ResponseInIntake.key,
            ResponseInIntake.group_index,
            ResponseInIntake.respondent,
            ResponseInIntake.sealed_answers,
        ).where(ResponseInIntake.survey_id == survey_id)
    ).all()
    if len(waiting) < max(fewest, 1):
        return 0
    opener, keeper = intake_key(key), _lock_key(key)
    moved = sorted(
        (
            _moved(survey_id, keeper, row.group_index, row.respondent, answers)
            for row in waiting
            for answers in (unseal(opener, row.sealed_answers),)
        ),
        key=lambda values: bytes(values["key"]),  # type: ignore[call-overload]
    )
    for first in range(0, len(moved), _AT_ONCE):
        session.execute(insert(Response), moved[first : first + _AT_ONCE])
    gone = delete(ResponseInIntake).where(ResponseInIntake.key == bindparam("gone"))
    session.connection().execute(gone, [{"gone": row.key} for row in waiting])
    return len(moved)


def move_spent(session: Session, survey_id: str, *, fewest: int) -> int:
    """Move all waiting spent rights, in the order of their digests; return how many.

    In a transaction of its own, never that of the responses.
    """
    lock_named(session, _BATCH, b"spent", survey_id.encode())
    waiting = session.execute(
        select(SpentInIntake.digest, SpentInIntake.request)
        .where(SpentInIntake.survey_id == survey_id)
        .order_by(SpentInIntake.digest)
    ).all()
    if len(waiting) < max(fewest, 1):
        return 0
    rows = [
        {"survey_id": survey_id, "digest": row.digest, "request": row.request}
        for row in waiting
    ]
    for first in range(0, len(rows), _AT_ONCE):
        session.execute(insert(SpentToken), rows[first : first + _AT_ONCE])
    gone = delete(SpentInIntake).where(
        SpentInIntake.survey_id == survey_id, SpentInIntake.digest == bindparam("gone")
    )
    session.connection().execute(gone, [{"gone": row.digest} for row in waiting])
    return len(rows)


def count_responses(session: Session, survey_id: str) -> int:
    """Return how many responses there are, those that wait among them."""
    parts = [
        select(table.key).where(table.survey_id == survey_id)
        for table in (ResponseInIntake, Response)
    ]
    counted = select(func.count()).select_from(union_all(*parts).subquery())
    return session.scalars(counted).one()


def count_moved(session: Session, survey_id: str) -> int:
    """Return how many responses were moved: what results may speak of."""
    query = select(func.count()).where(Response.survey_id == survey_id)
    return session.scalars(query.select_from(Response)).one()


def is_anything_waiting(session: Session, survey_id: str) -> bool:
    """Tell whether a response or a spent right waits for its batch."""
    waits = [
        select(ResponseInIntake.survey_id).where(
            ResponseInIntake.survey_id == survey_id
        ),
        select(SpentInIntake.survey_id).where(SpentInIntake.survey_id == survey_id),
    ]
    return any(session.execute(query.limit(1)).first() for query in waits)


def read_responses(
    session: Session, key: DataKey, survey_id: str
) -> Iterator[StoredResponse]:
    """Read the moved responses, in the order of keys that were drawn for it.

    Raises:
        ResponseUnreadable: a row was changed, or put here from another survey.

    """
    keeper = _lock_key(key)
    query = (
        select(
            Response.key,
            Response.group_index,
            Response.respondent,
            Response.sealed_answers,
        )
        .where(Response.survey_id == survey_id)
        .order_by(Response.key)
    )
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        try:
            opened = unlock(keeper, row.sealed_answers)
        except CryptoError:
            raise ResponseUnreadable from None
        if opened[:KEY_BYTES] != row.key:
            raise ResponseUnreadable
        # Canonical JSON, checked when it was taken in; read the quick way.
        answers: dict[str, JsonValue] = json.loads(opened[KEY_BYTES:])
        yield StoredResponse(answers, row.group_index, row.respondent)


def forget_identities(session: Session, survey_id: str) -> None:
    """Remove groups and respondents' digests from every response of a survey."""
    for table in (ResponseInIntake, Response):
        session.execute(
            update(table)
            .where(table.survey_id == survey_id)
            .values(group_index=None, respondent=None)
        )


def delete_responses(session: Session, survey_id: str) -> int:
    """Delete every response and spent right of a survey; return how many responses."""
    number = count_responses(session, survey_id)
    tables: Sequence[type[ResponseInIntake | Response | SpentInIntake | SpentToken]] = (
        ResponseInIntake,
        Response,
        SpentInIntake,
        SpentToken,
    )
    for table in tables:
        session.execute(delete(table).where(table.survey_id == survey_id))
    return number


def _lock_key(key: DataKey) -> LockKey:
    return LockKey(digest("survey/responses", key.value))


def _moved(
    survey_id: str,
    keeper: LockKey,
    group_index: int | None,
    respondent: bytes | None,
    answers: bytes,
) -> dict[str, object]:
    drawn = secrets.token_bytes(KEY_BYTES)
    return {
        "key": drawn,
        "survey_id": survey_id,
        "group_index": group_index,
        "respondent": respondent,
        # The row's own key stands within: a row put elsewhere opens to a refusal.
        "sealed_answers": lock(keeper, drawn + answers),
    }
