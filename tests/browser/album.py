"""Pictures of the screens that a test passes, where somebody asks for them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Self

from playwright.sync_api import Page

WANTED: Final = "URNE_SCREENSHOTS"
"""Names the folder that the pictures are kept in."""

PHONE: Final = 320
DESKTOP: Final = 1280
_HEIGHT: Final = 900
_BEYOND_THE_EDGE: Final = """() => {
  const root = document.documentElement;
  const beyond = (one) => one.getBoundingClientRect().right > root.clientWidth + 1;
  const wide = [...document.querySelectorAll("body *")].filter(beyond).slice(0, 3);
  return root.scrollWidth > root.clientWidth
    ? [root, ...wide].map((one) => one.outerHTML.slice(0, 200))
    : [];
}"""
"""The first of what one would have to scroll sideways for."""

_SETTLED: Final = (
    "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
)
"""Resolves when the page has been laid out and painted anew."""


@dataclass(frozen=True, slots=True)
class Album:
    """Numbered pictures in a folder; without one, nothing is taken."""

    folder: Path | None
    numbers: count[int]

    @classmethod
    def asked_for(cls, otherwise: Path | None = None) -> Self:
        """Return the album that the environment asks for; else one in a folder."""
        named = os.environ.get(WANTED)
        folder = Path(named) if named else otherwise
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, count(1))

    def take(self, page: Page, name: str) -> None:
        """Keep the whole page as it looks now."""
        if self.folder is not None:
            self._keep(page, f"{next(self.numbers):02d}-{name}")

    def take_on_phone_and_desktop(self, page: Page, name: str) -> None:
        """Keep the page in both widths; on a phone nothing may hide at the side."""
        number = next(self.numbers)
        page.wait_for_load_state()
        # Else the browser scrolls to the field in use, whenever the width changes.
        page.evaluate("document.activeElement?.blur()")
        for width in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": _HEIGHT})
            self._keep(page, f"{number:02d}-{name}-{width}")
            beyond = page.evaluate(_BEYOND_THE_EDGE)
            assert not beyond, (name, width, beyond)
        page.evaluate(_SETTLED)  # else a click may still go where a button was

    def _keep(self, page: Page, name: str) -> None:
        if self.folder is not None:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)
