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


@dataclass(frozen=True, slots=True)
class Album:
    """Numbered pictures in a folder; without one, nothing is taken."""

    folder: Path | None
    numbers: count[int]

    @classmethod
    def asked_for(cls) -> Self:
        """Return the album that the environment asks for."""
        named = os.environ.get(WANTED)
        if not named:
            return cls(None, count(1))
        folder = Path(named)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, count(1))

    def take(self, page: Page, name: str) -> None:
        """Keep the whole page as it looks now."""
        if self.folder is not None:
            file = self.folder / f"{next(self.numbers):02d}-{name}.png"
            page.screenshot(path=file, full_page=True)
