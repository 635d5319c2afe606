"""A whole simulated election: its stages, what it leaves behind, its summary."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from crypto.encoding import draw_base32
from scripts.simulation.clocks import server_time
from scripts.simulation.drawing import Draw
from scripts.simulation.elections import HeldElection, Place
from scripts.simulation.officials import ElectionPlan
from scripts.simulation.polling import Voted
from scripts.simulation.rolls import Member, invent_members
from voting.manifest_model import Manifest
from voting.record import read_record
from voting.verification.runner import Report, verify_record

STAGES: Final = ("voted", "closed", "counted", "approved", "shredded")
"""Where a simulation may end, in order."""

OPEN_FOR: Final = timedelta(days=7)


class OtherResult(Exception):
    """The count is not what the voters chose."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is to be simulated."""

    voters: int
    groups: int
    abstain: float
    until: str
    seed: int

    def reaches(self, stage: str) -> bool:
        """Tell whether the simulation goes so far."""
        return STAGES.index(stage) <= STAGES.index(self.until)


@dataclass(slots=True)
class Run:
    """A simulation under way, and what it has found out so far."""

    place: Place
    plan: RunPlan
    out: Path
    say: Callable[[str], None]
    summary: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def hold(self) -> dict[str, Any]:
        """Hold the election as far as the plan says; return the summary.

        Raises:
            OtherResult: the count is not what the voters chose.
            Refused, PageRefused, NothingHappened, CountRefused: it came to a stop.

        """
        members = invent_members(
            self.plan.voters, groups=self.plan.groups, seed=self.plan.seed
        )
        plan = _election_plan(self.place)
        with HeldElection(self.place, plan, members) as election:
            voted = self._vote(election, members)
            if self.plan.reaches("closed"):
                with self._stage("close"):
                    election.close()
            if self.plan.reaches("counted"):
                with self._stage("count"):
                    election.count()
                self.summary |= _counted(*election.counted())
            if self.plan.reaches("approved"):
                self._approve(election, voted)
            if self.plan.reaches("shredded"):
                self._shred(election)
        return {**self.summary, "seconds": self.seconds}

    def _vote(self, election: HeldElection, members: Sequence[Member]) -> list[Voted]:
        with self._stage("prepare"):
            (self.out / "roll.csv").write_bytes(election.set_up())
        with self._stage("send"):
            election.send_links()
        with self._stage("open"):
            election.wait_until_open()
        with self._stage("vote"):
            chosen = _who_votes(members, self.plan)
            voted = election.poll(chosen, self.plan.seed)
        self.summary |= {
            "election": election.id,
            "slug": election.plan.slug,
            "entitled": len(members),
            "voted": len(voted),
        }
        return voted

    def _approve(self, election: HeldElection, voted: Sequence[Voted]) -> None:
        with self._stage("approve"):
            election.approve()
        record = election.record()
        (self.out / "record.zip").write_bytes(record)
        (self.out / "protocol.html").write_bytes(election.protocol_page())
        with self._stage("verify"):
            report = verify_record(read_record(io.BytesIO(record)))
        facts = report.facts
        (self.out / "protocol.json").write_bytes(facts.parts.protocol)
        self.summary |= _found(report)
        if report.passed:
            _require_as_voted(facts.manifest, self.summary["result"], voted)

    def _shred(self, election: HeldElection) -> None:
        with self._stage("shred"):
            encoded = election.shred()
        (self.out / "certificate.json").write_bytes(encoded)
        certificate = json.loads(encoded)
        self.summary |= {
            "shredded_at": certificate["shredded_at"],
            "shredding_checks_failed": [
                each["name"] for each in certificate["checks"] if not each["passed"]
            ],
        }

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self.say(f"{name} ...")
        since = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - since, 1)
        self.say(f"{name}: {self.seconds[name]} s")


def _election_plan(place: Place) -> ElectionPlan:
    now = server_time(place.data).replace(second=0, microsecond=0)
    return ElectionPlan(
        title="Simulert uravstemning",
        slug=f"simulert-{draw_base32(5).lower()}",
        organisation="Simulert forbund",
        opens_at=now,
        closes_at=now + OPEN_FOR,
    )


def _who_votes(members: Sequence[Member], plan: RunPlan) -> list[Member]:
    draw = Draw(plan.seed, "turnout")
    chosen = [each for each in members if not draw.chance(plan.abstain)]
    draw.shuffle(chosen)
    return chosen


def _counted(manifest: dict[str, Any], protocol: dict[str, Any]) -> dict[str, Any]:
    contests = zip(manifest["contests"], protocol["contests"], strict=True)
    return {
        "marks": sum(each["marks"] for each in protocol["groups"]),
        "ballots": sum(each["ballots"] for each in protocol["groups"]),
        "result": [
            {
                "title": asked["title"],
                "votes": _by_name(asked["choices"], asked["blank"], found["total"]),
            }
            for asked, found in contests
        ],
    }


def _found(report: Report) -> dict[str, Any]:
    failed = [f"{each.name}: {each.reason}" for each in report.results if each.reason]
    if not report.passed:
        return {"verified": False, "failed": failed}
    facts = report.facts
    groups = facts.result.groups
    return {
        "marks": sum(each.marks for each in groups),
        "ballots": len(facts.box.counted),
        "result": [
            {
                "title": contest.title,
                "votes": _by_choice(facts.manifest, contest.index, found.total),
            }
            for contest, found in zip(
                facts.manifest.contests, facts.result.contests, strict=True
            )
        ],
        "verified": True,
        "approved_at": json.loads(facts.parts.approvals)["approved_at"],
    }


def _by_choice(
    manifest: Manifest, contest: int, totals: Sequence[int]
) -> dict[str, int]:
    found = manifest.contests[contest]
    return _by_name(found.choices, found.blank, totals)


def _by_name(
    choices: Sequence[str], blank: object, totals: Sequence[int]
) -> dict[str, int]:
    names = [*choices, *(["(blank)"] if blank else [])]
    return dict(zip(names, totals, strict=True))


def _require_as_voted(
    manifest: Manifest,
    result: Sequence[Mapping[str, Any]],
    voted: Sequence[Voted],
) -> None:
    chosen = [
        [0] * (len(contest.choices) + contest.blank) for contest in manifest.contests
    ]
    for each in voted:
        contests = manifest.styles[each.style].contests
        for contest, bits in zip(contests, each.chosen, strict=True):
            for slot, bit in enumerate(bits):
                chosen[contest][slot] += bit
    counted = [list(each["votes"].values()) for each in result]
    if counted != chosen:
        raise OtherResult
