"""Partial decryptions and totals."""

import json

from crypto.decryption import (
    PartialDecryption,
    Place,
    counting_statement,
    decrypted_point,
    rehearsal_point,
    rehearsal_statement,
    verify_partial,
)
from crypto.discrete_log import MAXIMUM_TOTAL, DiscreteLogs
from crypto.elgamal import Ciphertext
from crypto.group import Point
from tests.vectors.files import Vector
from tests.vectors.readers.inputs import number, octets, point

LOGS = DiscreteLogs(MAXIMUM_TOTAL)


def read_decryption(vector: Vector) -> None:
    statement = counting_statement(
        octets(vector, "fingerprint"),
        octets(vector, "tally"),
        index=number(vector, "index"),
        share_key=point(vector, "share-key"),
        place=Place(
            number(vector, "unit"), number(vector, "contest"), number(vector, "slot")
        ),
        ciphertext=Ciphertext.decode(octets(vector, "ciphertext")),
    )
    verify_partial(statement, PartialDecryption.decode(vector.body))


def read_rehearsal(vector: Vector) -> None:
    transcript = octets(vector, "transcript")
    statement = rehearsal_statement(
        transcript, number(vector, "index"), point(vector, "share-key")
    )
    verify_partial(statement, PartialDecryption.decode(vector.body))
    assert rehearsal_point(transcript) == point(vector, "point")


def read_total(vector: Vector) -> None:
    shares = {
        entry["index"]: Point.decode_nonidentity(bytes.fromhex(entry["share"]))
        for entry in json.loads(vector.inputs["shares"])
    }
    ciphertext = Ciphertext.decode(vector.body)
    opened = decrypted_point(ciphertext, shares, number(vector, "threshold"))
    assert LOGS.find(opened, number(vector, "ballots")) == number(vector, "total")
