"""Token evidence: after closing every token is proven, then the keys are destroyed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.voprf import DleqProof
from infra.audit import record_event
from infra.databases import lock_named
from infra.token_verifier import TokenVerifier
from voting.elections import SYSTEM
from voting.lifecycle import read_board_so_far
from voting.phases import Phase
from voting.sealed import SealedElection, get_sealed
from voting.tables import TokenEvidence
from voting.tokens import (
    Evidence,
    EvidenceBatch,
    encode_evidence,
    pairs_of_group,
    split_pairs,
    verify_evidence,
)


def is_evidence_due(session: Session, election: SealedElection) -> bool:
    """Tell whether the tokens of a closed election are yet to be proven."""
    if election.phase is not Phase.CLOSED:
        return False
    return session.get(TokenEvidence, election.id) is None


def prove_tokens(
    session: Session, verifier: TokenVerifier, election_id: str, now: datetime
) -> bool:
    """Have every token proven and keep the evidence; tells whether it was this call.

    Raises:
        EvidenceRefused: a proof does not hold: a ballot was let in without a right.
        VerifierUnavailable, VerifierAnsweredNo: try again.

    """
    election = get_sealed(session, election_id)
    if not is_evidence_due(session, election):
        return False
    return keep_evidence(
        session, election_id, make_evidence(session, verifier, election), now
    )


def make_evidence(
    session: Session, verifier: TokenVerifier, election: SealedElection
) -> bytes:
    """Have every token of a closed election proven; nothing is kept yet.

    Takes its time, and needs no transaction that anybody waits for. Raises as above.
    """
    ballots = read_board_so_far(session, election).ballots
    evidence = Evidence(
        tuple(
            tuple(
                EvidenceBatch(
                    first,
                    len(pairs),
                    DleqProof.decode(
                        verifier.prove(
                            election.id,
                            group.index,
                            fingerprint=election.fingerprint,
                            pairs=[
                                (each.credential.encoded, each.token.encoded)
                                for each in pairs
                            ],
                        )
                    ),
                )
                for first, pairs in split_pairs(pairs_of_group(ballots, group.index))
            )
            for group in election.manifest.groups
        )
    )
    verify_evidence(election.manifest, election.fingerprint, ballots, evidence)
    return encode_evidence(evidence)


def keep_evidence(
    session: Session, election_id: str, encoded: bytes, now: datetime
) -> bool:
    """Keep the evidence of a closed election; tells whether it was this call."""
    lock_named(session, b"phase", election_id.encode())
    if not is_evidence_due(session, get_sealed(session, election_id)):
        return False
    session.add(TokenEvidence(election_id=election_id, document=encoded))
    session.flush()
    record_event(
        session, at=now, actor=SYSTEM, kind="tokens-proven", subject=election_id
    )
    return True
