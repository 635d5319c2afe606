"""Uploads stay in memory: a roll's names never lie in a temporary file."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request
from typing_extensions import override


class RequestInMemory(Request):
    """A request whose uploaded files are not spooled to the disk.

    Werkzeug writes what is larger than 500 kB into a temporary file, whose blocks
    nobody shreds. How much a request may hold is bounded by MAX_CONTENT_LENGTH.
    """

    @override
    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
