"""Entering paper results: one set of numbers at a time lies before the committee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crypto.encoding import encode_json
from voting.paper import PaperResults, decode_paper
from voting.proposal_making import propose_paper
from voting.proposals import OpenProposal, list_proposals, withdraw_proposal


def lay_paper_before_committee(
    session: Session,
    election_id: str,
    results: PaperResults,
    *,
    actor: str,
    at: datetime,
) -> int:
    """Propose paper results in place of those that lie there unsigned.

    Two open proposals could each get one signature, or the wrong one both.

    Raises:
        WrongPhase, CountAlreadyStarted, PaperRefused: nothing is proposed.

    """
    for proposal in list_proposals(session, election_id):
        if proposal.kind == "paper" and proposal.state == "open":
            withdraw_proposal(
                session, election_id, "paper", proposal.number, actor=actor, at=at
            )
    return propose_paper(session, election_id, results, actor=actor, at=at)


def read_paper(proposal: OpenProposal) -> PaperResults:
    """Return the results that a proposal of paper holds."""
    return decode_paper(encode_json(proposal.document))
