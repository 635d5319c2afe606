"""Every script that a respondent's page loads, with its digest."""

from __future__ import annotations

from functools import cache
from typing import Final

from infra.page_scripts import PageScripts

LINK_TAKER: Final = "js/visit/take_link.js"
"""Runs before all else, and takes the code out of the address."""
OLD_BROWSERS: Final = "js/visit/too_old.js"
PAGE: Final = "js/survey/main.js"
WORKER: Final = "js/survey/worker.js"


@cache
def page_scripts() -> PageScripts:
    """Return the page's scripts; the files are read once a process.

    Raises:
        ScriptMissing: an import leads nowhere, or out of the static files.

    """
    return PageScripts.reached_from((LINK_TAKER, OLD_BROWSERS, PAGE, WORKER))


def script_links() -> dict[str, str]:
    """Return what the template writes of them."""
    scripts = page_scripts()
    return {
        "import_map": scripts.import_map,
        "link_taker": LINK_TAKER,
        "link_taker_integrity": scripts.integrity_of(LINK_TAKER),
        "old_browsers": OLD_BROWSERS,
        "old_browsers_integrity": scripts.integrity_of(OLD_BROWSERS),
        "page": PAGE,
    }
