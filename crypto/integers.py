"""Unsigned big-endian integers of fixed lengths (docs/protocol.md §1.1).

All raise OverflowError for a number that is negative or too large.
"""


def u16(number: int) -> bytes:
    """The number in 2 bytes."""
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    """The number in 4 bytes."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """The number in 8 bytes."""
    return number.to_bytes(8, "big")
