"""Somebody with a browser: pages read and pressed as a person does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Download, Locator, Page, expect

from scripts.simulation.officials import ZONE
from scripts.simulation.waiting import wait_for
from tests.browser.holder_pages import HolderPage

SLOWLY: Final = 60_000
"""Milliseconds that a page may take on a busy machine."""


@dataclass(slots=True)
class Visitor:
    """One person's browser."""

    context: BrowserContext
    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list, kw_only=True)

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def fill_time(self, label: str, instant: datetime) -> None:
        """Choose day and time, as clocks in Norway show it."""
        self.fill(label, instant.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"))

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_label(label, exact=True).check()

    def sees(self, heading: str) -> None:
        """Wait until the page has this heading, of any level."""
        found = self.page.get_by_role("heading", name=heading, exact=True)
        expect(found.first).to_be_visible(timeout=SLOWLY)

    def reads(self, text: str) -> None:
        """Wait until the page shows a text."""
        found = self.page.locator("main").get_by_text(text).first
        expect(found).to_be_visible(timeout=SLOWLY)

    def awaits(self, sought: Locator) -> None:
        """Load the page again and again until something has come by itself."""

        def look() -> bool:
            if sought.first.is_visible():
                return True
            self.page.reload()
            return False

        wait_for(f"{sought} at {self.page.url}", look)

    def awaits_button(self, name: str) -> None:
        """Load the page until it has this button."""
        self.awaits(self.page.get_by_role("button", name=name, exact=True))

    def awaits_link(self, name: str) -> None:
        """Load the page until it has this link."""
        self.awaits(self.page.get_by_role("link", name=name, exact=True))

    def awaits_heading(self, name: str) -> None:
        """Load the page until it has this heading."""
        self.awaits(self.page.get_by_role("heading", name=name, exact=True))

    def download(self, link: str) -> Download:
        """Follow a link to a file."""
        with self.page.expect_download(timeout=SLOWLY) as caught:
            self.follow(link)
        return caught.value

    def go_to_key_page(self, folder: Path, key_file: Path | None = None) -> HolderPage:
        """Open the own key page from here, in the tab that its link asks for."""
        self.press("Åpne nøkkelsiden")
        with self.context.expect_page() as opened:
            self.follow("Gå til nøkkelsiden")
        page = opened.value
        self.hear(page)
        folder.mkdir(parents=True, exist_ok=True)
        return HolderPage(self.context, page, folder, page.url, key_file=key_file)

    def hear(self, page: Page) -> None:
        """Note what goes wrong in a tab."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
