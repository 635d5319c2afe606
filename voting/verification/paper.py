"""Check 8: paper results add up, and two of the committee signed them.

That they were counted right is declared by those two; no record can prove it.
"""

from voting.paper import verify_paper
from voting.verification.facts import Facts


def check(facts: Facts) -> None:
    """Raise unless there are none, or they are signed and possible."""
    if facts.paper is not None:
        verify_paper(facts.manifest, facts.fingerprint, facts.paper)
