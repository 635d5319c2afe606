"""What the Python side does with each operation of tests/vectors/README.md."""

from collections.abc import Callable, Mapping

from tests.vectors.files import Vector
from tests.vectors.readers.ballots import read_ballot
from tests.vectors.readers.ceremonies import read_ceremony, read_shares
from tests.vectors.readers.codes import (
    read_code,
    read_evidence,
    read_link,
    read_token,
    read_token_check,
)
from tests.vectors.readers.decryptions import (
    read_decryption,
    read_rehearsal,
    read_total,
)
from tests.vectors.readers.keyfiles import read_keyfile
from tests.vectors.readers.signatures import (
    read_ballot_signature,
    read_status_signature,
)
from tests.vectors.readers.texts import read_checkpoint, read_json

READERS: Mapping[str, Callable[[Vector], None]] = {
    "ballot": read_ballot,
    "ballot-signature": read_ballot_signature,
    "ceremony": read_ceremony,
    "checkpoint": read_checkpoint,
    "code": read_code,
    "decryption": read_decryption,
    "evidence": read_evidence,
    "json": read_json,
    "keyfile": read_keyfile,
    "link": read_link,
    "rehearsal": read_rehearsal,
    "shares": read_shares,
    "status-signature": read_status_signature,
    "token": read_token,
    "token-check": read_token_check,
    "total": read_total,
}
"""Each raises the refusal, or AssertionError when something else comes out."""
