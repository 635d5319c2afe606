"""The set-up that scripts/run and scripts/test share, where something is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Make the only folder on the PATH: without Python, Chromium or apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "dirname", "cat"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def put(programs: Path, name: str, script: str) -> None:
    path = programs / name
    path.write_text(f"#!{programs / 'bash'}\n{script}\n")
    path.chmod(0o755)


def call(programs: Path, function: str) -> subprocess.CompletedProcess[str]:
    library = ROOT / "scripts" / "lib" / "environment.sh"
    return subprocess.run(
        [programs / "bash", "-euc", f'. "{library}"; {function}'],
        env={"PATH": str(programs)},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_python_that_is_too_old_is_passed_by(programs: Path) -> None:
    put(programs, "python3", "exit 1")
    put(programs, "python3.12", "exit 0")
    found = call(programs, "find_python")
    assert found.stdout.strip() == str(programs / "python3.12")


def test_a_machine_without_python_is_told_what_to_install(programs: Path) -> None:
    put(programs, "python3", "exit 1")
    refused = call(programs, "prepare_environment")
    assert refused.returncode == 1
    assert "Python 3.11 or newer was not found" in refused.stderr


def test_chromium_that_is_there_is_taken(programs: Path) -> None:
    put(programs, "chromium", "exit 0")
    assert call(programs, "require_chromium").returncode == 0


def test_who_may_not_install_is_told_the_one_line(programs: Path) -> None:
    put(programs, "id", "echo 1000")
    put(programs, "apt-get", "exit 0")
    refused = call(programs, "require_chromium")
    assert refused.returncode == 1
    assert "apt-get update && apt-get install -y chromium" in refused.stderr


def test_root_installs_what_is_missing(programs: Path, tmp_path: Path) -> None:
    put(programs, "id", "echo 0")
    put(programs, "apt-get", f'echo "$@" >>"{tmp_path}/calls"')
    assert call(programs, "require_chromium").returncode == 0
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls == ["update -qq", "install -y -qq chromium"]


@pytest.fixture
def bare_venv(tmp_path: Path) -> str:
    """An environment whose Python finds no library."""
    folder = tmp_path / "venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text("#!/bin/sh\nexit 1\n")
    (folder / "python").chmod(0o755)
    return f'venv="{tmp_path}/venv"'


def test_pango_that_can_be_loaded_is_taken(programs: Path) -> None:
    assert call(programs, "require_pango").returncode == 0


def test_who_may_not_install_pango_is_told_the_one_line(
    programs: Path, bare_venv: str
) -> None:
    put(programs, "id", "echo 1000")
    refused = call(programs, f"{bare_venv}; require_pango")
    assert refused.returncode == 1
    line = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert line in refused.stderr


def test_root_installs_pango_where_it_is_missing(
    programs: Path, bare_venv: str, tmp_path: Path
) -> None:
    put(programs, "id", "echo 0")
    put(programs, "apt-get", f'echo "$@" >>"{tmp_path}/calls"')
    assert call(programs, f"{bare_venv}; require_pango").returncode == 0
    assert "libpangoft2-1.0-0" in (tmp_path / "calls").read_text()


def test_an_unknown_option_is_refused_before_anything_is_done() -> None:
    refused = subprocess.run(
        [ROOT / "scripts" / "test", "--fast"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 2
    assert "scripts/test [--long]" in refused.stderr
