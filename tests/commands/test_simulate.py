"""scripts/simulate: a whole election through HTTP, and what it leaves behind."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts.simulation.rolls import write_roll
from tests.commands.installations import ROOT, living_programs


def _simulate(out: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [ROOT / "scripts" / "simulate", "--out", out, "--json", *arguments],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def _verify(record: Path) -> dict[str, Any]:
    done = subprocess.run(
        [ROOT / "scripts" / "verify", record, "--json"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.timeout(600)
def test_a_small_election_ends_verified_and_shredded(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("--voters", "30", "--until", "shredded", "--seed", "7")
    found = _simulate(out, *arguments)
    assert found["entitled"] == 30
    assert found["marks"] == found["ballots"] == found["voted"] > 0
    assert sum(found["result"][0]["votes"].values()) == found["ballots"]
    assert found["verified"] is True
    assert found["shredding_checks_failed"] == []
    assert found["approved_at"] < found["shredded_at"]
    stages = {"prepare", "send", "open", "vote", "close", "count", "approve", "shred"}
    assert stages <= found["seconds"].keys()
    _see_what_it_left(out, found)
    assert list(living_programs(out / "data")) == []


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_two_thousand_vote_within_minutes(tmp_path: Path) -> None:
    found = _simulate(tmp_path, "--voters", "2000", "--until", "approved")
    assert found["entitled"] == 2000
    assert found["marks"] == found["ballots"] == found["voted"]
    assert found["verified"] is True


@pytest.mark.long
@pytest.mark.timeout(600)
def test_register_and_service_apart_come_to_the_same_end(tmp_path: Path) -> None:
    arguments = ("--voters", "30", "--until", "shredded", "--two-processes")
    found = _simulate(tmp_path, *arguments)
    assert found["verified"] is True
    assert found["shredding_checks_failed"] == []


def test_a_group_without_anybody_is_refused(tmp_path: Path) -> None:
    refused = subprocess.run(
        [
            *(ROOT / "scripts" / "simulate", "--out", tmp_path),
            *("--voters", "3", "--groups", "4"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 2
    assert "one in each group" in refused.stderr


def _see_what_it_left(out: Path, found: dict[str, Any]) -> None:
    report = _verify(out / "record.zip")
    assert report["ballots"] == found["ballots"]
    protocol = json.loads((out / "protocol.json").read_bytes())
    assert protocol["turnout"] == {"entitled": 30, "voted": found["ballots"]}
    assert "Simulert uravstemning" in (out / "protocol.html").read_text("utf-8")
    certificate = json.loads((out / "certificate.json").read_bytes())
    assert certificate["election"] == found["election"]
    roll = (out / "roll.csv").read_bytes()
    assert roll.startswith(write_roll([]))
    numbers = [line.split(b";")[0] for line in roll.splitlines()[1:]]
    assert len(numbers) == 30
    _see_nobody_left(out / "data", roll)
    assert not (out / "data" / "mail" / found["election"]).exists()


def _see_nobody_left(data: Path, roll: bytes) -> None:
    addresses = [line.split(b";")[3] for line in roll.splitlines()[1:]]
    files = [file for file in data.rglob("*") if file.is_file()]
    assert any(file.name == "register.sqlite3" for file in files)
    for file in files:
        content = file.read_bytes()
        assert not [each for each in addresses if each in content], file.name
