"""Check 9: the sums are those of the ballots that count, over the units of §5.8."""

from voting.counting import sum_units
from voting.tally import Tally, encode_tally
from voting.units import require_units_large_enough
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless the tally, reckoned anew, is the same to the byte."""
    threshold = facts.manifest.rules.suppression_threshold
    require_units_large_enough((each.unit for each in facts.tally.units), threshold)
    sums = sum_units(facts.manifest, facts.box)
    reckoned = encode_tally(Tally(facts.fingerprint, facts.head, sums))
    if reckoned != facts.parts.tally:
        raise CheckFailed("the sums are not those of the ballots on the board")
