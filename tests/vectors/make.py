"""Write the project's own vectors anew: `python -m tests.vectors.make`.

All chance comes from fixed seeds, so that the same files come out every time; a test
makes them in memory and compares.
"""

import shutil
from collections.abc import Iterator

from tests.vectors.files import FOLDER, Vector
from tests.vectors.making.ballots import ballot_vectors
from tests.vectors.making.ceremonies import ceremony_vectors


def every_vector() -> Iterator[Vector]:
    """All vectors, of every operation."""
    yield from ballot_vectors()
    yield from ceremony_vectors()


def main() -> None:
    """Replace the folder by what this program makes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for vector in every_vector():
        path = FOLDER / f"{vector.name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(vector.text, encoding="utf-8")


if __name__ == "__main__":
    main()
