"""Casts or moves, and is killed after the work and before the commit.

Arguments: cast or move, the address of the service's store, the election's id.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from infra.databases import open_store
from voting.box import BoxedBallot, drop_ballot, hold_batch, take_batch


def main(moment: str, url: str, election: str) -> None:
    """Do it, and die."""
    store = open_store("service", url)
    with store.begin() as session:
        if moment == "cast":
            hold_batch(session, election)
            drop_ballot(session, election, BoxedBallot(b"t" * 32, b"c" * 32, 0, b"{}"))
        elif not take_batch(session, election, 1):
            raise SystemExit("nothing was there to move")
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


main(*sys.argv[1:])
