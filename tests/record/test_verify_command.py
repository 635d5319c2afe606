"""scripts/verify: what it prints, and what it exits with."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from crypto.codes import short_fingerprint
from tests.record.builder import Built, build, plain_plan
from voting.record import RecordParts, write_record
from voting.verification.__main__ import main
from voting.verification.ballots import CHUNK
from voting.verification.runner import verify_record

ROOT = Path(__file__).resolve().parents[2]


@cache
def the_record() -> Built:
    return build(plain_plan((4, 3, 3, 2)))


def saved(parts: RecordParts, folder: Path) -> Path:
    path = folder / "record.zip"
    with path.open("wb") as target:
        write_record(parts, target)
    return path


def run_script(
    arguments: Sequence[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    # Nothing of the project is found from the current folder or the environment.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        [ROOT / "scripts" / "verify", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_the_script_verifies_a_record_from_any_folder(tmp_path: Path) -> None:
    saved(the_record().parts, tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit(0)")
    done = run_script(["record.zip", "--json"], tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"] is True
    assert told["fingerprint"] == the_record().fingerprint.hex()
    assert [check["number"] for check in told["checks"]] == list(range(1, 13))
    assert all(check["passed"] for check in told["checks"])
    assert "12 of 12 ballots" in done.stderr


def test_the_script_tells_failed_from_unusable(tmp_path: Path) -> None:
    saved(replace(the_record().parts, paper=None), tmp_path)
    (tmp_path / "letter.txt").write_text("hei")
    assert run_script(["record.zip"], tmp_path).returncode == 1
    assert run_script(["letter.txt"], tmp_path).returncode == 2
    assert run_script(["nothing.zip"], tmp_path).returncode == 2
    assert run_script([], tmp_path).returncode == 2


def test_a_reader_is_told_what_to_compare_and_what_is_not_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = the_record()
    assert main([str(saved(built.parts, tmp_path))]) == 0
    told = capsys.readouterr().out
    assert built.fingerprint.hex() in told
    assert short_fingerprint(built.fingerprint) in told
    report = verify_record(built.parts)
    assert report.facts.head.root.hex() in told
    assert "declare" in told
    assert "12. Approval: passed" in told
    assert told.count("FAILED") == 0


def test_without_paper_nothing_is_said_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = build(replace(plain_plan((4, 3, 3, 2)), paper=False)).parts
    assert main([str(saved(parts, tmp_path))]) == 0
    assert "declare" not in capsys.readouterr().out


def test_a_failed_check_is_told_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = replace(the_record().parts, paper=None)
    assert main([str(saved(parts, tmp_path))]) == 1
    told = capsys.readouterr().out
    assert "11. Protocol: FAILED: CheckFailed: " in told
    assert "NOT VERIFIED: 1 check failed." in told


def test_a_record_with_an_entry_too_many_fails_the_first_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = the_record().parts
    path = saved(replace(parts, board=(*parts.board, b"[]")), tmp_path)
    assert main([str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["checks"][0]["passed"] is False

    damaged = path.read_bytes().replace(b"tally.json", b"rally.json")
    path.write_bytes(damaged)
    assert main([str(path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is False
    assert "EntryUnknown" in told["checks"][0]["reason"]


def test_a_practice_record_is_told_apart_from_a_real_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = replace(plain_plan((4, 3, 3, 2)), changes={"practice": True})
    path = saved(build(plan).parts, tmp_path)
    assert main([str(path)]) == 0
    last = capsys.readouterr().out.splitlines()[-2:]
    assert any("PRACTICE: this is no real election" in line for line in last)
    assert main([str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["practice"] is True
    # Without the mark it is another manifest, which nobody has signed anything of.
    forged = replace(
        build(plan).parts,
        manifest=build(plan).parts.manifest.replace(
            b'"practice":true', b'"practice":false'
        ),
    )
    assert main([str(saved(forged, tmp_path))]) == 1
    real = saved(the_record().parts, tmp_path)
    assert main([str(real)]) == 0
    assert "PRACTICE" not in capsys.readouterr().out


def test_two_processes_find_what_one_finds() -> None:
    sizes = (16, 16, 16, 16)
    plan = plain_plan(sizes)
    built = build(plan)
    steps: list[tuple[int, int]] = []
    report = verify_record(
        built.parts, progress=lambda *step: steps.append(step), parallel_from=1
    )
    assert report.passed
    total = sum(sizes)
    assert steps == [(0, total), (CHUNK, total), (total, total)]
    other = replace(built.parts, manifest=the_record().parts.manifest)
    apart = verify_record(other, parallel_from=1).results
    here = verify_record(other).results
    assert [each.passed for each in apart] == [each.passed for each in here]
    assert apart[4].reason == here[4].reason
