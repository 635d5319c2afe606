"""Checkpoints and canonical JSON."""

import json

from crypto.encoding import decode_json, encode_json
from crypto.notes import Checkpoint, NoteKey, parse_note, verify_note
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import number, octets


def read_checkpoint(vector: Vector) -> None:
    keys = [
        NoteKey(entry["name"], bytes.fromhex(entry["key"]))
        for entry in json.loads(vector.inputs["keys"])
    ]
    note = parse_note(vector.body.decode("utf-8"))
    signers = verify_note(note, keys)
    checkpoint = Checkpoint.parse(note.text)
    assert checkpoint.origin == vector.inputs["origin"]
    assert checkpoint.size == number(vector, "size")
    assert checkpoint.root == octets(vector, "root")
    assert list(signers) == json.loads(vector.inputs["signers"])


def read_json(vector: Vector) -> None:
    assert encode_json(decode_json(vector.body)) == vector.body
