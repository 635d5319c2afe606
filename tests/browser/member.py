"""A member with a browser: what is pressed, what is seen, and what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

NARROW = 320


@dataclass(slots=True)
class Member:
    """One device of a member."""

    context: BrowserContext
    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Follow a link, and wait for the first screen."""
        self.page.goto(address)
        self.page.wait_for_selector("#scene:not([data-waiting]) h1")

    def reload(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self.page.wait_for_selector("#scene:not([data-waiting]) h1")

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, heading: str) -> None:
        """Wait for a screen."""
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()

    def reads(self, words: str) -> None:
        """Wait for words on the sheet or in an alarm."""
        self.page.locator("main").get_by_text(words).first.wait_for()

    def choose(self, contest: int, *labels: str) -> None:
        """Mark choices in a contest, by its index."""
        form = self.page.locator(f"#contest-{contest}")
        for label in labels:
            form.locator("label.choice").filter(has_text=label).first.click()

    def go_to_ballot(self, address: str) -> None:
        """From the link to the ballot."""
        self.open(address)
        self.press("Gå til stemmeseddelen")
        self.page.wait_for_selector("#contest-0")

    def review(self) -> None:
        """From the filled ballot to the review."""
        self.press("Se over stemmeseddelen")
        self.sees("Se over stemmen din")

    def cast(self) -> str:
        """From the review to the receipt; returns the tracking code."""
        self.press("Avgi stemme")
        self.sees("Stemmen din er avgitt")
        return self.tracking_code()

    def tracking_code(self) -> str:
        """The code on the screen."""
        return self.page.locator("#scene .tracking__code").first.inner_text()

    def text(self) -> str:
        """What stands on the sheet."""
        return self.page.locator("#scene").inner_text()

    def storage(self) -> str:
        """What this tab and this browser keep."""
        script = "JSON.stringify([{...sessionStorage}, {...localStorage}])"
        kept: str = self.page.evaluate(script)
        return kept

    def posted(self, act: str) -> list[Any]:
        """The bodies posted to an address that ends so."""
        return [
            json.loads(request.post_data or "null")
            for request in self.requests
            if request.method == "POST" and request.url.endswith(act)
        ]

    def lose(self, act: str, *, answer_only: bool = False) -> None:
        """Lose what is posted to an address, or only its answer."""

        def handle(route: Route) -> None:
            if answer_only and route.request.method == "POST":
                route.fetch()
            route.abort()

        self.page.route(f"**{act}", handle)

    def find_again(self, act: str) -> None:
        """Lose no more."""
        self.page.unroute(f"**{act}")


@contextmanager
def member(
    browser: Browser,
    *,
    width: int = NARROW,
    **options: Any,  # noqa: ANN401 - Playwright's
) -> Iterator[Member]:
    """Lend a device; nothing may complain on its console but what a test expects."""
    context = browser.new_context(
        viewport={"width": width, "height": 700},
        locale="nb-NO",
        reduced_motion="reduce",
        **options,
    )
    lent = Member(context, context.new_page())
    lent.page.on("request", lambda sent: _note(lent, sent))
    lent.page.on("pageerror", lambda error: lent.complaints.append(str(error)))
    lent.page.on("console", lambda said: _listen(lent, said.text))
    yield lent
    context.close()
    assert lent.complaints == []


def _note(device: Member, request: Request) -> None:
    device.requests.append(request)


def _listen(device: Member, said: str) -> None:
    # Chromium itself notes every answer that is a refusal, and every lost one.
    if not said.startswith("Failed to load resource"):
        device.complaints.append(said)
