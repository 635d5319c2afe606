"""Whether one text becomes another by few edits (Levenshtein's distance, in a band)."""

from __future__ import annotations


def is_within(one: str, other: str, most: int) -> bool:
    """Whether at most `most` letters inserted, removed or replaced make one the other.

    Looks only at a band of that width, so it takes time in proportion to length times
    `most`, whatever it is given.
    """
    if abs(len(one) - len(other)) > most:
        return False
    far = most + 1
    row = {place: place for place in range(min(most, len(other)) + 1)}
    for number, letter in enumerate(one, 1):
        below = {}
        first = max(0, number - most)
        for place in range(first, min(len(other), number + most) + 1):
            if place == 0:
                below[0] = number
                continue
            below[place] = min(
                row.get(place, far) + 1,
                below.get(place - 1, far) + 1,
                row.get(place - 1, far) + (letter != other[place - 1]),
            )
        row = below
        if min(row.values()) > most:
            return False
    return row.get(len(other), far) <= most
