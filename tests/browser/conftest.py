"""JavaScript to talk with, wherever it runs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.javascript.places import Ask, ask_node, ask_page, page_under_test


@pytest.fixture(scope="module", params=["node", "window", "worker"])
def ask(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Ask]:
    """Ask JavaScript to do one thing; returns its answer."""
    if request.param == "node":
        yield lambda act, **details: ask_node({"act": act, **details})[0]
        return
    with page_under_test(browser) as page:
        yield lambda act, **details: ask_page(
            page, request.param, {"act": act, **details}
        )[0]
