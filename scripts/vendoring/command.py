"""Copy pinned browser libraries into the repository, and check the copies.

For developers. Fetching and building need npm (Node 20 or newer); checking
needs nothing.

    scripts/vendor                  fetch all packages and write them anew
    scripts/vendor --single PAGE    build static/single/PAGE.html
    scripts/vendor --check          compare copies and pages with their digests,
                                    and build the pages again where it can
    scripts/vendor --check --offline   the same without building
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from . import bundler, singles
from .copying import copied_tree
from .inventory import INVENTORY, describe_tree, tree_faults
from .packages import PACKAGES, STATIC, TESTS
from .tarballs import FetchFailed, NpmMissing, fetch_files

ROOT = Path(__file__).resolve().parents[2]


def write_copies(root: Path) -> None:
    """Fetch every package and replace the vendored trees."""
    for tree in (STATIC, TESTS):
        packages = [package for package in PACKAGES if package.tree == tree]
        tarballs = {package.name: fetch_files(package) for package in packages}
        files = copied_tree(packages, tarballs)
        shutil.rmtree(root / tree, ignore_errors=True)
        for path, content in files.items():
            target = root / tree / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        described = describe_tree(packages, files)
        (root / tree / INVENTORY).write_text(described, "utf-8")
        print(f"{tree}: {len(packages)} packages, {len(files)} files")


def check(root: Path, *, offline: bool) -> list[str]:
    """Return every fault of the copies and of the single pages."""
    faults = [fault for tree in (STATIC, TESTS) for fault in tree_faults(root, tree)]
    faults += singles.page_faults(root)
    if offline or not singles.listed_pages(root):
        return faults
    try:
        esbuild = bundler.esbuild_path()
    except (NpmMissing, FetchFailed, bundler.NoBundlerHere) as why:
        print(f"pages not built again: {why}")
        return faults
    return faults + singles.rebuild_faults(root, esbuild)


def main() -> int:
    """Run one of the commands; 0 when all is well, 1 when a check found faults."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify, change nothing")
    parser.add_argument("--offline", action="store_true", help="do not build pages")
    parser.add_argument("--single", metavar="PAGE", help="build one page")
    parser.add_argument("--root", type=Path, default=ROOT, help="repository to work on")
    chosen = parser.parse_args()
    root = chosen.root.resolve()
    if chosen.single:
        singles.write_page(root, chosen.single, bundler.esbuild_path())
        return 0
    if not chosen.check:
        write_copies(root)
        return 0
    faults = check(root, offline=chosen.offline)
    for fault in faults:
        print(fault, file=sys.stderr)
    print("vendored files: " + (f"{len(faults)} faults" if faults else "as listed"))
    return 1 if faults else 0
