"""VENDOR.json: what each vendored tree holds, and the check against it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .modules import UnresolvedImport, resolve_imports
from .packages import PACKAGES, Package

INVENTORY = "VENDOR.json"


def sri(content: bytes, algorithm: str = "sha384") -> str:
    """Return the subresource-integrity form of a digest: "sha384-BASE64"."""
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def describe_tree(packages: list[Package], files: Mapping[str, bytes]) -> str:
    """Return the text of VENDOR.json for one tree."""
    described = [
        {
            "name": package.name,
            "version": package.version,
            "licence": package.licence,
            "integrity": package.integrity,
            "folder": package.folder,
            "files": {
                path.partition("/")[2]: sri(files[path])
                for path in sorted(files)
                if path.partition("/")[0] == package.folder
            },
        }
        for package in packages
    ]
    return json.dumps({"packages": described}, indent=2) + "\n"


def tree_faults(root: Path, tree: str) -> list[str]:
    """Return every way in which the tree differs from its VENDOR.json and pins."""
    folder = root / tree
    packages = json.loads((folder / INVENTORY).read_text("utf-8"))["packages"]
    faults = _pin_faults(tree, packages)
    listed = {
        f"{package['folder']}/{path}": digest
        for package in packages
        for path, digest in package["files"].items()
    }
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / INVENTORY
    }
    faults += [f"{tree}/{path} is missing" for path in sorted(set(listed) - present)]
    faults += [f"{tree}/{path} is not listed" for path in sorted(present - set(listed))]
    faults += [
        f"{tree}/{path} has another digest than listed"
        for path in sorted(present & set(listed))
        if sri((folder / path).read_bytes()) != listed[path]
    ]
    return faults + _import_faults(folder, present)


def _pin_faults(tree: str, packages: list[dict[str, Any]]) -> list[str]:
    pinned = {
        (package.name, package.version, package.licence, package.integrity)
        for package in PACKAGES
        if package.tree == tree
    }
    listed = {
        (found["name"], found["version"], found["licence"], found["integrity"])
        for found in packages
    }
    faults = [f"{tree}: {name} is pinned otherwise" for name, *_ in listed - pinned]
    faults += [f"{tree}: {name} is not copied" for name, *_ in pinned - listed]
    return faults + [
        f"{tree}: {found['name']} came without its licence"
        for found in packages
        if "LICENSE" not in found["files"]
    ]


def _import_faults(folder: Path, present: set[str]) -> list[str]:
    modules = {path: path for path in present if path.endswith(".js")}
    # axe is one script without imports; reading it costs nothing.
    sources = {path: (folder / path).read_text("utf-8") for path in modules}
    try:
        resolve_imports(sources)
    except UnresolvedImport as fault:
        return [str(fault)]
    return []
