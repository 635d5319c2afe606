"""What holds of every file that is tracked."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
    )
]
MACHINE_PATHS = [
    re.compile(rf"(?<![\w.$~}}/-])/{place}/[\w.]") for place in ("home", "root", "work")
]
BINARY = {".png", ".woff2", ".xlsx", ".zip", ".mo", ".pdf"}
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; (?P<marker>.+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
LOCKS = ["lock.txt", "runtime.txt"]


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def tracked_texts() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), path.read_text("utf-8", errors="replace"))
        for path in tracked_files()
        if path.suffix not in BINARY
    ]


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / lock).read_text().splitlines():
        pin = PIN.match(line)
        if pin:
            found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def project() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def wanted(requirements: object) -> set[str]:
    assert isinstance(requirements, list)
    return {
        re.split(r"[\[>=]", entry, maxsplit=1)[0]
        for entry in requirements
        if isinstance(entry, str)
    }


def test_no_file_names_a_package_registry() -> None:
    found = [
        (name, host)
        for name, text in tracked_texts()
        for host in REGISTRIES
        if host in text
    ]
    assert found == []


def test_no_file_names_a_place_on_a_developers_machine() -> None:
    found = [
        (name, match.group())
        for name, text in tracked_texts()
        for place in MACHINE_PATHS
        if (match := place.search(text))
    ]
    assert found == []


def test_every_command_is_executable_and_says_its_interpreter() -> None:
    commands = [
        path
        for path in tracked_files()
        if path.parent in {ROOT / "scripts", ROOT / ".ci"} and not path.suffix
    ]
    assert ROOT / "scripts" / "test" in commands
    for command in commands:
        assert os.access(command, os.X_OK), command
        assert command.read_text().startswith("#!/usr/bin/env "), command


def test_ci_calls_the_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[:2] == ["#!/usr/bin/env bash", "set -euo pipefail"]
    assert lines[2:] == ['exec "$(dirname "$0")/../scripts/test"']


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_the_lock_is_a_pin_or_its_hash(lock: str) -> None:
    lines = (ROOT / "requirements" / lock).read_text().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert PIN.match(line) or HASH.match(line), line
        continues = line.endswith("\\")
        assert continues == bool(HASH.match(following)), line


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert " @ " not in text


def test_every_dependency_is_locked() -> None:
    settings = project()
    groups = settings["dependency-groups"]
    runtime = wanted(settings["project"]["dependencies"])
    assert runtime <= set(pins("runtime.txt"))
    for group in groups.values():
        assert wanted(group) <= set(pins("lock.txt"))


def test_production_runs_what_was_tested() -> None:
    tested = pins("lock.txt")
    for name, versions in pins("runtime.txt").items():
        assert versions == tested[name], name


def test_every_lint_rule_switched_off_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    section = text[
        text.index("\nignore = [") : text.index("[tool.ruff.lint.pydocstyle]")
    ]
    rules = [
        line for line in section.splitlines() if re.match(r'\s+"[A-Z0-9]+",', line)
    ]
    assert len(rules) > 20
    assert [line for line in rules if not re.search(r"# \w.{6,}", line)] == []


def test_every_decision_is_in_the_index_and_fits_a_page() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    decisions = sorted(folder.glob("0*.md"))
    assert len(decisions) >= 6
    for number, decision in enumerate(decisions, start=1):
        text = decision.read_text()
        assert text.startswith(f"# {number}. ")
        assert f"({decision.name})" in index
        assert len(text.splitlines()) <= 60, decision


def test_the_licence_is_the_whole_eupl() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\w", text, re.MULTILINE), article
    assert text.endswith("require the production of a new EUPL version.\n")
