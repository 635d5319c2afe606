"""gettext with its types: in a request's language, or in that of a document."""

from __future__ import annotations

import flask_babel

from infra.i18n import spoken_translations


def _(message: str, **values: str) -> str:
    """Return a sentence in the language in use, its places filled."""
    spoken = spoken_translations()
    if spoken is not None:
        found = spoken.gettext(message)
        return found % values if values else found
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int, **values: str) -> str:
    """Return the sentence for a number, in the language in use."""
    spoken = spoken_translations()
    if spoken is not None:
        return spoken.ngettext(one, many, number) % {"num": number, **values}
    return str(flask_babel.ngettext(one, many, number, **values))
