"""Checkpoints of one election's board, and who may stand below them."""

from dataclasses import replace

import pytest

from crypto.errors import MalformedNote
from crypto.notes import cosign_note, parse_note, sign_note
from tests.voting.manifests import a_manifest, seed_of
from voting.checkpoints import (
    CheckpointRefused,
    origin_of,
    sign_checkpoint,
    verify_checkpoint,
    witness_checkpoint,
)
from voting.manifest import Fingerprint
from voting.tally import BoardHead

MANIFEST = a_manifest()
FP = Fingerprint(bytes(range(32)))
OTHER = Fingerprint(bytes(32))
HEAD = BoardHead(7, bytes(range(32, 64)))
NOTE = sign_checkpoint(seed_of("service"), FP, HEAD)


def test_a_checkpoint_says_what_was_signed() -> None:
    signed = verify_checkpoint(MANIFEST, FP, NOTE)
    assert signed.head == HEAD
    assert signed.witnesses == ()
    assert NOTE.startswith(f"urne/v1/{FP.hex()}\n7\n")


def test_a_witness_stands_below_the_service() -> None:
    note = witness_checkpoint(seed_of("witness"), "witness.example", MANIFEST, FP, NOTE)
    assert verify_checkpoint(MANIFEST, FP, note).witnesses == ("witness.example",)
    with pytest.raises(MalformedNote, match="two lines"):
        witness_checkpoint(seed_of("witness"), "witness.example", MANIFEST, FP, note)


def test_a_checkpoint_of_another_election_is_refused() -> None:
    with pytest.raises(CheckpointRefused, match="another board"):
        verify_checkpoint(MANIFEST, OTHER, NOTE)
    with pytest.raises(CheckpointRefused):
        witness_checkpoint(seed_of("witness"), "witness.example", MANIFEST, OTHER, NOTE)


def test_lines_by_strangers_are_refused() -> None:
    note = parse_note(NOTE)
    stranger = cosign_note(note, "stranger.example", seed_of("stranger")).encoded
    impostor = cosign_note(note, "witness.example", seed_of("stranger")).encoded
    for encoded in (stranger, impostor):
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(MANIFEST, FP, encoded)


def test_the_service_signs_first() -> None:
    text = parse_note(NOTE).text
    alone = sign_note(text, "witness.example", seed_of("witness"))
    with pytest.raises(CheckpointRefused, match="first"):
        verify_checkpoint(MANIFEST, FP, alone.encoded)
    after = cosign_note(alone, "service.urne", seed_of("service"))
    with pytest.raises(CheckpointRefused, match="first"):
        verify_checkpoint(MANIFEST, FP, after.encoded)


def test_a_signature_that_does_not_hold_is_refused() -> None:
    signed_by_other = sign_checkpoint(seed_of("other"), FP, HEAD)
    larger = NOTE.replace("\n7\n", "\n8\n")
    for encoded in (signed_by_other, larger, NOTE[:-2] + "\n", "", NOTE + "\n"):
        with pytest.raises(CheckpointRefused):
            verify_checkpoint(MANIFEST, FP, encoded)


def test_an_origin_names_its_election() -> None:
    assert origin_of(OTHER) == "urne/v1/" + "00" * 32
    other = replace(MANIFEST, service_key=seed_of("other").public_key)
    with pytest.raises(CheckpointRefused):
        verify_checkpoint(other, FP, NOTE)
