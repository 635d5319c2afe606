"""Chance that falls the same way every time, so that vectors can be made again."""

import hashlib

from crypto.group import SecretScalar


class Dice:
    """A stream of SHA-512 blocks from a seed. Anyone can repeat it."""

    def __init__(self, seed: str) -> None:
        """Begin the stream of a seed."""
        self._seed = seed.encode("utf-8")
        self._thrown = 0

    def block(self) -> bytes:
        """The next 64 bytes."""
        self._thrown += 1
        counter = self._thrown.to_bytes(8, "big")
        return hashlib.sha512(b"urne vectors" + counter + self._seed).digest()

    def bytes(self, size: int) -> bytes:
        """The next bytes, at most 64."""
        return self.block()[:size]

    def scalar(self) -> SecretScalar:
        """The next scalar."""
        return SecretScalar(SecretScalar.from_wide(self.block()).encoded)
