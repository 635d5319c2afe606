"""What tests/javascript/*.test.mjs says, run by Node."""

import subprocess

import pytest

from tests.javascript.places import HERE, node_path

FILES = sorted(HERE.glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_javascript_passes_in_node(file: object) -> None:
    outcome = subprocess.run(
        [node_path(), "--test", "--test-reporter=spec", str(file)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_there_is_javascript_to_test() -> None:
    assert len(FILES) >= 2
