"""Look through an XLSX package before a parser that trusts it builds anything.

openpyxl builds element trees, so a small archive can ask for all memory there is.
Every part is therefore first run through a bare expat parser that keeps nothing.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pyexpat import ExpatError, ParserCreate
from typing import IO, Final


class WorkbookRefused(ValueError):
    """This workbook is not given to a parser."""


class UnreadableWorkbook(WorkbookRefused):
    """No readable archive with a workbook in it."""


class OldOrLockedWorkbook(WorkbookRefused):
    """An .xls of before 2007, or a workbook behind a password."""


class DangerousWorkbook(WorkbookRefused):
    """A workbook made to harm its reader: entities, or parts that blow up."""


class WorkbookTooLarge(WorkbookRefused):
    """More parts, bytes or elements than such a workbook has."""

    def __init__(self, what: str, limit: int) -> None:
        """Name what is counted and its limit."""
        super().__init__(f"more than {limit} {what}")
        self.what = what
        self.limit = limit


ZIP_MAGIC: Final = b"PK\x03\x04"
OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of .xls, and of the envelope of a workbook with a password."""

MAX_PARTS: Final = 2_000
MAX_UNPACKED: Final = 256 * 1024 * 1024
"""Bytes of all parts unpacked: three times 100,000 members in twenty columns. What is
read for something smaller asks for less."""

MAX_ELEMENTS: Final = 8_000_000
MAX_ELEMENTS_PER_RECORD: Final = 100_000
"""Elements from one row (or shared string) to the next: 16,384 cells of three,
which is the widest sheet, and as much again."""

_PIECE: Final = 256 * 1024
_FLAG_ENCRYPTED: Final = 0x1
_KINDS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What the OPC standard allows; LZMA could ask for gigabytes as its window."""

_READ_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
)


def require_harmless_workbook(data: bytes, unpacked: int | None = None) -> None:
    """Refuse a package that is no XLSX, is locked, or would harm its reader.

    Reads each part in pieces of 256 KiB and keeps none of it. `unpacked`: bytes that
    all parts may have, if fewer than `MAX_UNPACKED`.

    Raises:
        OldOrLockedWorkbook: the OLE envelope, or encrypted parts.
        UnreadableWorkbook: no readable archive with a workbook in it.
        WorkbookTooLarge: more parts, elements or unpacked bytes than allowed.
        DangerousWorkbook: a document type (entities), or a blown-up part.

    """
    if data.startswith(OLE_MAGIC):
        raise OldOrLockedWorkbook
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _require_plain_parts(parts, MAX_UNPACKED if unpacked is None else unpacked)
            for part in parts:
                with archive.open(part) as stream:
                    _require_plain_markup(stream)
    except _READ_ERRORS as error:
        if isinstance(error, WorkbookRefused):
            raise
        raise UnreadableWorkbook from None


def _require_plain_parts(parts: list[zipfile.ZipInfo], unpacked: int) -> None:
    if len(parts) > MAX_PARTS:
        raise WorkbookTooLarge("parts", MAX_PARTS)
    # zipfile never reads past the size stated here, so the sum is a true limit.
    if sum(part.file_size for part in parts) > unpacked:
        raise WorkbookTooLarge("unpacked bytes", unpacked)
    if any(part.flag_bits & _FLAG_ENCRYPTED for part in parts):
        raise OldOrLockedWorkbook
    if any(part.compress_type not in _KINDS for part in parts):
        raise DangerousWorkbook
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise DangerousWorkbook
    if "[Content_Types].xml" not in names:
        raise UnreadableWorkbook


class _Counter:
    """Counts the elements of one part, and refuses a document type."""

    __slots__ = ("_since_record", "_total")

    def __init__(self) -> None:
        self._total = 0
        self._since_record = 0

    def start_element(self, name: str, _attributes: object) -> None:
        """Count one element; a row or a shared string begins a record."""
        self._total += 1
        self._since_record += 1
        if name.endswith((" row", " si")):
            self._since_record = 0
        elif self._since_record > MAX_ELEMENTS_PER_RECORD:
            raise DangerousWorkbook
        if self._total > MAX_ELEMENTS:
            raise WorkbookTooLarge("elements", MAX_ELEMENTS)

    @staticmethod
    def start_doctype(*_declared: object) -> None:
        """Refuse: no spreadsheet program writes one, entities begin with it."""
        raise DangerousWorkbook


def _require_plain_markup(stream: IO[bytes]) -> None:
    # A part that is no XML (a picture) ends here at its first bytes; the reader
    # would end there as well, with the same parser.
    counter = _Counter()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = counter.start_element
    parser.StartDoctypeDeclHandler = counter.start_doctype
    try:
        while piece := stream.read(_PIECE):
            parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature
    except ExpatError:
        return
