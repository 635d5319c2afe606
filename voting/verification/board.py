"""Check 4: the leaves follow, are signed, and stand under every checkpoint."""

from itertools import pairwise

from voting.leaf_signatures import verify_leaf
from voting.leaves import BallotLeaf
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless order, signatures, roots and witnesses hold.

    The signatures of ballots are part of check 5.
    """
    for place, leaf in enumerate(facts.leaves):
        if isinstance(leaf, BallotLeaf):
            continue
        try:
            verify_leaf(facts.manifest, facts.fingerprint, leaf)
        except Exception as refused:
            raise CheckFailed(f"leaf {place}: {refused}") from refused
    _check_checkpoints(facts)
    if not facts.board.marks:
        raise CheckFailed("the register has not answered any checkpoint")


def _check_checkpoints(facts: Facts) -> None:
    heads = [each.head for each in facts.checkpoints]
    if not heads:
        raise CheckFailed("there is no checkpoint")
    if any(later.size <= earlier.size for earlier, later in pairwise(heads)):
        raise CheckFailed("the sizes of the checkpoints do not rise")
    roots = facts.roots_at(head.size for head in heads)
    for head in heads:
        if roots.get(head.size) != head.root:
            raise CheckFailed(f"the checkpoint at {head.size} has another root")
    if heads[-1] != facts.head:
        raise CheckFailed("the last checkpoint does not cover every leaf")
    witnesses = facts.checkpoints[-1].witnesses
    if len(set(witnesses)) < facts.manifest.witness_threshold:
        raise CheckFailed("too few witnesses have signed the last checkpoint")
