"""Every script that the voter's page loads, with its digest.

The list stands in the manifest (docs/protocol.md §4.1), so that anyone can compare what
a browser was given with what was announced; and in the page's import map, so that the
browser itself refuses a module that was changed on the way.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from infra.page_scripts import PageScripts
from voting.manifest_model import Script

LINK_TAKER: Final = "js/visit/take_link.js"
"""Runs before all else, and takes the voting code out of the address."""
OLD_BROWSERS: Final = "js/visit/too_old.js"
PAGE: Final = "js/voter/main.js"
WORKER: Final = "js/voter/worker.js"
ENTRIES: Final = (LINK_TAKER, OLD_BROWSERS, PAGE, WORKER)


@cache
def page_scripts() -> PageScripts:
    """Return the page's scripts; the files are read once a process.

    Raises:
        ScriptMissing: an import leads nowhere, or out of the static files.

    """
    return PageScripts.reached_from(ENTRIES)


@cache
def voter_scripts() -> tuple[Script, ...]:
    """Return the scripts as the manifest lists them, sorted by path."""
    digests = page_scripts().digests
    return tuple(Script(path, digest) for path, digest in digests.items())
