"""Documents for the archive: what the file says of itself, and its bytes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from infra.attached_files import AttachedFile
from infra.typesetting import NotOurs, typeset

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2027, 3, 8, 19, 30, tzinfo=UTC)
SHEET = """<!doctype html><html lang="nb"><head><title>Årsmøtet i Ávjovárri</title>
<style>html {{ font-family: "Inter", "Inter Ext" }}
@page {{ font-family: "Inter"; @bottom-right {{ content: counter(page) }} }}</style>
</head><body><h1>Čoahkkin Đ ŋ ŧ ž</h1><p>Æ, ø og <b>å</b>.</p>
<table><thead><tr><th scope="col">Valg</th><th scope="col">Stemmer</th></tr></thead>
<tbody><tr><th scope="row">Ja</th><td>12</td></tr></tbody></table>
{more}</body></html>"""
FILE = AttachedFile("tall.json", b'{"ja":12}', "Tallene", "Data")


def a_document(more: str = "") -> bytes:
    return typeset(
        SHEET.format(more=more),
        language="nb",
        made_at=AT,
        identifier=bytes(16),
        attached=[FILE],
    )


@pytest.fixture(scope="module")
def pdf() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(a_document()))


def test_it_says_that_it_is_pdfa_3a_and_pdfua_1(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        assert told["pdfaid:part"] == "3"
        assert told["pdfaid:conformance"] == "A"
        assert told["pdfuaid:part"] == "1"
        assert told["dc:title"] == "Årsmøtet i Ávjovárri"
    xmp = pdf.Root.Metadata.read_bytes().decode()
    assert xmp.count("http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>") == 1
    assert pdf.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712 - pikepdf's own
    assert pdf.pdf_version >= "1.7"


def test_it_is_tagged_and_names_its_language(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "nb"
    assert pdf.Root.MarkInfo.Marked == True  # noqa: E712 - as above
    kinds = {str(each) for each in _kinds(pdf.Root.StructTreeRoot)}
    assert {"/Document", "/H1", "/P", "/Table", "/TR", "/TH", "/TD"} <= kinds
    for page in pdf.pages:
        assert page.obj.Tabs == pikepdf.Name.S
        assert "/StructParents" in page.obj


def test_every_font_is_ours_and_embedded(pdf: pikepdf.Pdf) -> None:
    names = set()
    for page in pdf.pages:
        for font in page.obj.Resources.Font.values():
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
            assert "/ToUnicode" in font
            names.add(re.sub("^/[A-Z]{6}[+]", "", str(font.BaseFont)))
    assert {each.split("-")[0] for each in names} == {"Inter"}
    assert any("Ext" in each for each in names)


def test_attachment_is_there_once_and_says_what_it_is(pdf: pikepdf.Pdf) -> None:
    assert len(pdf.Root.AF) == 1
    assert pdf.Root.AF[0].AFRelationship == pikepdf.Name.Data
    assert list(pdf.attachments) == ["tall.json"]
    attached = pdf.attachments["tall.json"]
    assert attached.get_file().read_bytes() == FILE.content
    assert attached.description == "Tallene"
    assert attached.get_file().mime_type == "application/json"


def test_only_date_is_the_one_given(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.docinfo.CreationDate) == "D:20270308193000+00'00"
    assert str(pdf.docinfo.ModDate) == "D:20270308193000+00'00"
    told = pdf.Root.Metadata.read_bytes()
    dates = set(re.findall(rb"\d{4}-\d\d-\d\d[^<]*", told))
    assert dates == {b"2027-03-08T19:30:00+00:00"}


def test_same_input_gives_the_same_bytes_in_every_process() -> None:
    code = (
        "import hashlib; from tests.infra.test_typesetting import a_document;"
        "print(hashlib.sha256(a_document()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(seen) == 1
    assert len(a_document("<p>Mer</p>")) != len(a_document())


@pytest.mark.parametrize(
    "more",
    [
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:9/a.png">',
        '<link rel="stylesheet" href="https://127.0.0.1:9/a.css">',
        "<style>@import url(urne-font:../../../etc/hostname);</style>",
    ],
)
def test_nothing_but_our_fonts_is_read(more: str) -> None:
    with pytest.raises(NotOurs):
        a_document(more)


def test_html_attaches_nothing() -> None:
    for more in (
        '<link rel="attachment" href="file:///etc/hostname">',
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
    ):
        try:
            made = a_document(more)
        except NotOurs:
            continue
        with pikepdf.open(io.BytesIO(made)) as pdf:
            assert list(pdf.attachments) == ["tall.json"]


@pytest.mark.parametrize(("language", "name"), [("se", bytes(16)), ("nb", bytes(15))])
def test_another_language_or_name_is_refused(language: str, name: bytes) -> None:
    with pytest.raises(ValueError, match="language of ours"):
        typeset("<html>", language=language, made_at=AT, identifier=name)


def _kinds(element: Any) -> list[object]:  # noqa: ANN401 - whatever a PDF holds
    if not isinstance(element, pikepdf.Dictionary):
        return []
    found: list[object] = [element.S] if "/S" in element else []
    children: Any = element.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        found += _kinds(child)
    return found
