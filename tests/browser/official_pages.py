"""An official who knows the addresses of an election's pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect

from scripts.processes.officials import Login
from tests.browser.holder_pages import HolderPage
from tests.browser.visitor import SLOWLY, Visitor


@dataclass(slots=True)
class Official(Visitor):
    """One official's browser; `election` is the id, as soon as there is one."""

    login: Login
    election: str = ""

    def sign_in(self) -> None:
        """Sign in; again when the clock was moved beyond the session."""
        self.page.goto(f"{self.origin}/konto/inn")
        self.fill("E-postadresse", self.login.email)
        self.fill("Passord", self.login.password)
        self.press("Logg inn")
        expect(self.page.locator(".account__name")).to_contain_text(self.login.name)

    def visit(self, name: str = "") -> None:
        """Go to a page of the election on the service's side."""
        ending = f"/{name}" if name else ""
        self.page.goto(f"{self.origin}/valg/{self.election}{ending}")

    def enter_register(self, name: str) -> None:
        """Go over to a page of the register, by a button on the election's page."""
        self.visit()
        way = self.page.locator("form[action$='/r/inn']").filter(
            has=self.page.locator(f"input[name=next][value$='/{name}']")
        )
        way.get_by_role("button").first.click()
        self.page.wait_for_url(f"**/r/valg/{self.election}/{name}")

    def open_key_page(self, folder: Path, key_file: Path | None = None) -> HolderPage:
        """Open the own key page, in the tab that its link asks for."""
        self.visit("komite")
        return self.go_to_key_page(folder, key_file)


@contextmanager
def official_at(browser: Browser, origin: str, login: Login) -> Iterator[Official]:
    """Lend an official a browser and sign in; no script may fail in it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="nb-NO", reduced_motion="reduce"
    )
    context.set_default_timeout(SLOWLY)
    official = Official(context, context.new_page(), origin, login)
    official.hear(official.page)
    official.sign_in()
    yield official
    context.close()
    assert official.complaints == []
