"""Adds a joint count up when its last election has become public, and prints it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.audit import record_event
from infra.config import Settings
from infra.databases import lock_named
from voting.elections import SYSTEM
from voting.joint import Declaration, decode_declaration, sign_joint
from voting.joint_counts import Joint, UnknownJoint, load_joint
from voting.joint_publication import is_ready
from voting.joint_result import (
    JointResult,
    SiblingResult,
    encode_joint_protocol,
    read_records,
    read_sibling,
    reckon_joint,
)
from voting.joint_tables import JointCount, JointPrint
from voting.printing.printed import NotPrinted, PrintDamaged
from voting.printing.sources import file_digest
from voting.record_export import RecordBeingWritten, RecordNotReady, record_file
from voting.sealed import sealed_of
from voting.sealing import service_seed
from voting.tables import Election


def list_unfinished(session: Session, now: datetime) -> list[str]:
    """Return the joint counts that can be concluded, or are not printed."""
    printed = select(JointPrint.joint_id)
    query = select(JointCount.id).where(
        JointCount.declaration.is_not(None),
        JointCount.broken_at.is_(None),
        JointCount.id.not_in(printed),
    )
    found = session.scalars(query.order_by(JointCount.id)).all()
    return [
        each
        for each in found
        if is_ready(joint := load_joint(session, each), now)
        or joint.row.protocol is not None
    ]


def conclude_joint(
    session: Session, settings: Settings, joint_id: str, at: datetime
) -> bool:
    """Write and sign the joint protocol, once; tell whether it is there.

    It is not while an election is not public, or while its record is being written.
    """
    lock_named(session, b"joint", joint_id.encode())
    session.expire_all()
    joint = load_joint(session, joint_id)
    if joint.row.protocol is not None:
        return True
    if not is_ready(joint, at):
        return False
    try:
        result = reckon_result(session, settings, joint)
    except RecordBeingWritten:
        return False
    protocol = encode_joint_protocol(declaration_of(joint), result)
    joint.row.protocol = protocol
    joint.row.protocol_signature = sign_joint(
        service_seed(settings), "joint-protocol", protocol
    )
    for place, (sibling, election) in enumerate(joint.siblings):
        sibling.shown_alone = result.is_shown_alone(place)
        record_event(
            session, at=at, actor=SYSTEM, kind="joint-concluded", subject=election.id
        )
    session.flush()
    return True


def declaration_of(joint: Joint) -> Declaration:
    """Return a joint count's declaration.

    Raises:
        UnknownJoint: it is not declared.

    """
    if joint.row.declaration is None:
        raise UnknownJoint
    return decode_declaration(joint.row.declaration)


def reckon_result(session: Session, settings: Settings, joint: Joint) -> JointResult:
    """Reckon the result anew from the siblings' approved protocols and records.

    Raises:
        RecordNotReady, RecordBeingWritten: see `record_file`.

    """
    return reckon_joint(
        [
            _brought(each, file_digest(record_file(session, settings, sealed_of(each))))
            for each in joint.elections
        ]
    )


def concluded_result(joint: Joint) -> JointResult:
    """Return the result of a concluded count; no file is read for it.

    Raises:
        RecordNotReady: it is not concluded.

    """
    if joint.row.protocol is None:
        raise RecordNotReady
    records = read_records(joint.row.protocol)
    return reckon_joint(
        [
            _brought(election, record)
            for election, record in zip(joint.elections, records, strict=True)
        ]
    )


def keep_joint_prints(
    session: Session, joint_id: str, documents: Mapping[str, bytes]
) -> None:
    """Keep the printed protocol by language, unless it is there."""
    lock_named(session, b"joint", joint_id.encode())
    for language, content in sorted(documents.items()):
        if session.get(JointPrint, (joint_id, language)) is None:
            session.add(
                JointPrint(
                    joint_id=joint_id,
                    language=language,
                    digest=hashlib.sha256(content).digest(),
                    content=content,
                )
            )
    session.flush()


def load_joint_print(session: Session, joint_id: str, language: str) -> bytes:
    """Return the joint protocol as it was printed.

    Raises:
        NotPrinted: it is not there.
        PrintDamaged: its bytes are not what they were.

    """
    row = session.get(JointPrint, (joint_id, language))
    if row is None:
        raise NotPrinted
    if hashlib.sha256(row.content).digest() != row.digest:
        raise PrintDamaged
    return row.content


def list_joint_prints(session: Session, joint_id: str) -> tuple[str, ...]:
    """Return the languages in which it was printed."""
    query = select(JointPrint.language).where(JointPrint.joint_id == joint_id)
    return tuple(session.scalars(query.order_by(JointPrint.language)))


def _brought(election: Election, record: bytes) -> SiblingResult:
    if election.protocol is None:
        raise RecordNotReady
    sealed = sealed_of(election)
    return read_sibling(sealed.manifest, sealed.fingerprint, election.protocol, record)
