"""What the Python side does with each operation of tests/vectors/README.md."""

from collections.abc import Callable, Mapping

from tests.vectors.files import Vector
from tests.vectors.readers.ballots import read_ballot
from tests.vectors.readers.ceremonies import read_ceremony, read_shares

READERS: Mapping[str, Callable[[Vector], None]] = {
    "ballot": read_ballot,
    "ceremony": read_ceremony,
    "shares": read_shares,
}
"""Each raises the refusal, or AssertionError when something else comes out."""
