"""Every vector, of the RFCs and our own, read by JavaScript in real Chromium."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser

from tests.javascript.places import ROOT, page_under_test

FOLDER = ROOT / "tests" / "vectors"
PATHS = sorted(
    path.relative_to(FOLDER).as_posix()
    for pattern in ("rfc/*.json", "own/**/*.txt")
    for path in FOLDER.glob(pattern)
)
RUN = "([where, texts]) => runVectors[where](texts)"


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


@pytest.fixture(scope="module", params=["window", "worker"])
def outcomes(
    request: pytest.FixtureRequest, browser: Browser
) -> Iterator[Callable[[str], dict[str, str]]]:
    """Lend what becomes of a folder's vectors, in a page or in a worker of it."""
    with page_under_test(browser) as page:

        @cache
        def outcomes_of(folder: str) -> dict[str, str]:
            texts = {
                path: (FOLDER / path).read_text("utf-8")
                for path in PATHS
                if folder_of(path) == folder
            }
            found: dict[str, str] = page.evaluate(RUN, [request.param, texts])
            return found

        yield outcomes_of


@pytest.mark.parametrize("path", PATHS)
def test_vector_is_read_as_it_says(
    path: str, outcomes: Callable[[str], dict[str, str]]
) -> None:
    assert outcomes(folder_of(path))[path] == "as expected"
