"""What the register signs on the board (docs/protocol.md §4.5), as parts of a frame.

The register, which signs, and the count, which checks, stand on two sides of a wall;
what the signed bytes are stands here, beneath both.
"""

from collections.abc import Sequence

from crypto.integers import u16, u32, u64


def codes_parts(
    fingerprint: bytes, number: int, kind: str, count: int, root: bytes
) -> tuple[bytes, ...]:
    """What is signed with the tag `codes`: a batch of voting codes that went out.

    `fingerprint` and `root` (RFC 6962, over the sorted login public keys): 32 bytes.
    """
    return (fingerprint, u32(number), kind.encode("ascii"), u32(count), root)


def addition_parts(
    fingerprint: bytes, number: int, group: int, reason: str
) -> tuple[bytes, ...]:
    """What is signed with the tag `addition`: one member more in a voter group."""
    return (fingerprint, u32(number), u16(group), reason.encode("utf-8"))


def marks_parts(
    fingerprint: bytes,
    *,
    size: int,
    root: bytes,
    final: bool,
    counts: Sequence[int],
    paper: Sequence[int],
) -> tuple[bytes, ...]:
    """What is signed with the tag `marks`: mark counts by group at a checkpoint.

    `root`: 32 bytes; `counts` and `paper`: one number for each voter group.
    """
    return (
        fingerprint,
        u64(size),
        root,
        u16(int(final)),
        b"".join(map(u32, counts)),
        b"".join(map(u32, paper)),
    )


def approval_parts(fingerprint: bytes, protocol: bytes) -> tuple[bytes, ...]:
    """What a holder signs with the tag `approval`; `protocol`: the digest, 32 bytes."""
    return (fingerprint, protocol)


def hold_parts(
    fingerprint: bytes, number: int, until: str, reason: str
) -> tuple[bytes, ...]:
    """What two holders sign with the tag `hold`: shredding waits until then."""
    return (fingerprint, u16(number), until.encode("ascii"), reason.encode("utf-8"))


def schedule_parts(
    fingerprint: bytes, number: int, opens_at: str, closes_at: str, reason: str
) -> tuple[bytes, ...]:
    """What is signed with the tag `schedule`: from when to when it is open (§1.5)."""
    return (
        fingerprint,
        u16(number),
        opens_at.encode("ascii"),
        closes_at.encode("ascii"),
        reason.encode("utf-8"),
    )
