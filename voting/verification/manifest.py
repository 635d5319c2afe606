"""Check 3: the manifest is one, and is the first leaf of the board."""

from voting.leaves import ManifestLeaf, encode_leaf
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless the manifest is well-formed and leaf 0 holds it."""
    if facts.manifest.witness_threshold > len(facts.manifest.witnesses):
        raise CheckFailed("more witnesses are demanded than there are")
    document = facts.document(facts.parts.manifest)
    if not isinstance(document, dict):
        raise CheckFailed("the manifest is no object")
    if not facts.encoded_leaves:
        raise CheckFailed("the board has no leaf")
    if facts.encoded_leaves[0] != encode_leaf(ManifestLeaf(document)):
        raise CheckFailed("the first leaf of the board is another manifest")
