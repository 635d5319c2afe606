"""JavaScript imports: finding, following and rewriting them.

Only static imports at the beginning of a line are read; that is how the
vendored packages write them, and `resolve_imports` refuses what stays bare.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

_IMPORT = re.compile(
    r"""^(?P<head>(?:import|export)\s+(?:[\w*\s{},$]*?\s*from\s*)?)"""
    r"""(?P<quote>['"])(?P<specifier>[^'"\n]+)(?P=quote)""",
    re.MULTILINE,
)
_SOURCE_MAP = re.compile(
    r"^(?://[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=.*?\*/)\n?",
    re.MULTILINE,
)


class UnresolvedImport(Exception):
    """A module imports something that is not in the tree."""


def imported_specifiers(source: str) -> list[str]:
    """Return what the module imports, in order of appearance."""
    return [found["specifier"] for found in _IMPORT.finditer(source)]


def without_source_map(source: str) -> str:
    """Return the text without the comment that points to a source map."""
    return _SOURCE_MAP.sub("", source)


def rewrite_imports(source: str, rename: Callable[[str], str]) -> str:
    """Return the module with every specifier passed through `rename`."""

    def _replace(found: re.Match[str]) -> str:
        quote = found["quote"]
        return f"{found['head']}{quote}{rename(found['specifier'])}{quote}"

    return _IMPORT.sub(_replace, source)


def relative_specifier(importer: str, target: str) -> str:
    """Return how `importer` names `target`, both being paths in one tree.

    >>> relative_specifier("a/b/c.js", "d/e.js")
    '../../d/e.js'
    """
    path = posixpath.relpath(target, posixpath.dirname(importer) or ".")
    return path if path.startswith(".") else f"./{path}"


def resolve_path(importer: str, specifier: str) -> str:
    """Return the tree path of a relative specifier; raise UnresolvedImport."""
    if not specifier.startswith((".", "/")):
        raise UnresolvedImport(f"{importer} imports the bare name {specifier}")
    return posixpath.normpath(
        posixpath.join(posixpath.dirname(importer), specifier),
    )


def resolve_imports(tree: Mapping[str, str]) -> None:
    """Refuse a tree (path -> source) in which an import leads nowhere."""
    for path, source in tree.items():
        for specifier in imported_specifiers(source):
            if resolve_path(path, specifier) not in tree:
                raise UnresolvedImport(
                    f"{path} imports {specifier}, which is not vendored"
                )
