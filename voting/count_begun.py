"""Whether a count has begun: from then on paper results come too late."""

from __future__ import annotations

from sqlalchemy.orm import Session

from voting.long_work import WorkKind, is_asked_for
from voting.tables import Tally


def is_count_begun(session: Session, election_id: str) -> bool:
    """Tell whether the tally is there, or is being reckoned."""
    if session.get(Tally, election_id) is not None:
        return True
    return is_asked_for(session, election_id, WorkKind.TALLY)
