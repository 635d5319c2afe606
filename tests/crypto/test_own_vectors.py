"""Every file of tests/vectors/own does what it says it does."""

import pytest

from crypto.errors import CryptoError
from tests.vectors.files import FOLDER, Vector, read_all
from tests.vectors.make import every_vector
from tests.vectors.reading import READERS

VECTORS = read_all()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_vector_is_answered_as_it_expects(vector: Vector) -> None:
    read = READERS[vector.operation]
    if vector.expect == "ok":
        read(vector)
        return
    with pytest.raises(CryptoError) as refusal:
        read(vector)
    assert type(refusal.value).__name__ == vector.expect


def test_the_program_makes_exactly_the_files_that_are_kept() -> None:
    made = {vector.name: vector.text for vector in every_vector()}
    kept = {
        path.relative_to(FOLDER).with_suffix("").as_posix(): path.read_text("utf-8")
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert made == kept


def test_every_operation_has_accepted_and_refused_cases() -> None:
    for operation in READERS:
        expected = {v.expect == "ok" for v in VECTORS if v.operation == operation}
        assert expected == {True, False}, operation
