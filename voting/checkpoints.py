"""Signed checkpoints of an election's board (docs/protocol.md §4.6)."""

from dataclasses import dataclass
from typing import Final

from crypto.errors import CryptoError
from crypto.notes import (
    Checkpoint,
    Note,
    NoteKey,
    cosign_note,
    parse_note,
    sign_note,
    verify_note,
)
from crypto.signing import SigningSeed
from voting.manifest import SERVICE_SIGNER
from voting.manifest_model import Fingerprint, Manifest
from voting.tally import BoardHead

_ORIGIN: Final = "urne/v1/"


class CheckpointRefused(Exception):
    """A checkpoint is not one of this election's board; the text says why."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose every signature holds."""

    head: BoardHead
    witnesses: tuple[str, ...]
    """Names of the witnesses who signed it."""


def origin_of(fingerprint: Fingerprint) -> str:
    """Return the origin line of an election's board."""
    return _ORIGIN + fingerprint.hex()


def sign_checkpoint(
    seed: SigningSeed, fingerprint: Fingerprint, head: BoardHead
) -> str:
    """Return the note of a checkpoint, signed by the service."""
    text = Checkpoint(origin_of(fingerprint), head.size, head.root).text
    return sign_note(text, SERVICE_SIGNER, seed).encoded


def witness_checkpoint(
    seed: SigningSeed,
    name: str,
    manifest: Manifest,
    fingerprint: Fingerprint,
    note: str,
) -> str:
    """Return the note with a witness's line below the others.

    The witness has demanded a consistency proof from the checkpoint it signed last.

    Raises:
        CheckpointRefused: the note is none of this election's.

    """
    verify_checkpoint(manifest, fingerprint, note)
    return cosign_note(parse_note(note), name, seed).encoded


def verify_checkpoint(
    manifest: Manifest, fingerprint: Fingerprint, encoded: str
) -> SignedCheckpoint:
    """Check a note's form, origin and every line below it.

    Raises:
        CheckpointRefused: another form or origin, no line by the service, or a line
            that is not by the service or a witness, or does not hold.

    """
    try:
        note = parse_note(encoded)
        checkpoint = Checkpoint.parse(note.text)
        signers = _verify_signers(manifest, note)
    except CryptoError as refused:
        raise CheckpointRefused(str(refused)) from refused
    if checkpoint.origin != origin_of(fingerprint):
        raise CheckpointRefused("a checkpoint is of another board")
    if signers[0] != SERVICE_SIGNER:
        raise CheckpointRefused("the first to sign a checkpoint is the service")
    return SignedCheckpoint(BoardHead(checkpoint.size, checkpoint.root), signers[1:])


def _verify_signers(manifest: Manifest, note: Note) -> tuple[str, ...]:
    keys = [NoteKey(SERVICE_SIGNER, manifest.service_key)]
    keys += [NoteKey(each.name, each.key) for each in manifest.witnesses]
    return verify_note(note, keys)
