"""Every script that a page without an official loads, with its digest.

The list goes into the page's import map, so that the browser itself refuses a module
that was changed on the way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent.parent / "static"
ADDRESS: Final = "/static/"

_IMPORT = re.compile(
    r"""^(?:import|export)\s+(?:[\w*\s{},$]*?\s*from\s*)?(['"])([^'"\n]+)\1""",
    re.MULTILINE,
)


class ScriptMissing(RuntimeError):
    """A script imports something that is not among the static files."""


@dataclass(frozen=True, slots=True)
class PageScripts:
    """The scripts of one page, by their addresses, sorted; SHA-384, 48 bytes each."""

    digests: Mapping[str, bytes]

    @classmethod
    def reached_from(cls, entries: Sequence[str], static: Path = STATIC) -> PageScripts:
        """Read what the entries import, by their paths below the static files.

        Raises:
            ScriptMissing: an import leads nowhere, or out of the static files.

        """
        found: dict[str, bytes] = {}
        waiting = list(entries)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = _read(static, name)
                waiting += _imports(name, found[name])
        return cls(
            {
                ADDRESS + name: hashlib.sha384(found[name]).digest()
                for name in sorted(found)
            }
        )

    def integrity_of(self, name: str) -> str:
        """Return ``sha384-...`` of a script, by its path below the static files."""
        return _integrity(self.digests[ADDRESS + name])

    @property
    def import_map(self) -> str:
        """The page's import map, which says the integrity of every module.

        Import maps do not reach workers: those are for whoever compares.
        """
        integrity = {path: _integrity(each) for path, each in self.digests.items()}
        return json.dumps({"integrity": integrity}, separators=(",", ":"))

    @property
    def import_map_hash(self) -> str:
        """``sha256-...`` of the import map, by which the page's policy admits it."""
        digest = hashlib.sha256(self.import_map.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"


def _integrity(digest: bytes) -> str:
    return f"sha384-{base64.b64encode(digest).decode()}"


def _read(static: Path, name: str) -> bytes:
    try:
        return (static / name).read_bytes()
    except OSError:
        raise ScriptMissing(name) from None


def _imports(name: str, source: bytes) -> list[str]:
    folder = posixpath.dirname(name)
    imported = []
    for _, specifier in _IMPORT.findall(source.decode("utf-8")):
        target = posixpath.normpath(posixpath.join(folder, specifier))
        if not specifier.startswith("./") and not specifier.startswith("../"):
            raise ScriptMissing(f"{name} imports the bare name {specifier}")
        if target.startswith(".."):
            raise ScriptMissing(f"{name} imports {specifier}")
        imported.append(target)
    return imported
