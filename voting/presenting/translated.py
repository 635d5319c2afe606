"""gettext with its types."""

from __future__ import annotations

import flask_babel


def _(message: str, **values: str) -> str:
    """Return a sentence in the language in use, its places filled."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int, **values: str) -> str:
    """Return the sentence for a number, in the language in use."""
    return str(flask_babel.ngettext(one, many, number, **values))
