"""Ceremonies and the shares they hold."""

import json
from pathlib import Path

from crypto.ceremony import BadShare, open_all_shares, spoken_words
from crypto.ceremony_messages import CeremonyDocument
from crypto.ceremony_record import CeremonyRecord, verify_ceremony, verify_document
from crypto.encoding import decode_json
from crypto.group import SecretScalar, mul_base
from crypto.sealing import SealingKey
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import number, octets

WORDS: list[str] = json.loads(
    Path("static/js/crypto/words.json").read_text(encoding="utf-8")
)


def read_ceremony(vector: Vector) -> None:
    outcome = verify_ceremony(CeremonyRecord.read(decode_json(vector.body)))
    assert outcome.assembly.keys == octets(vector, "keys")
    words = spoken_words(outcome.assembly, WORDS)
    assert list(words) == json.loads(vector.inputs["words"])
    assert outcome.transcript == octets(vector, "transcript")
    assert outcome.election_key.encoded == octets(vector, "election-key")
    keys = [key.encoded.hex() for key in outcome.share_keys]
    assert keys == json.loads(vector.inputs["share-keys"])


def read_shares(vector: Vector) -> None:
    document = CeremonyDocument.read(decode_json(vector.body))
    key = SealingKey(octets(vector, "sealing-key"))
    share = _opened(vector, document, key)
    assert share.encoded == octets(vector, "share")
    assert (
        mul_base(share)
        == verify_document(document).share_keys[number(vector, "index") - 1]
    )


def _opened(
    vector: Vector, document: CeremonyDocument, key: SealingKey
) -> SecretScalar:
    try:
        return open_all_shares(document, number(vector, "index"), key)
    except BadShare as refusal:
        if refusal.dealer != number(vector, "dealer"):
            raise AssertionError("another dealer is blamed") from refusal
        raise
