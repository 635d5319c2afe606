"""Check 7: at no checkpoint had any group more ballots than marks."""

from voting.leaves import MarksLeaf
from voting.reconciliation import find_discrepancies, require_countable
from voting.results import reckon_groups
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless every count of the register covers the ballots before it."""
    marks = [leaf for leaf in facts.leaves if isinstance(leaf, MarksLeaf)]
    roots = facts.roots_at(leaf.size for leaf in marks)
    cast_at = facts.cast_at(leaf.size for leaf in marks)
    for leaf in marks:
        if roots.get(leaf.size) != leaf.root:
            raise CheckFailed(f"the register was shown another board at {leaf.size}")
        for group, ballots in cast_at[leaf.size].items():
            if group >= len(leaf.counts) or ballots > leaf.counts[group]:
                raise CheckFailed(
                    f"group {group} has more ballots than marks at {leaf.size} leaves"
                )
    groups = reckon_groups(facts.manifest, facts.board, facts.box, None)
    require_countable(find_discrepancies(groups))
