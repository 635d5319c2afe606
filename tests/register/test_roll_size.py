import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.register.roll_files import HEADINGS, as_csv

MEMBERS = 100_000
SCRIPT = Path(__file__).with_name("import_once.py")


def members() -> Iterator[tuple[str, ...]]:
    for number in range(MEMBERS):
        yield (
            *(str(100_000 + number), f"Øyvind{number % 997}", f"Ås{number % 4999}"),
            *(f"oyvind.aas{number}@post.example.no", f"+47 4{number:07d}"),
            f"Krets {number % 7}",
        )


def write_roll(file: Path) -> None:
    if file.suffix == ".csv":
        file.write_bytes(as_csv(HEADINGS, *members(), encoding="cp1252"))
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Uttrekk")
    sheet.append(HEADINGS)
    for member in members():
        sheet.append(member)
    book.save(file)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_100_000_members_are_imported_in_a_minute_and_500_mb(
    tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"roll.{kind}"
    write_roll(file)
    done = subprocess.run(
        [sys.executable, SCRIPT, file, tmp_path],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": "."},
        text=True,
    )
    took = json.loads(done.stdout)
    assert took["members"] == MEMBERS
    assert took["mebibytes"] < 500
    assert took["seconds"] < 60
