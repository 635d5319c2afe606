"""Check 2: the ceremony holds, and gave the keys that the manifest names."""

from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless every message, signature and rehearsal holds, and agrees."""
    outcome, manifest = facts.ceremony, facts.manifest
    if outcome.transcript != manifest.ceremony:
        raise CheckFailed("the manifest names another ceremony")
    if outcome.assembly.threshold != manifest.threshold:
        raise CheckFailed("the manifest names another threshold")
    if outcome.election_key != manifest.election_key:
        raise CheckFailed("the manifest names another election key")
    held = [
        (holder.index, holder.name, holder.signing_key, share_key)
        for holder, share_key in zip(
            outcome.assembly.holders, outcome.share_keys, strict=True
        )
    ]
    named = [
        (holder.index, holder.name, holder.signing_key, holder.share_key)
        for holder in manifest.holders
    ]
    if held != named:
        raise CheckFailed("the manifest names other key holders")
