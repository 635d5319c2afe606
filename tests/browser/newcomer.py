"""An official who knows one address, that of the front page, and reads from there.

Whatever else is opened is opened by a link or a button that stands on a page, or by a
link in a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from playwright.sync_api import Browser, Locator, expect

from tests.browser.visitor import SLOWLY, Visitor


@dataclass(slots=True)
class Newcomer(Visitor):
    """One official's browser, and what the official knows by heart."""

    name: str
    email: str
    password: str = field(repr=False)
    now: Callable[[], datetime]
    """What the official's telephone takes the time to be."""

    app_secret: str = field(default="", repr=False)
    """Of the authenticator app, once there is one."""

    def arrive(self) -> None:
        """Type the one address, and go to the sign-in."""
        self.page.goto(self.origin)

    def sign_in(self) -> None:
        """Fill in the page that asks who this is."""
        self.sees("Logg inn")
        self.fill("E-postadresse", self.email)
        self.fill("Passord", self.password)
        self.press("Logg inn")
        if self.app_secret:
            self.fill("Kode fra appen", self.app_code())
            self.press("Gå videre")
        expect(self.page.locator(".account__name")).to_contain_text(self.name)

    def come_back(self) -> None:
        """Go on where the work was left, days ago: the session is over."""
        self.page.reload()
        self.sign_in()

    def app_code(self) -> str:
        """The six digits that the app shows."""
        return pyotp.TOTP(self.app_secret).at(self.now())

    def go(self, place: str) -> None:
        """Choose from the menu."""
        menu = self.page.get_by_role("navigation", name="Hovedmeny")
        menu.get_by_role("link", name=place, exact=True).click()

    def go_to_election(self, title: str) -> None:
        """Find the election's page, by the menu and the list if need be."""
        self.go("Valg")
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        if heading.inner_text() == "Valg":
            self.follow(title)
        self.sees(title)

    def next_step(self) -> Locator:
        """The part of an election's page that says what is next."""
        return self.page.locator("section.next")

    def awaits_next(self, title: str) -> None:
        """Load the page until this is what is next."""
        heading = self.next_step().get_by_role("heading", name=title, exact=True)
        self.awaits(heading)

    def take_next(self, text: str) -> None:
        """Press what the page says is next: a link, or a button."""
        step = self.next_step()
        named = step.get_by_role("link", name=text, exact=True).or_(
            step.get_by_role("button", name=text, exact=True)
        )
        self.awaits(named)
        crosses = step.locator("form[action$='/r/inn']").count() > 0
        named.first.click()
        if crosses:
            self.wait_for_register()

    def cross(self, text: str) -> None:
        """Press a button that leads over to the register."""
        self.press(text)
        self.wait_for_register()

    def wait_for_register(self) -> None:
        """Wait for the page beyond the one that lets in."""
        self.page.wait_for_url("**/r/valg/**")


@contextmanager
def newcomer_at(
    browser: Browser,
    origin: str,
    now: Callable[[], datetime],
    *,
    name: str,
    email: str,
    password: str,
) -> Iterator[Newcomer]:
    """Lend somebody a browser; no script may fail in it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="nb-NO", reduced_motion="reduce"
    )
    context.set_default_timeout(SLOWLY)
    lent = Newcomer(context, context.new_page(), origin, name, email, password, now)
    lent.hear(lent.page)
    yield lent
    context.close()
    assert lent.complaints == []
