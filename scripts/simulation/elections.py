"""An election step by step, as its officials, key holders and members take it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from crypto.encoding import draw_base32
from scripts.processes.officials import Login, read_logins
from scripts.processes.plan import MAIL_FOLDER
from scripts.simulation.clocks import move_to, server_time
from scripts.simulation.counting import approve, count
from scripts.simulation.forms import NoSuchForm
from scripts.simulation.holders import HolderClient, hold_ceremony
from scripts.simulation.mailboxes import Mailboxes
from scripts.simulation.officials import ElectionPlan, OfficialClient
from scripts.simulation.polling import Vote, Voted, cast_votes
from scripts.simulation.rolls import Member, write_roll
from scripts.simulation.voters import VoterClient
from scripts.simulation.waiting import wait_for
from scripts.simulation.web import HttpClient, Refused

THRESHOLD: Final = 2
"""Key holders who open a sum together, and who sign, of three."""

RETENTION: Final = timedelta(days=30)
SENDING_SECONDS: Final = 1_200
WORK_SECONDS: Final = 3_600
_SPARE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Place:
    """A running server, and the folder where its mail and its clock are."""

    url: str
    data: Path

    @property
    def logins(self) -> list[Login]:
        """Its officials."""
        return read_logins(self.data)


@dataclass(slots=True)
class HeldElection:
    """One election on its way; use it in a ``with``."""

    place: Place
    plan: ElectionPlan
    members: Sequence[Member]
    id: str = ""
    holders: list[HolderClient] = field(default_factory=list)
    passphrase: str = field(default_factory=lambda: draw_base32(16), repr=False)
    _open: ExitStack = field(default_factory=ExitStack, repr=False)
    _organiser: OfficialClient | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _raised: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def organiser(self) -> OfficialClient:
        """The organiser, signed in."""
        if self._organiser is None:
            self._organiser = self._signed_in("organiser")[0]
        return self._organiser

    @property
    def phase(self) -> str:
        """Where the election stands, as the service tells its key holders."""
        return str(self._desk()["election"]["phase"])

    def set_up(self, *, encoding: str = "utf-8-sig") -> bytes:
        """Create it, import the roll, make the keys, seal; return the roll file."""
        roll = write_roll(self.members, encoding=encoding)
        self.id = self.organiser.create_election(self.plan)
        self.organiser.enter_register(self.id)
        self.organiser.import_roll(self.id, "manntall.csv", roll)
        self.organiser.seat_committee(self.id, threshold=THRESHOLD, approvals=THRESHOLD)
        self.organiser.start_ceremony(self.id)
        self._make_keys()
        self.organiser.freeze_roll(self.id)
        self.organiser.seal(self.id)
        return roll

    def send_links(self) -> None:
        """Have every member sent a mail, and wait until the last has arrived."""
        sending = self.organiser.send_invitations(self.id, len(self.members))
        wait_for(
            "the invitations",
            lambda: self.organiser.is_sent(self.id, sending),
            seconds=SENDING_SECONDS,
        )

    def mailboxes(self) -> Mailboxes:
        """Read what the members have got."""
        boxes = Mailboxes(self.place.data / MAIL_FOLDER, self.id)
        boxes.refresh()
        return boxes

    def wait_until_open(self) -> None:
        """Wait until the sweeps have opened both sides."""
        wait_for("the service to open", lambda: self.phase == "open")
        link = self.mailboxes().link_of(self.members[0].email)
        with VoterClient(link) as voter:
            wait_for(
                "the register to open",
                lambda: voter.identify().election_phase == "open",
            )

    def poll(self, voters: Sequence[Member], seed: int) -> list[Voted]:
        """Have these members vote."""
        boxes = self.mailboxes()
        votes = [
            Vote(boxes.link_of(each.email), seed, number)
            for number, each in enumerate(voters)
        ]
        return cast_votes(votes)

    def close(self) -> None:
        """Move the clock past the closing time and its grace, and wait for the end."""
        election = self._desk()["election"]
        closes = datetime.fromisoformat(election["closes_at"])
        grace = self._manifest()["rules"]["grace_seconds"]
        self._move_to(closes + timedelta(seconds=grace) + _SPARE)
        wait_for("the service to close", lambda: self.phase == "closed")

    def count(self) -> None:
        """Start the count, and have k holders open the sums."""
        # No button before the register's last word and the tokens' evidence are there.
        wait_for(
            "the sums to be reckoned",
            self._is_count_begun,
            seconds=WORK_SECONDS,
            passing=NoSuchForm,
        )
        with HttpClient(self.place.url) as board:
            for holder in self.holders[:THRESHOLD]:
                count(holder, board)
        wait_for("the result", lambda: self.phase == "counted", seconds=WORK_SECONDS)

    def counted(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return manifest and protocol as the holders get them to sign."""
        tasks = self._desk()["tasks"]
        protocol = next(each["protocol"] for each in tasks if "protocol" in each)
        return self._manifest(), dict(protocol)

    def approve(self) -> None:
        """Have m holders sign the protocol."""
        for holder in self.holders[-THRESHOLD:]:
            approve(holder)
        wait_for("the approval", lambda: self.phase == "approved")

    def shred(self) -> bytes:
        """Move the clock past the retention; return the certificate."""
        self._move_to(server_time(self.place.data) + RETENTION + _SPARE)
        return wait_for("the shredding", self._certificate, passing=Refused)

    def record(self) -> bytes:
        """Download the record of the approved election, once it is written."""
        return wait_for(
            "the record",
            lambda: self._download("valgprotokoll.zip"),
            seconds=WORK_SECONDS,
            passing=Refused,
        )

    def protocol_page(self) -> bytes:
        """Download the protocol as a page."""
        return self._download("protokoll")

    def _make_keys(self) -> None:
        committee = self._signed_in("committee")
        self.holders = [self._holder(each.open_key_page(self.id)) for each in committee]
        hold_ceremony(self.holders, self.passphrase)

    def _holder(self, access_key: str) -> HolderClient:
        holder = HolderClient(self.place.url, self.id, access_key)
        self._open.callback(holder.close)
        return holder

    def _signed_in(self, role: str) -> list[OfficialClient]:
        found = [
            OfficialClient(self.place.url, login)
            for login in self.place.logins
            if login.role == role
        ]
        for each in found:
            self._open.callback(each.close)
            each.sign_in()
        return found

    def _desk(self) -> dict[str, Any]:
        return self.holders[0].desk()

    def _manifest(self) -> dict[str, Any]:
        return dict(self.holders[0].get("/sealed")["manifest"])

    def _is_count_begun(self) -> bool:
        if self._desk()["count"] is not None:
            return True
        self.organiser.start_count(self.id)
        return False

    def _move_to(self, instant: datetime) -> None:
        move_to(self.place.data, instant)
        self.organiser.sign_in()  # the session is long over

    def _certificate(self) -> bytes:
        return self._download("makuleringsattest.json")

    def _download(self, name: str) -> bytes:
        with HttpClient(self.place.url) as client:
            return client.get_bytes(f"/s/{self.plan.slug}/{name}")
