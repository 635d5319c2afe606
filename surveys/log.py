"""The log of all surveys of the service: appended, signed, proven (§8.5).

One tree for all, so that nobody can be shown a manifest that others do not see: a
survey that is on the log was launched as its link says. No leaf is of a response.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import decode_json
from crypto.errors import OutsideTree
from crypto.hashing import DIGEST_BYTES
from crypto.merkle import CompactTree, MerkleTree, leaf_hash
from crypto.notes import Checkpoint, sign_note
from crypto.signing import SigningSeed
from infra.config import Settings
from infra.databases import lock_named
from surveys.leaves import Leaf, encode_leaf, is_wording
from surveys.tables import Survey, SurveyCheckpoint, SurveyLeaf

MOST_LEAVES_AT_ONCE: Final = 1_000

_ORIGIN: Final = "urne/v1/surveys/"
_SIGNER: Final = "service.urne"


class NothingOnLog(Exception):
    """No survey was ever launched here."""


class NotOnLog(Exception):
    """No survey of this fingerprint was launched here."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof in the tree of `size` leaves: hashes of 32 bytes each."""

    size: int
    root: bytes
    position: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LoggedLeaf:
    """A leaf for people: where it stands, what it is, of which survey."""

    position: int
    leaf: Leaf
    title: str


def service_seed(settings: Settings) -> SigningSeed:
    """Return the service's signing key; SideNotServed where it is not."""
    return SigningSeed(settings.secrets_of("service").signing_seed.reveal())


@dataclass(frozen=True, slots=True)
class LaunchProof:
    """What a survey has on the log, under one checkpoint."""

    checkpoint: str
    """The signed note."""
    launch: LogProof
    wording: LogProof | None
    """Of the latest leaf with other words; None where there are none."""


def origin_of(service_key: bytes) -> str:
    """Return the first line of the log's checkpoints."""
    return _ORIGIN + service_key.hex()


def append_to_log(
    session: Session, settings: Settings, survey_id: str, leaves: Sequence[Leaf]
) -> SurveyCheckpoint:
    """Append leaves of one survey in order, and sign the checkpoint that covers them.

    Appending waits for whoever appends, until that transaction ends.
    """
    lock_named(session, b"survey-log")
    before = _find_checkpoint(session)
    tree = CompactTree() if before is None else _tree_of(before)
    bodies = [encode_leaf(leaf) for leaf in leaves]
    hashes = [leaf_hash(body) for body in bodies]
    session.add_all(
        SurveyLeaf(
            position=tree.size + offset,
            leaf_hash=hashed,
            survey_id=survey_id,
            body=body,
        )
        for offset, (body, hashed) in enumerate(zip(bodies, hashes, strict=True))
    )
    tree = tree.extended(hashes)
    seed = service_seed(settings)
    text = Checkpoint(origin_of(seed.public_key), tree.size, tree.root).text
    checkpoint = SurveyCheckpoint(
        size=tree.size,
        root=tree.root,
        edge=b"".join(tree.edge),
        note=sign_note(text, _SIGNER, seed).encoded,
    )
    session.add(checkpoint)
    session.flush()
    return checkpoint


def latest_checkpoint(session: Session) -> SurveyCheckpoint:
    """Return the latest checkpoint.

    Raises:
        NothingOnLog: there is none.

    """
    found = _find_checkpoint(session)
    if found is None:
        raise NothingOnLog
    return found


def read_log(session: Session, first: int, count: int) -> list[bytes]:
    """Return the bytes of at most 1,000 leaves from a position."""
    query = (
        select(SurveyLeaf.body)
        .where(SurveyLeaf.position >= first)
        .order_by(SurveyLeaf.position)
        .limit(max(0, min(count, MOST_LEAVES_AT_ONCE)))
    )
    return list(session.scalars(query))


def latest_leaves(session: Session, count: int) -> list[LoggedLeaf]:
    """Return the leaves appended last, the newest first."""
    query = (
        select(SurveyLeaf.position, SurveyLeaf.body, Survey.title)
        .join(Survey, Survey.id == SurveyLeaf.survey_id)
        .order_by(SurveyLeaf.position.desc())
        .limit(count)
    )
    found = []
    for position, body, title in session.execute(query):
        leaf = decode_json(body)
        assert isinstance(leaf, dict)  # noqa: S101 - narrows for the types
        found.append(LoggedLeaf(position, leaf, title))
    return found


def prove_launch(session: Session, fingerprint: bytes) -> LaunchProof:
    """Prove that a survey's manifest is on the log, and its latest words.

    Raises:
        NotOnLog, NothingOnLog.

    """
    query = (
        select(SurveyLeaf.position, SurveyLeaf.body)
        .join(Survey, Survey.id == SurveyLeaf.survey_id)
        .where(Survey.fingerprint == fingerprint)
        .order_by(SurveyLeaf.position)
    )
    leaves = session.execute(query).all()
    if not leaves:
        raise NotOnLog
    # Read after the leaves, which it therefore covers.
    checkpoint = latest_checkpoint(session)
    tree = _whole_tree(session, checkpoint.size)

    def proof(position: int) -> LogProof:
        hashes = tree.inclusion_proof(position, checkpoint.size)
        return LogProof(checkpoint.size, checkpoint.root, position, hashes)

    reworded = [leaf.position for leaf in leaves if is_wording(leaf.body)]
    wording = proof(reworded[-1]) if reworded else None
    # The leaf of the launch is a survey's first.
    return LaunchProof(checkpoint.note, proof(leaves[0].position), wording)


def prove_consistency(session: Session, older: int, newer: int) -> LogProof:
    """Prove that the log of `older` leaves is the beginning of that of `newer`.

    Raises:
        OutsideTree: a size that the log never had.
        NothingOnLog.

    """
    if newer > latest_checkpoint(session).size:
        raise OutsideTree
    tree = _whole_tree(session, newer)
    return LogProof(
        newer, tree.root(newer), older, tree.consistency_proof(older, newer)
    )


def _find_checkpoint(session: Session) -> SurveyCheckpoint | None:
    query = select(SurveyCheckpoint).order_by(SurveyCheckpoint.size.desc()).limit(1)
    return session.scalars(query).one_or_none()


def _tree_of(checkpoint: SurveyCheckpoint) -> CompactTree:
    edge = checkpoint.edge
    subtrees = range(0, len(edge), DIGEST_BYTES)
    return CompactTree(
        checkpoint.size, tuple(edge[at : at + DIGEST_BYTES] for at in subtrees)
    )


def _whole_tree(session: Session, size: int) -> MerkleTree:
    # Some leaves a survey: read anew each time, where a board would be kept.
    tree = MerkleTree()
    query = select(SurveyLeaf.leaf_hash).where(SurveyLeaf.position < size)
    for hashed in session.scalars(query.order_by(SurveyLeaf.position)):
        tree.append(hashed)
    return tree
