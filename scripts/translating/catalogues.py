"""What has to be translated, what is, and whether the two agree."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent.parent
LANGUAGES: Final = ("nn", "en")
_NOT_KEPT: Final = (b"-Date:", b"Generated-By", b"EMAIL@ADDRESS", b"LL@li.org")
AREAS: Final = ("accounts", "infra", "register", "surveys", "templates", "voting")
KEYWORDS: Final = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
METHODS: Final = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS: Final = {"**.html": {"trimmed": "true", "silent": "false"}}

NO_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)

_PLACE: Final = re.compile(r"%\([a-z_]+\)[sd]|%[sd%]|\{[a-z_]*\}")


def extract_messages() -> Catalog:
    """Return every message of the sources, without line numbers."""
    template = Catalog(project="Urne", charset="utf-8")
    for area in AREAS:
        found = extract_from_dir(
            ROOT / area, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("i18n:",)
        )
        for file, _line, message, comments, context in found:
            template.add(
                message,
                None,
                [(f"{area}/{file}", 0)],
                auto_comments=comments,
                context=context,
            )
    return template


def catalogue_file(language: str) -> Path:
    """Return where a language's catalogue is."""
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def compiled_file(language: str) -> Path:
    """Return where a language's compiled catalogue is."""
    return catalogue_file(language).with_suffix(".mo")


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue as it stands; empty when there is none."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language, project="Urne", charset="utf-8")
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def updated_catalogue(catalogue: Catalog, template: Catalog, language: str) -> Catalog:
    """Return a new catalogue of all messages of the sources, with what is known.

    Nothing is guessed: a message that changed is to be translated anew.
    """
    updated = Catalog(locale=language, project="Urne", charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        known = catalogue.get(message.id, context=message.context)
        updated.add(
            message.id,
            known.string if known is not None and known.id == message.id else None,
            [(place, 0) for place in sorted({place for place, _ in message.locations})],
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return updated


def write_catalogue(catalogue: Catalog) -> bytes:
    """Return the bytes of a catalogue: sorted, without dates and line numbers."""
    written = io.BytesIO()
    write_po(
        written, catalogue, sort_output=True, omit_header=False, include_lineno=False
    )
    kept = [
        line
        for line in written.getvalue().splitlines(keepends=True)
        if not any(word in line for word in _NOT_KEPT)
    ]
    return b"".join(kept)


def write_compiled(catalogue: Catalog) -> bytes:
    """Return the bytes that gettext reads."""
    # Babel puts the present minute where a file says none.
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def faults_of(language: str, template: Catalog) -> list[str]:
    """Return what is wrong with a language's catalogue, a sentence each."""
    catalogue = read_catalogue(language)
    faults = [
        f"{language}: {fault}: {_shown(message)}"
        for message in template
        if message.id
        for fault in _faults(catalogue.get(message.id, context=message.context))
    ]
    faults += [
        f"{language}: no longer used: {_shown(message)}"
        for message in catalogue
        if message.id and template.get(message.id, context=message.context) is None
    ]
    compiled = compiled_file(language)
    current = compiled.exists() and compiled.read_bytes() == write_compiled(catalogue)
    if not current:
        faults.append(f"{language}: compiled from another catalogue")
    return faults


def _faults(message: Message | None) -> Iterator[str]:
    if message is None or not message.string or not all(_texts(message.string)):
        yield "not translated"
        return
    translated = _texts(message.string)
    if message.fuzzy:
        yield "uncertain"
    wanted = {place for text in _texts(message.id) for place in _PLACE.findall(text)}
    for text in translated:
        if set(_PLACE.findall(text)) - wanted:
            yield "a place that the source does not have"
    given = {place for text in translated for place in _PLACE.findall(text)}
    if wanted - given:
        yield "a place of the source is missing"


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _shown(message: Message) -> str:
    return repr(_texts(message.id)[0])[:90]
