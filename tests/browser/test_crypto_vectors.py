"""Every vector, of the RFCs and our own, read by JavaScript in real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.javascript.places import ROOT, page_under_test

FOLDER = ROOT / "tests" / "vectors"
PATHS = sorted(
    path.relative_to(FOLDER).as_posix()
    for pattern in ("rfc/*.json", "own/**/*.txt")
    for path in FOLDER.glob(pattern)
)


@pytest.fixture(scope="module", params=["window", "worker"])
def outcomes(request: pytest.FixtureRequest, browser: Browser) -> Iterator[object]:
    """What became of every vector, in a page or in a module worker of it."""
    texts = {path: (FOLDER / path).read_text("utf-8") for path in PATHS}
    with page_under_test(browser) as page:
        script = "([where, texts]) => runVectors[where](texts)"
        yield page.evaluate(script, [request.param, texts])


@pytest.mark.parametrize("path", PATHS)
def test_vector_is_read_as_it_says(path: str, outcomes: dict[str, str]) -> None:
    assert outcomes[path] == "as expected"
