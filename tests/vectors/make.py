"""Write the project's own vectors anew: `python -m tests.vectors.make`.

All chance comes from fixed seeds, so that the same files come out every time; a test
makes them in memory and compares.
"""

import shutil
from collections.abc import Iterator

from tests.vectors.files import FOLDER, Vector
from tests.vectors.making.ballots import ballot_vectors
from tests.vectors.making.ceremonies import ceremony_vectors
from tests.vectors.making.codes import code_vectors
from tests.vectors.making.decryptions import decryption_vectors
from tests.vectors.making.keyfiles import keyfile_vectors
from tests.vectors.making.signatures import signature_vectors
from tests.vectors.making.texts import text_vectors


def every_vector() -> Iterator[Vector]:
    """All vectors, of every operation."""
    yield from ballot_vectors()
    yield from signature_vectors()
    yield from code_vectors()
    yield from ceremony_vectors()
    yield from decryption_vectors()
    yield from keyfile_vectors()
    yield from text_vectors()


def main() -> None:
    """Replace the folder by what this program makes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for vector in every_vector():
        path = FOLDER / f"{vector.name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(vector.text, encoding="utf-8")


if __name__ == "__main__":
    main()
