"""Looking for bytes in files: what was shredded must stand nowhere any more.

The search is a plain one, file by file, in overlapping pieces, so that nothing hides
across the edge of a piece. It tells where something was found, never what.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PIECE: Final = 16 * 1024 * 1024
"""Bytes that are looked through at a time."""

SHORTEST: Final = 8
"""A needle of fewer bytes stands in large files by chance."""


class NeedleTooShort(ValueError):
    """Fewer than 8 bytes were to be looked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of needle that was found, and the file it was found in."""

    kind: str
    file: Path


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked through, and what was found."""

    files: int
    size: int
    """In bytes."""
    findings: tuple[Finding, ...]
    unreadable: tuple[Path, ...]


def look_through(
    folders: Iterable[Path],
    needles: Mapping[str, Iterable[bytes]],
    *,
    skip: Iterable[Path] = (),
) -> Look:
    """Look through every file below some folders for needles, by kind.

    `skip` names files, and folders with all below them. A file that vanishes
    meanwhile (a rotated log) is passed over; one that cannot be read is named.

    Raises:
        NeedleTooShort: a needle has fewer than 8 bytes.

    """
    wanted = {kind: tuple(each) for kind, each in needles.items()}
    if any(len(needle) < SHORTEST for each in wanted.values() for needle in each):
        raise NeedleTooShort
    passed = {path.resolve() for path in skip}
    files = size = 0
    findings: list[Finding] = []
    unreadable: list[Path] = []
    for file in _files_below(folders):
        real = file.resolve()
        if real in passed or not passed.isdisjoint(real.parents):
            continue
        try:
            found, read = _look_in(file, wanted)
        except FileNotFoundError:
            continue
        except OSError:
            unreadable.append(file)
            continue
        files, size = files + 1, size + read
        findings.extend(Finding(kind, file) for kind in sorted(found))
    return Look(files, size, tuple(findings), tuple(unreadable))


def _files_below(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                file = Path(root) / name
                if file.is_file() and not file.is_symlink():
                    yield file


def _look_in(
    file: Path, needles: Mapping[str, tuple[bytes, ...]]
) -> tuple[set[str], int]:
    longest = max((len(n) for each in needles.values() for n in each), default=1)
    found: set[str] = set()
    read = 0
    edge = b""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            read += len(piece)
            held = edge + piece
            for kind, each in needles.items():
                if kind not in found and any(needle in held for needle in each):
                    found.add(kind)
            edge = held[-(longest - 1) :] if longest > 1 else b""
    return found, read
