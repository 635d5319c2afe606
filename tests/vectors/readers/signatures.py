"""What a credential signs."""

from crypto.ballot_signature import verify_ballot_signature, verify_status_signature
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import octets, point


def read_ballot_signature(vector: Vector) -> None:
    verify_ballot_signature(
        octets(vector, "fingerprint"),
        point(vector, "credential"),
        point(vector, "token"),
        octets(vector, "tracking"),
        vector.body,
    )


def read_status_signature(vector: Vector) -> None:
    fingerprint = octets(vector, "fingerprint")
    verify_status_signature(fingerprint, point(vector, "credential"), vector.body)
