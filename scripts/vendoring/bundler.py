"""The bundler for single pages: esbuild, pinned, kept in the developer's cache."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .packages import ESBUILD_VERSION, esbuild_package
from .tarballs import fetch_files

BUILD_SECONDS = 120
OPTIONS = (
    "--bundle",
    "--format=iife",
    "--target=es2022",
    "--charset=utf8",
    # Licences of what is inlined stay in the page.
    "--legal-comments=inline",
    "--log-level=warning",
    # A saved page has no modules to name by address.
    "--define:import.meta.url=document.baseURI",
)


class NoBundlerHere(Exception):
    """No esbuild is pinned for this kind of machine."""


class BuildFailed(Exception):
    """The bundler refused the sources."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One script and the files it was made of, as paths below the root."""

    script: str
    inputs: frozenset[str]


def esbuild_path() -> Path:
    """Return the bundler's path, fetching it once; raise when it cannot be had."""
    package = esbuild_package()
    if package is None:
        raise NoBundlerHere("no esbuild is pinned for this kind of machine")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = home / "urne" / f"esbuild-{ESBUILD_VERSION}" / "esbuild"
    if not path.exists():
        content = fetch_files(package)["bin/esbuild"]
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".fresh")
        fresh.write_bytes(content)
        fresh.chmod(0o755)
        fresh.replace(path)
    return path


def bundle_script(
    root: Path,
    esbuild: Path,
    entry: str,
    worker_text: str | None = None,
) -> Bundle:
    """Bundle the module at `entry` (a path below root) into one classic script.

    With `worker_text`, the name URNE_WORKER_SOURCE stands for that text in
    the script: `static/js/start_worker.js` asks for it.
    """
    with tempfile.TemporaryDirectory(prefix="urne-bundle-") as folder:
        place = Path(folder)
        inject: list[str] = []
        if worker_text is not None:
            exported = json.dumps(worker_text, ensure_ascii=False)
            source = place / "worker_source.js"
            source.write_text(f"export const URNE_WORKER_SOURCE = {exported};\n")
            inject = [f"--inject:{source}"]
        outfile, metafile = place / "out.js", place / "meta.json"
        files = [f"--outfile={outfile}", f"--metafile={metafile}"]
        outcome = subprocess.run(
            [esbuild, entry, *OPTIONS, *inject, *files],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
        if outcome.returncode != 0:
            raise BuildFailed(outcome.stderr)
        inputs = json.loads(metafile.read_text("utf-8"))["inputs"]
        script = _without_temporary_paths(outfile.read_text("utf-8"), folder)
    own = frozenset(path for path in inputs if (root / path).is_relative_to(root))
    return Bundle(script, frozenset(p for p in own if not p.startswith("..")))


def _without_temporary_paths(script: str, folder: str) -> str:
    # esbuild names each source in a comment; the temporary one differs each time.
    name = Path(folder).name
    lines = script.splitlines(keepends=True)
    return "".join(line for line in lines if not _names_folder(line, name))


def _names_folder(line: str, name: str) -> bool:
    return line.lstrip().startswith("// ") and name in line
