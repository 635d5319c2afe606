"""Check 1: every entry is there, canonical, and of its size; nothing beside."""

from dataclasses import fields

from crypto.encoding import decode_json
from crypto.errors import CryptoError
from voting.record import ENTRY_BYTES
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless every entry is canonical JSON, the board cut up in its one way."""
    for field in fields(facts.parts):
        encoded = getattr(facts.parts, field.name)
        if not isinstance(encoded, bytes):
            continue
        try:
            decode_json(encoded, limit=ENTRY_BYTES)
        except CryptoError as refused:
            raise CheckFailed(f"{field.name}.json: {refused}") from refused
    if not facts.encoded_leaves:
        raise CheckFailed("the board has no leaf")
