"""Templates of printed documents, filled outside any request."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.i18n import (
    current_language,
    show_date,
    show_moment,
    show_number,
    show_percent,
)
from infra.translated import _, ngettext

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def fill_sheet(name: str, **context: Any) -> str:  # noqa: ANN401 - Jinja's own
    """Return a template of `templates/print` as HTML, in the language spoken."""
    sheet = _environment().get_template(f"print/{name}")
    return sheet.render(language=current_language(), **context)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(_=_, ngettext=ngettext)
    made.filters.update(
        dato=show_date, prosent=show_percent, tall=show_number, tidspunkt=show_moment
    )
    return made
