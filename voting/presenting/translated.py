"""gettext with its types, as what is presented uses it."""

from __future__ import annotations

from infra.translated import _, ngettext

__all__ = ["_", "ngettext"]
