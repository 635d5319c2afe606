"""Key holders at their pages, each in a browser context of the own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    expect,
)

ROOT = Path(__file__).resolve().parents[2]
SAVED_PAGE = ROOT / "static" / "single" / "holder.html"
AXE = ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSPHRASE = "sju ville svaner over sjøen"
SLOWLY = 60_000
"""Milliseconds that a stage may take: Argon2id, proofs, the others' answers."""
MOST_TABS = 40


@dataclass(slots=True, eq=False)
class HolderPage:
    """One holder's tab, and everything it sent and said."""

    context: BrowserContext
    page: Page
    folder: Path
    link: str
    sent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    key_file: Path | None = None
    by_keyboard: bool = False

    def open_saved(self) -> None:
        """Open the page from its file and paste the link."""
        self.page.goto(SAVED_PAGE.as_uri())
        self.fill("Lenken til nøkkelsiden", self.link)
        self.press("Åpne")

    def open_served(self) -> None:
        """Follow the link."""
        self.page.goto(self.link)

    def press(self, name: str) -> None:
        """Press a button."""
        button = self.page.get_by_role("button", name=name, exact=True)
        if self.by_keyboard:
            self._reach(button)
            self.page.keyboard.press("Enter")
        else:
            button.click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        target = self.page.get_by_label(label, exact=True)
        if self.by_keyboard:
            self._reach(target)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        else:
            target.fill(text)

    def tick(self, label: str) -> None:
        """Tick a box."""
        box = self.page.get_by_label(label, exact=True)
        if self.by_keyboard:
            self._reach(box)
            self.page.keyboard.press("Space")
            expect(box).to_be_checked()
        else:
            box.check()

    def choose_file(self, label: str, *files: Path) -> None:
        """Choose files."""
        target = self.page.get_by_label(label, exact=True)
        if self.by_keyboard:
            self._reach(target)
            with self.page.expect_file_chooser() as chooser:
                self.page.keyboard.press("Space")
            chooser.value.set_files(files)
        else:
            target.set_input_files(files)

    def sees(self, heading: str) -> None:
        """Wait until the screen has this heading."""
        found = self.page.get_by_role("heading", level=1, name=heading, exact=True)
        expect(found).to_be_visible(timeout=SLOWLY)

    def reads(self, text: str) -> None:
        """Wait until the page shows a text."""
        shown = self.page.get_by_text(text).first
        expect(shown).to_be_visible(timeout=SLOWLY)

    def make_keys(self) -> None:
        """Choose a passphrase."""
        self.sees("Lag nøklene dine")
        self.fill("Passordfrase", PASSPHRASE)
        self.fill("Passordfrasen en gang til", PASSPHRASE)
        self.press("Lag nøklene")

    def words(self) -> list[str]:
        """The words that are to be read aloud."""
        self.sees("Les ordene for hverandre")
        return self.page.locator(".words__word").all_inner_texts()

    def confirm_words(self) -> None:
        """Say that all have read the same."""
        self.tick("Alle leste de samme ordene")
        self.press("Gå videre")

    def save_key_file(self) -> None:
        """Download the key file."""
        self.sees("Lagre nøkkelfila")
        self._download("Last ned nøkkelfila")

    def rehearse(self) -> None:
        """Read the saved file back."""
        self.sees("Prøv nøkkelfila")
        self.unlock("Prøv nøkkelfila")

    def unlock(self, button: str, passphrase: str = PASSPHRASE) -> None:
        """Choose the key file, type the passphrase, press."""
        assert self.key_file is not None
        self.choose_file("Nøkkelfila", self.key_file)
        self.fill("Passordfrase", passphrase)
        self.press(button)

    def count(self, before_sending: Callable[[], None] = lambda: None) -> None:
        """Verify, reckon, save the file that remembers, hand in."""
        self.sees("Tell opp stemmene")
        self.unlock("Kontroller og regn ut")
        self.sees("Regnestykket stemmer")
        before_sending()
        self._download("Lagre nøkkelfila og send")

    def axe_faults(self) -> list[tuple[str, str]]:
        """What axe finds on the screen, in this width."""
        self.page.evaluate(AXE.read_text("utf-8"))
        script = "(rules) => axe.run(document, rules)"
        found = self.page.evaluate(script, {"runOnly": AXE_RULES})["violations"]
        return [(fault["id"], fault["nodes"][0]["html"]) for fault in found]

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=SLOWLY)
        for _ in range(MOST_TABS):
            if target.evaluate("(one) => one === document.activeElement"):
                assert target.evaluate("(one) => one.matches(':focus-visible')")
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by the keyboard")

    def _download(self, button: str) -> None:
        with self.page.expect_download(timeout=SLOWLY) as caught:
            self.press(button)
        name = caught.value.suggested_filename
        self.key_file = self.folder / name
        caught.value.save_as(self.key_file)


@contextmanager
def holders_at(
    browser: Browser,
    folder: Path,
    links: Sequence[str],
    options: Mapping[str, object] | None = None,
) -> Iterator[list[HolderPage]]:
    """A tab for each link; what goes wrong in one of them is an error at the end."""
    pages = [
        _a_holder(browser, folder / str(number), link, options or {})
        for number, link in enumerate(links, start=1)
    ]
    yield pages
    for each in pages:
        each.context.close()
    complaints = [line for each in pages for line in each.said]
    assert complaints == [], complaints


def _a_holder(
    browser: Browser, folder: Path, link: str, options: Mapping[str, object]
) -> HolderPage:
    folder.mkdir(parents=True)
    context = browser.new_context(**{"locale": "nb-NO", **options})  # type: ignore[arg-type]
    page = context.new_page()
    holder = HolderPage(context, page, folder, link)
    page.on("console", lambda message: holder.said.append(message.text))
    page.on("pageerror", lambda error: holder.said.append(str(error)))
    context.on("request", lambda request: holder.sent.append(_written(request)))
    return holder


def _written(request: Request) -> str:
    headers = "\n".join(f"{k}: {v}" for k, v in request.headers.items())
    return f"{request.method} {request.url}\n{headers}\n\n{request.post_data or ''}"
