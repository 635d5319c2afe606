"""Check 12: enough of the committee signed this protocol, and since when."""

from voting.approvals import protocol_digest, verify_approvals
from voting.leaves import ClosedLeaf
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless every approval holds, they are as many as needed, and later."""
    digest = protocol_digest(facts.parts.protocol)
    verify_approvals(facts.manifest, facts.fingerprint, digest, facts.approvals)
    closed = [leaf.at for leaf in facts.leaves if isinstance(leaf, ClosedLeaf)]
    if not closed or facts.approvals.approved_at < max(closed):
        raise CheckFailed("the protocol was approved before the election closed")
