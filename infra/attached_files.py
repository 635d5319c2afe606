"""Files that are carried inside a printed document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside the document."""

    name: str
    content: bytes
    description: str
    relationship: str
    """ISO 19005-3 annex E: Data, Source, Supplement, Alternative or Unspecified."""
