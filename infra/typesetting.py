"""Documents for an archive: HTML set as PDF/A-3a (ISO 19005-3) and PDF/UA-1.

The same HTML, date and attachments give the same bytes on every machine with the same
releases of the libraries: no clock, no random number and no font of the machine is
asked. Nothing is fetched: what is not one of our own fonts is refused.

Loading this module takes a second and 60 MB: it is imported where something is printed,
not where a process starts.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pikepdf
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from typing_extensions import override
from weasyprint import HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from infra.attached_files import AttachedFile
from infra.i18n import LANGUAGES

VARIANT: Final = "pdf/a-3a"

_FONTS: Final = Path(__file__).parent.parent / "static" / "vendor" / "inter"
_FAMILIES: Final = {"Inter": "inter-latin", "Inter Ext": "inter-latin-ext"}
"""Two names, for under one the letters of the one file would stand for the other's."""
_WEIGHTS: Final = (400, 600)
_SCHEME: Final = "urne-font:"
_IDENTIFIER_BYTES: Final = 16

_PDFUA: Final = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""
"""What PDF/A does not know must be described in the file (ISO 19005-3, 6.6.2.3)."""


class NotOurs(Exception):
    """A document asked for something other than our own fonts."""


def typeset(
    html: str,
    *,
    language: str,
    made_at: datetime,
    identifier: bytes,
    attached: Sequence[AttachedFile] = (),
) -> bytes:
    """Set HTML as a PDF.

    The HTML names its title and its language; `made_at` is the only date in the file;
    `identifier`: 16 bytes that name the document.

    Raises:
        ValueError: another language than ours, or an identifier of another length.
        NotOurs: the HTML asks for a file. Files that it would attach are left out.

    """
    if language not in LANGUAGES or len(identifier) != _IDENTIFIER_BYTES:
        raise ValueError("a document has a language of ours and 16 bytes for a name")
    date = made_at.astimezone(UTC).replace(microsecond=0)
    try:
        return _finish(_lay_out(html, language, date, identifier, attached))
    except FatalURLFetchingError:
        raise NotOurs from None


def _lay_out(
    html: str,
    language: str,
    date: datetime,
    identifier: bytes,
    attached: Sequence[AttachedFile],
) -> bytes:
    options = {"pdf_variant": VARIANT, "pdf_identifier": identifier}
    laid_out = HTML(string=with_fonts(html), url_fetcher=OwnFonts()).render(**options)
    laid_out.metadata.created = laid_out.metadata.modified = date.isoformat()
    laid_out.metadata.lang = language
    laid_out.metadata.attachments = [_attachment(each, date) for each in attached]
    with warnings.catch_warnings():
        # WeasyPrint opens its colour profile and leaves the closing to Python.
        warnings.simplefilter("ignore", ResourceWarning)
        return bytes(laid_out.write_pdf(**options))


def _attachment(file: AttachedFile, date: datetime) -> Any:  # noqa: ANN401 - WeasyPrint's own
    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=date,
        modified=date,
        relationship=file.relationship,
    )


def _finish(encoded: bytes) -> bytes:
    """Say that it is PDF/UA as well, and name each attachment once."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(encoded)) as pdf:
        told = pdf.Root.Metadata.read_bytes().decode("utf-8")
        pdf.Root.Metadata.write(told.replace("</rdf:RDF>", _PDFUA).encode("utf-8"))
        for page in pdf.pages:
            page.obj.Tabs = pikepdf.Name.S  # the order of reading, ISO 14289-1 7.18.3
        _name_once(pdf)
        pdf.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return written.getvalue()


def _name_once(pdf: pikepdf.Pdf) -> None:
    files = pdf.Root.get("/AF")
    if not isinstance(files, pikepdf.Array):
        return
    once = {each.objgen: each for each in files}
    pdf.Root.AF = pikepdf.Array(list(once.values()))


def with_fonts(html: str) -> str:
    """Return HTML with our fonts declared: `Inter`, and `Inter Ext` beside it."""
    faces = "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};"
        f"src:url({_SCHEME}{file}-{weight})}}"
        for family, file in _FAMILIES.items()
        for weight in _WEIGHTS
    )
    return html.replace("</head>", f"<style>{faces}</style></head>", 1)


@lru_cache(maxsize=len(_FAMILIES) * len(_WEIGHTS))
def _font(name: str) -> bytes:
    """Return one weight of a vendored font as TrueType.

    Cut out here rather than by WeasyPrint, which would write the present minute into
    the font and so into the document.
    """
    file, _, weight = name.rpartition("-")
    variable = TTFont(_FONTS / f"{file}.woff2", recalcTimestamp=False)
    cut = instantiateVariableFont(variable, {"wght": int(weight)})
    cut.flavor = None
    written = io.BytesIO()
    cut.save(written)
    return written.getvalue()


class OwnFonts(URLFetcher):  # type: ignore[misc] # WeasyPrint tells no types
    """Hands out our fonts, whatever a text in the document asks for."""

    @override
    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        known = {
            f"{_SCHEME}{file}-{weight}"
            for file in _FAMILIES.values()
            for weight in _WEIGHTS
        }
        if url not in known:
            # Fatal: otherwise WeasyPrint would go on without what it was refused.
            raise FatalURLFetchingError("a document is made of our own fonts")
        content = _font(url.removeprefix(_SCHEME))
        return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})
