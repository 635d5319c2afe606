"""Check 6: every ballot was cast with a voting right of its group."""

from voting.tokens import decode_evidence, verify_evidence
from voting.verification.facts import Facts


def check(facts: Facts) -> None:
    """Raise unless the evidence covers every ballot once, and holds."""
    evidence = decode_evidence(facts.parts.evidence)
    verify_evidence(facts.manifest, facts.fingerprint, facts.ballots, evidence)
