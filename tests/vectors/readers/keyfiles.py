"""Key files."""

import json

from crypto.keyfile import read_key_file
from tests.vectors.files import Vector


def read_keyfile(vector: Vector) -> None:
    passphrase = json.loads(vector.inputs["passphrase"])
    label, secrets = read_key_file(vector.body, passphrase)
    assert json.loads(vector.inputs["label"]) == {
        "ceremony": label.ceremony.hex(),
        "index": label.index,
        "name": label.name,
        "title": label.title,
    }
    tallied = secrets.tallied
    assert json.loads(vector.inputs["secrets"]) == {
        "sealing_key": secrets.sealing_key.secret.hex(),
        "share": secrets.share.encoded.hex(),
        "signing_seed": secrets.signing_seed.secret.hex(),
        "tallied": None if tallied is None else tallied.hex(),
        "transcript": secrets.transcript.hex(),
    }
