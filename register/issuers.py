"""Issuer keys: one for each voter group of an election, that give out voting rights.

A key is derived from 32 bytes that the keystore draws and wraps, by RFC 9497's
DeriveKeyPair; it is in no database and in none of its backups. Its public half is in
the manifest. A copy goes to the service's verifier process, sealed to a key that only
that process has. At closing the keys are destroyed: no more rights, by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.group import Point, SecretScalar
from crypto.integers import u16
from crypto.sealing import seal
from crypto.voprf import derive_key_pair
from infra.keystore import KeyExists, KeyMissing, Keystore
from register.survey_rolls import issuer_index, issuing_groups
from register.tables import Roll, VoterGroup

_INFO: Final = b"urne/v1/issuer"


class NoVerifierKey(Exception):
    """The service has not said to which key issuer keys are sealed."""


@dataclass(frozen=True, slots=True)
class IssuedGroup:
    """A frozen voter group and its issuer key as others may have it."""

    label: str
    entitled: int
    issuer_key: bytes
    """The public key, 32 bytes."""
    sealed_issuer_key: bytes
    """The 32-byte scalar, sealed to the verifier process: 80 bytes."""


def make_issuer_keys(
    session: Session, keystore: Keystore, roll: Roll
) -> tuple[IssuedGroup, ...]:
    """Make the issuer key of every voter group, in order of index.

    A survey that ties no answer to a group has one for all, that of the first.
    A key that an earlier, broken-off attempt has left in the keystore is taken up.

    Raises:
        NoVerifierKey: the election came without one.
        KeyDestroyed: the election was closed or cancelled.

    """
    if roll.verifier_key is None:
        raise NoVerifierKey
    issued = []
    groups = _groups(session, roll.election_id)
    for group in issuing_groups(session, roll.election_id, groups):
        secret, public = _make_key(keystore, roll.election_id, group.index)
        group.issuer_key = public.encoded
        sealed = seal(roll.verifier_key, secret.encoded)
        entitled = group.entitled or 0
        issued.append(IssuedGroup(group.label, entitled, public.encoded, sealed))
    session.flush()
    return tuple(issued)


def issuer_key_of(
    session: Session, keystore: Keystore, election_id: str, group_index: int
) -> SecretScalar:
    """Return the secret half of the key that gives out a group's rights.

    Raises: as read_issuer_key.
    """
    index = issuer_index(session, election_id, group_index)
    return read_issuer_key(keystore, election_id, index)


def read_issuer_key(
    keystore: Keystore, election_id: str, group_index: int
) -> SecretScalar:
    """Return the secret half of a voter group's issuer key.

    Raises:
        KeyDestroyed: the election is closed.
        KeyMissing: its roll was never frozen here.

    """
    drawn = keystore.read_key(_key_id(election_id, group_index))
    secret, _ = _derive(drawn.value, election_id, group_index)
    return secret


def destroy_issuer_keys(
    session: Session, keystore: Keystore, election_id: str, *, at: datetime
) -> None:
    """Destroy every issuer key of an election; may be run again."""
    for group in _groups(session, election_id):
        try:
            keystore.destroy_key(_key_id(election_id, group.index), at=at)
        except KeyMissing:
            if group.issuer_key is not None:
                raise


def _make_key(
    keystore: Keystore, election_id: str, group_index: int
) -> tuple[SecretScalar, Point]:
    key_id = _key_id(election_id, group_index)
    try:
        drawn = keystore.create_key(key_id)
    except KeyExists:
        drawn = keystore.read_key(key_id)
    return _derive(drawn.value, election_id, group_index)


def _derive(
    seed: bytes, election_id: str, group_index: int
) -> tuple[SecretScalar, Point]:
    return derive_key_pair(seed, _INFO + bytes.fromhex(election_id) + u16(group_index))


def _key_id(election_id: str, group_index: int) -> str:
    return election_id + u16(group_index).hex()


def _groups(session: Session, election_id: str) -> list[VoterGroup]:
    query = select(VoterGroup).where(VoterGroup.election_id == election_id)
    return list(session.scalars(query.order_by(VoterGroup.index)))
