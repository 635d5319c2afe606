"""Looking closely at a key holder's screen, at both widths."""

from __future__ import annotations

from tests.browser.holder_pages import HolderPage

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


def look_closely(holder: HolderPage, name: str) -> None:
    """Nothing hides beside a narrow phone, and axe finds nothing at either width."""
    for size in (WIDE, NARROW):
        holder.page.set_viewport_size(size)  # type: ignore[arg-type]
        width = holder.page.evaluate("document.documentElement.scrollWidth")
        assert width == size["width"], name
        beside = holder.page.evaluate(
            "[...document.querySelectorAll('main *')].some((one) =>"
            " one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1"
            " && getComputedStyle(one).overflowX === 'auto')"
        )
        assert not beside, name
    assert holder.axe_faults() == [], name
