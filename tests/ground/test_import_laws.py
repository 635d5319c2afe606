"""Each import law, broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["accounts", "crypto", "infra", "register", "surveys", "voting"]

BREACHES = {
    "voting-knows-surveys": ("voting/breach.py", "import surveys"),
    "surveys-knows-voting": ("surveys/breach.py", "import voting"),
    "register-knows-voting": ("register/breach.py", "import voting"),
    "accounts-knows-register": ("accounts/breach.py", "import register"),
    "infra-knows-accounts": ("infra/breach.py", "import accounts"),
    "crypto-knows-infra": ("crypto/breach.py", "import infra"),
    "crypto-knows-the-web": ("crypto/breach.py", "import flask"),
    "crypto-knows-the-database": ("crypto/breach.py", "import sqlalchemy"),
    "crypto-knows-the-queue": ("crypto/breach.py", "import rq"),
    "crypto-knows-the-clock": ("crypto/breach.py", "import time"),
    "voting-reads-the-register": ("voting/breach.py", "import register.tables"),
    "a-stranger-opens-the-box": ("voting/breach.py", "import voting.box"),
    "a-use-case-knows-the-web": ("voting/breach.py", "import flask"),
    "infra-knows-app": ("infra/breach.py", "import app"),
    "voting-knows-app": ("voting/breach.py", "from app import create_app"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    return tmp_path


def check(house: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"], cwd=house, check=False, capture_output=True, text=True
    )


def test_the_laws_are_kept(house: Path) -> None:
    checked = check(house)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("place", "line"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_found(house: Path, place: str, line: str) -> None:
    (house / place).write_text(f"{line}\n")
    checked = check(house)
    assert checked.returncode == 1
    assert place.removesuffix(".py").replace("/", ".") in checked.stdout


@pytest.mark.parametrize("rule", ["voting.decision", "register.rollfile"])
def test_a_rule_that_reads_the_database_is_found(house: Path, rule: str) -> None:
    with (house / f"{rule.replace('.', '/')}.py").open("a") as module:
        module.write("import sqlalchemy\n")
    checked = check(house)
    assert checked.returncode == 1
    assert f"{rule} -> sqlalchemy" in checked.stdout


def test_sealed_ballots_are_closed_to_all_but_the_box(tmp_path: Path) -> None:
    line = "from voting.tables import BallotInIntake, BallotOnBoard  # noqa: F401\n"
    (tmp_path / "voting").mkdir()
    for name in ("box", "tally"):
        (tmp_path / "voting" / f"{name}.py").write_text(line)
    ruff = str(Path(sys.executable).with_name("ruff"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    checked = subprocess.run(
        [ruff, "check", "--select", "TID251", "--no-cache", "."],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.stdout.count("Only voting.box touches sealed ballots") == 2
    assert "voting/box.py" not in checked.stdout


def test_a_circle_is_found(house: Path) -> None:
    (house / "voting/breach.py").write_text("import voting.circle\n")
    (house / "voting/circle.py").write_text("import voting.breach\n")
    assert check(house).returncode == 1
