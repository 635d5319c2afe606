"""Check 10: the sums were opened by enough key holders, with proofs."""

from voting.partials import verify_holder_partial
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless every partial decryption holds, and they combine to totals."""
    indices = [each.index for each in facts.partials]
    if indices != sorted(set(indices)):
        raise CheckFailed("the partial decryptions are not in order of holder")
    for partial in facts.partials:
        verify_holder_partial(facts.manifest, facts.tally, partial)
    if not len(facts.totals) == len(facts.tally.units):
        raise CheckFailed("not every unit was opened")
