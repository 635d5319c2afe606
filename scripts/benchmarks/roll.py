"""Reading and importing a roll, step by step as the register's jobs do it.

Each kind of file is measured in a process of its own, at a quarter of the members and
at all of them: what the memory of the second is above the first tells whether it grows.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import xlsxwriter

import register.tables  # noqa: F401 - so that the schema is whole
from infra.databases import Store, create_schema, open_store
from infra.keystore import DataKey, Keystore
from infra.secret_values import Secret
from register.persons import digest_source
from register.roll import open_roll, read_data_key, require_roll
from register.roll_findings import RollRow
from register.roll_import import (
    DifferenceTally,
    lay_up_chunk,
    settle_import,
    shelved_difference,
)
from register.roll_shelf import CHUNK
from register.rollfile import scan_roll

_ELECTION = "0" * 32
_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_HEADINGS = ("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Mobil", "Krets")
_MODULE = "scripts.benchmarks.roll"


@dataclass(frozen=True, slots=True)
class Footprint:
    """How long one step of one file takes, and the most memory until its end."""

    name: str
    seconds: float
    mebibytes: float

    @property
    def line(self) -> str:
        """For people."""
        return f"{self.name:<46} {self.seconds:>9.1f} s    {self.mebibytes:>6.0f} MiB"


def measure_roll(members: int) -> Iterator[Footprint]:
    """Check, compare and import a new roll, then the same with changes; then undo."""
    for kind in ("csv", "xlsx"):
        for count in (members // 4, members):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / f"roll.{kind}"
                write_roll(file, count)
                done = subprocess.run(
                    [sys.executable, "-P", "-m", _MODULE, str(file), folder],
                    capture_output=True,
                    check=True,
                    text=True,
                )
            for name, seconds, mebibytes in json.loads(done.stdout):
                yield Footprint(f"{kind}, {count:,}: {name}", seconds, mebibytes)


def main(file: Path, folder: Path) -> None:
    """Measure one file in this process, and print the steps as JSON."""
    store = open_store("register", f"sqlite:///{folder / 'register.sqlite3'}")
    create_schema(store)
    keystore = Keystore(folder / "keystore", Secret(bytes(range(32))))
    with store.begin() as session:
        open_roll(
            session, keystore, election_id=_ELECTION, slug="stor", title="S", now=_NOW
        )
        key = read_data_key(session, keystore, _ELECTION)
    steps = [
        *_import(store, key, file, "new"),
        *_import(store, key, file, "again"),
    ]
    sys.stdout.write(json.dumps(steps))


def _import(
    store: Store, key: DataKey, file: Path, name: str
) -> Iterator[tuple[str, float, float]]:
    started = perf_counter()
    data = file.read_bytes()
    found = scan_roll(data, file.name, lambda _row: None)
    found.require_clean()
    yield f"check, {name}", perf_counter() - started, peak()
    started = perf_counter()
    tally = lay_up_all(store, key, data, file.name)
    with store.reading() as session:
        difference = shelved_difference(session, key, _ELECTION, tally)
    yield f"compare, {name}", perf_counter() - started, peak()
    started = perf_counter()
    with store.begin() as session:
        settle_import(
            session,
            require_roll(session, _ELECTION),
            source_digest=digest_source(key, data),
            is_empty=difference.is_empty,
            now=_NOW,
        )
    yield f"import, {name}", perf_counter() - started, peak()


def lay_up_all(store: Store, key: DataKey, data: bytes, name: str) -> DifferenceTally:
    """Lay a file up beside the roll as the job does; return what it would change."""
    tally, chunk = DifferenceTally(), list[RollRow]()

    def lay_up() -> None:
        with store.begin() as session:
            lay_up_chunk(session, key, _ELECTION, chunk, tally)
        chunk.clear()

    def keep(row: RollRow) -> None:
        chunk.append(row)
        if len(chunk) == CHUNK:
            lay_up()

    scan_roll(data, name, keep)
    if chunk:
        lay_up()
    return tally


def _members(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        yield (
            *(str(100_000 + number), f"Øyvind{number % 997}", f"Ås{number % 4999}"),
            *(f"oyvind.aas{number}@post.example.no", f"+47 4{number:07d}"),
            f"Krets {number % 7}",
        )


def write_roll(file: Path, count: int) -> None:
    """Write a file of so many invented members, as its suffix says."""
    if file.suffix == ".csv":
        with file.open("w", encoding="utf-8") as out:
            out.write(";".join(_HEADINGS) + "\n")
            out.writelines(";".join(member) + "\n" for member in _members(count))
        return
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Uttrekk")
        for place, row in enumerate((_HEADINGS, *_members(count))):
            sheet.write_row(place, 0, row)


def peak() -> float:
    """Return the most memory that this process has taken until now, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
