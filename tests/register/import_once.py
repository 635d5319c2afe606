"""Import one roll file into a fresh register, and print what that took as JSON.

A process of its own, so that its memory is the import's alone. Arguments: the file
and an empty folder.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import register.tables  # noqa: F401 - so that the schema is whole
from infra.databases import create_schema, open_store
from infra.keystore import Keystore
from infra.secret_values import Secret
from register.roll import open_roll
from register.roll_import import import_roll
from register.rollfile import read_roll

ELECTION = "0" * 32
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def main(file: Path, folder: Path) -> None:
    """Import the file and print processor seconds, mebibytes and members."""
    store = open_store("register", f"sqlite:///{folder / 'register.sqlite3'}")
    create_schema(store)
    keystore = Keystore(folder / "keystore", Secret(bytes(range(32))))
    with store.begin() as session:
        open_roll(
            session, keystore, election_id=ELECTION, slug="stor", title="Stor", now=NOW
        )
    started = process_time()
    data = file.read_bytes()
    preview = read_roll(data, file.name)
    with store.begin() as session:
        difference = import_roll(
            session,
            keystore,
            election_id=ELECTION,
            preview=preview,
            source=data,
            now=NOW,
        )
    took = {
        "seconds": process_time() - started,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "members": len(difference.added_lines),
    }
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
