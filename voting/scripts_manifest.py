"""Every script that the voter's page loads, with its digest.

The list stands in the manifest (docs/protocol.md §4.1), so that anyone can compare what
a browser was given with what was announced; and in the page's import map, so that the
browser itself refuses a module that was changed on the way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Final

from voting.manifest_model import Script

STATIC: Final = Path(__file__).parent.parent / "static"
ADDRESS: Final = "/static/"
LINK_TAKER: Final = "js/voter/take_link.js"
"""Runs before all else, and takes the voting code out of the address."""
OLD_BROWSERS: Final = "js/voter/too_old.js"
PAGE: Final = "js/voter/main.js"
WORKER: Final = "js/voter/worker.js"
ENTRIES: Final = (LINK_TAKER, OLD_BROWSERS, PAGE, WORKER)

_IMPORT = re.compile(
    r"""^(?:import|export)\s+(?:[\w*\s{},$]*?\s*from\s*)?(['"])([^'"\n]+)\1""",
    re.MULTILINE,
)


class ScriptMissing(RuntimeError):
    """A script imports something that is not among the static files."""


@cache
def voter_scripts() -> tuple[Script, ...]:
    """Return the scripts, sorted by path; the files are read once a process.

    Raises:
        ScriptMissing: an import leads nowhere, or out of the static files.

    """
    found: dict[str, bytes] = {}
    waiting = list(ENTRIES)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _read(name)
            waiting += _imports(name, found[name])
    return tuple(
        Script(ADDRESS + name, hashlib.sha384(found[name]).digest())
        for name in sorted(found)
    )


@cache
def integrity_of(name: str) -> str:
    """Return ``sha384-...`` of a script, by its path below the static files."""
    digests = {script.path: script.sha384 for script in voter_scripts()}
    return _integrity(digests[ADDRESS + name])


@cache
def import_map() -> str:
    """Return the page's import map, which says the integrity of every module.

    Import maps do not reach workers: those are for whoever compares the manifest.
    """
    integrity = {each.path: _integrity(each.sha384) for each in voter_scripts()}
    return json.dumps({"integrity": integrity}, separators=(",", ":"))


@cache
def import_map_hash() -> str:
    """Return ``sha256-...`` of the import map, by which the page's policy admits it."""
    digest = hashlib.sha256(import_map().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _integrity(digest: bytes) -> str:
    return f"sha384-{base64.b64encode(digest).decode()}"


def _read(name: str) -> bytes:
    try:
        return (STATIC / name).read_bytes()
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
