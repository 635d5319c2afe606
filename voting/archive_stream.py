"""A folder as a zip, written while it is sent: nothing of it is held in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from typing_extensions import override

_PORTION: Final = 256 * 1024
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_UNIX: Final = 3


class _Outbox(io.RawIOBase):
    """What the zip has written and nobody has taken yet; cannot be gone back in."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, portion: object) -> int:
        view = memoryview(portion)  # type: ignore[arg-type] # whatever zipfile writes
        self._waiting += view
        return len(view)

    def take(self) -> bytes:
        """Return what waits, and forget it."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def stream_folder(folder: Path, name: str) -> Iterator[bytes]:
    """Yield a zip of a folder's files, in order of name, below a folder called `name`.

    Nothing is compressed: the files are packed already, and the same files give the
    same bytes.
    """
    outbox = _Outbox()
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"{name}/{file.relative_to(folder)}", _EARLIEST)
            entry.external_attr, entry.create_system = _READABLE, _UNIX
            entry.file_size = file.stat().st_size
            with file.open("rb") as source, archive.open(entry, "w") as target:
                while portion := source.read(_PORTION):
                    target.write(portion)
                    yield outbox.take()
    yield outbox.take()
