"""Templates of printed documents, as what is printed uses them."""

from __future__ import annotations

from infra.sheets import fill_sheet

__all__ = ["fill_sheet"]
