"""Hashing with a named purpose and with lengths (docs/protocol.md §1.1 to §1.3).

No two lists of parts give the same bytes, so that nothing can be moved from one part
to its neighbour; and no hash made for one purpose serves another.
"""

import hashlib

from crypto.group import Point, Scalar

DOMAIN = "urne/v1/"
DIGEST_BYTES = 32

_LENGTH_BYTES = 8


def frame(part: bytes) -> bytes:
    """The length of a part in 8 bytes, big-endian, and the part (§1.1)."""
    return len(part).to_bytes(_LENGTH_BYTES, "big") + part


def frames(tag: str, *parts: bytes) -> bytes:
    """The framed tag, with the domain before it, and the framed parts (§1.1).

    Raises ValueError for a tag that is empty or not ASCII.
    """
    if not tag or not tag.isascii():
        raise ValueError("a tag is ASCII, and not empty")
    return b"".join([frame((DOMAIN + tag).encode("ascii")), *map(frame, parts)])


def digest(tag: str, *parts: bytes) -> bytes:
    """H of docs/protocol.md §1.2: SHA-256 of the frames, 32 bytes."""
    return hashlib.sha256(frames(tag, *parts)).digest()


def wide_digest(tag: str, *parts: bytes) -> bytes:
    """W of docs/protocol.md §1.2: SHA-512 of the frames, 64 bytes."""
    return hashlib.sha512(frames(tag, *parts)).digest()


def challenge(tag: str, *parts: bytes) -> Scalar:
    """C of docs/protocol.md §1.2: W, little-endian, modulo the order of the group."""
    return Scalar.from_wide(wide_digest(tag, *parts))


def hash_to_point(tag: str, *parts: bytes) -> Point:
    """P of docs/protocol.md §1.3: the point that W maps to."""
    return Point.from_uniform(wide_digest(tag, *parts))
