"""Makes the demo election of scripts/run, in the way that any election is made."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from crypto.encoding import draw_base32
from scripts.processes.addresses import Addresses
from scripts.processes.demo import Demo
from scripts.simulation.clocks import server_time
from scripts.simulation.elections import HeldElection, Place
from scripts.simulation.officials import ZONE, ElectionPlan
from scripts.simulation.rolls import invent_members

MEMBERS: Final = 48
BALLOTS: Final = 40
GROUPS: Final = 2
SEED: Final = 1
TITLE: Final = "Tariffoppgjøret 2027"
ORGANISATION: Final = "Demoforbundet"
OPEN_FOR: Final = timedelta(days=14)
KEY_FOLDER: Final = "key-files"


def main() -> int:
    """Make it; the only argument is the data folder of the running server."""
    data = Path(sys.argv[1])
    place = Place(Addresses.read(data).service_url, data)
    members = invent_members(MEMBERS, groups=GROUPS, seed=SEED)
    with HeldElection(place, _plan(data), members) as election:
        election.set_up()
        election.send_links()
        election.wait_until_open()
        # The last member votes: the reader, from an unused link.
        election.poll(members[:BALLOTS], SEED)
        _keep_key_files(data, election)
        Demo(
            election=election.id,
            slug=election.plan.slug,
            title=election.plan.title,
            ballots=BALLOTS,
            mailbox=members[-1].email,
            key_files=str(data / KEY_FOLDER),
            passphrase=election.passphrase,
        ).write(data)
    return 0


def _plan(data: Path) -> ElectionPlan:
    now = server_time(data).astimezone(ZONE).replace(second=0, microsecond=0)
    return ElectionPlan(
        title=TITLE,
        # Another name each time: one that was broken off stands in nobody's way.
        slug=f"demo-{draw_base32(4).lower()}",
        organisation=ORGANISATION,
        opens_at=now,
        closes_at=(now + OPEN_FOR).replace(hour=12, minute=0),
        practice=True,
    )


def _keep_key_files(data: Path, election: HeldElection) -> None:
    folder = data / KEY_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for holder in election.holders:
        label, _ = holder.read_secrets()
        file = folder / f"nøkkel-{label.name}-{label.title}.urnekey"
        file.write_bytes(holder.key_file)


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
