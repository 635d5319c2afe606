"""From tarballs to the files that stand in the repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from .modules import (
    imported_specifiers,
    relative_specifier,
    resolve_imports,
    resolve_path,
    rewrite_imports,
    without_source_map,
)
from .packages import Package

Tarballs = Mapping[str, Mapping[str, bytes]]
TEXT = {".js", ".css"}


def copied_tree(packages: list[Package], tarballs: Tarballs) -> dict[str, bytes]:
    """Return path below the tree -> content, for all packages of one tree.

    `tarballs` maps a package's name to its files. Follows imports within and
    between the packages; raises UnresolvedImport when one leads outside.
    """
    by_name = {package.name: package for package in packages}
    waiting = [(package, inside) for package in packages for inside in package.take]
    copied: dict[str, bytes] = {}
    while waiting:
        package, inside = waiting.pop()
        path = _target(package, inside)
        if path in copied:
            continue
        content = tarballs[package.name][inside]
        if PurePosixPath(inside).suffix in TEXT:
            text = without_source_map(content.decode())
            if inside.endswith(".js"):
                waiting += _imports(package, inside, text, by_name)
                text = _rewritten(package, inside, text, by_name)
            content = text.encode()
        copied[path] = content
    resolve_imports(
        {path: data.decode() for path, data in copied.items() if path.endswith(".js")},
    )
    return copied


def _target(package: Package, inside: str) -> str:
    return f"{package.folder}/{package.take.get(inside, inside)}"


def _imports(
    package: Package,
    inside: str,
    text: str,
    by_name: Mapping[str, Package],
) -> list[tuple[Package, str]]:
    return [
        _locate(package, inside, specifier, by_name)
        for specifier in imported_specifiers(text)
    ]


def _rewritten(
    package: Package,
    inside: str,
    text: str,
    by_name: Mapping[str, Package],
) -> str:
    # An import map would do for pages, but does not reach module workers.
    def _relative(specifier: str) -> str:
        owner, path = _locate(package, inside, specifier, by_name)
        return relative_specifier(_target(package, inside), _target(owner, path))

    return rewrite_imports(text, _relative)


def _locate(
    package: Package,
    inside: str,
    specifier: str,
    by_name: Mapping[str, Package],
) -> tuple[Package, str]:
    for name, other in by_name.items():
        if specifier.startswith(f"{name}/"):
            return other, specifier.removeprefix(f"{name}/")
    return package, resolve_path(inside, specifier)
