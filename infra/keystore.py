"""Data keys: files outside every database, each under the wrapping key.

A personal field is stored encrypted under its election's data key. To destroy the
key is to void the field everywhere it was copied, old backups included; so a key
never enters a database, a queue or a log, and its file is overwritten before it
goes. What stays is a tombstone that carries the time alone.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from typing_extensions import override

from infra.secret_values import Secret

DATA_KEY_SIZE: Final = 32
"""Size of a data key in bytes."""

_ID: Final = re.compile(r"[0-9a-f]{16,128}")


class KeyRefused(Exception):
    """A data key cannot be used; the text names its id, which is not personal."""

    def __init__(self, key_id: str) -> None:
        """Name the key."""
        super().__init__(f"data key {key_id}")
        self.key_id = key_id


class KeyMissing(KeyRefused):
    """No such key was ever made here, or its file was lost."""


class KeyDestroyed(KeyRefused):
    """The key was destroyed: what it encrypted cannot be read again."""


class KeyExists(KeyRefused):
    """A key of that id is already there."""


class KeyUnreadable(KeyRefused):
    """The file does not open under this wrapping key, or belongs to another id."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One election's or survey's data key, 32 bytes."""

    key_id: str
    value: bytes

    @override
    def __repr__(self) -> str:
        return f"DataKey({self.key_id})"


@dataclass(frozen=True, slots=True)
class Keystore:
    """A folder of wrapped data keys, ``<id>.key``, and tombstones of the destroyed."""

    folder: Path
    wrapping_key: Secret

    def create_key(self, key_id: str) -> DataKey:
        """Draw a new data key and keep it, on the disk when this returns.

        The id is 16 to 128 hexadecimal digits, lower case.

        Raises:
            KeyExists: the id is taken.
            KeyDestroyed: the id was used before; an id never returns.
            ValueError: not such an id.

        """
        file = self._file(key_id)
        self._refuse_destroyed(key_id)
        key = DataKey(key_id, secrets.token_bytes(DATA_KEY_SIZE))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Linked into place whole: a crash leaves either a key or none.
        aside = self.folder / f".{secrets.token_hex(8)}.new"
        _write_durably(aside, self._box().encrypt(bytes.fromhex(key_id) + key.value))
        try:
            file.hardlink_to(aside)
        except FileExistsError:
            raise KeyExists(key_id) from None
        finally:
            aside.unlink()
            _sync_folder(self.folder)
        return key

    def read_key(self, key_id: str) -> DataKey:
        """Return a data key.

        Raises:
            KeyDestroyed: it was destroyed.
            KeyMissing: it was never made here.
            KeyUnreadable: another wrapping key, a changed file, or a renamed one.
            ValueError: not an id.

        """
        file = self._file(key_id)
        self._refuse_destroyed(key_id)
        try:
            wrapped = file.read_bytes()
        except FileNotFoundError:
            self._refuse_destroyed(key_id)
            raise KeyMissing(key_id) from None
        try:
            opened = self._box().decrypt(wrapped)
        except (CryptoError, ValueError):
            raise KeyUnreadable(key_id) from None
        name = bytes.fromhex(key_id)
        if len(opened) != len(name) + DATA_KEY_SIZE or not opened.startswith(name):
            raise KeyUnreadable(key_id)
        return DataKey(key_id, opened[len(name) :])

    def destroy_key(self, key_id: str, *, at: datetime) -> datetime:
        """Overwrite and remove a data key; return when it was destroyed.

        May be run again after a crash at any point, and then finishes; a key that
        is already gone keeps its first time. The tombstone is written first, so
        that no reader takes the key up again meanwhile.

        Raises:
            KeyMissing: neither a key nor a tombstone is there.
            ValueError: not an id.

        """
        file, tombstone = self._file(key_id), self._tombstone(key_id)
        if not tombstone.exists():
            if not file.exists():
                raise KeyMissing(key_id)
            aside = self.folder / f".{secrets.token_hex(8)}.new"
            _write_durably(aside, at.isoformat().encode("ascii"))
            aside.replace(tombstone)
            _sync_folder(self.folder)
        if file.exists():
            _overwrite(file)
            file.unlink()
            _sync_folder(self.folder)
        return self.destroyed_at(key_id)

    def destroyed_at(self, key_id: str) -> datetime:
        """Return when a key was destroyed.

        Raises:
            KeyMissing: it was not destroyed here.
            ValueError: not an id.

        """
        try:
            written = self._tombstone(key_id).read_text("ascii")
        except FileNotFoundError:
            raise KeyMissing(key_id) from None
        return datetime.fromisoformat(written)

    def is_destroyed(self, key_id: str) -> bool:
        """Tell whether the tombstone stands and no key file is left."""
        return self._tombstone(key_id).exists() and not self._file(key_id).exists()

    def _refuse_destroyed(self, key_id: str) -> None:
        if self._tombstone(key_id).exists():
            raise KeyDestroyed(key_id)

    def _file(self, key_id: str) -> Path:
        return self.folder / f"{_require_id(key_id)}.key"

    def _tombstone(self, key_id: str) -> Path:
        return self.folder / f"{_require_id(key_id)}.destroyed"

    def _box(self) -> SecretBox:
        return SecretBox(self.wrapping_key.reveal())


def _require_id(key_id: str) -> str:
    # The id becomes a file name: nothing but digits ever reaches the disk.
    if _ID.fullmatch(key_id) is None or len(key_id) % 2:
        raise ValueError("a data key's id is 16 to 128 hexadecimal digits")
    return key_id


def _write_durably(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(descriptor)


def _overwrite(file: Path) -> None:
    # In place and down to the disk, before the name goes. What an SSD or a
    # snapshot keeps of the old block is beyond a server (docs/threat-model.md).
    with file.open("r+b") as held:
        held.write(secrets.token_bytes(file.stat().st_size))
        held.flush()
        os.fsync(held.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
