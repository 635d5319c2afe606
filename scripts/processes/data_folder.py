"""The folder that one installation lives in: taken by one supervisor at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LOCK: Final = "running.lock"
LONGEST_SOCKET_PATH: Final = 107
"""Bytes in the address of a Unix socket, unix(7), less its closing zero."""

_LONGEST_NAME: Final = len("/verifier.sock")


class FolderInUse(Exception):
    """Another supervisor runs on this folder."""


class NotOurFolder(Exception):
    """The folder holds something, and nothing says that it was made here."""


@contextlib.contextmanager
def taken_folder(folder: Path, *, fresh: bool) -> Iterator[Path]:
    """Lend the folder, made if need be, and emptied first if asked for.

    Raises:
        FolderInUse: by another supervisor.
        NotOurFolder: it is to be emptied, and was not made by this.

    """
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / LOCK).exists():
        raise NotOurFolder(f"{folder} holds other files; choose another with --data")
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"{folder} is in use by a running Urne") from None
        if fresh:
            _empty(folder)
        yield folder
    finally:
        os.close(descriptor)


def socket_folder(data: Path) -> Path:
    """Return a private folder whose path leaves room for the name of a socket.

    The data folder itself, unless its path is too long for the kernel.

    Raises:
        NotOurFolder: somebody else has put a folder in that place.

    """
    if len(os.fsencode(data)) + _LONGEST_NAME <= LONGEST_SOCKET_PATH:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"urne-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o77 or folder.is_symlink():
        raise NotOurFolder(f"{folder} is not ours")
    return folder


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name == LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
