"""The names of our languages."""

from __future__ import annotations

from voting.presenting.translated import _


def language_name(code: str) -> str:
    """Return the name of nb, nn or en in the language in use."""
    return {"en": _("engelsk"), "nb": _("bokmål"), "nn": _("nynorsk")}.get(code, code)
