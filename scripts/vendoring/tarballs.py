"""Fetching a pinned package with npm and opening it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from .packages import Package

NPM_SECONDS = 180


class NpmMissing(Exception):
    """No npm on this machine; vendoring needs it, checking does not."""


class FetchFailed(Exception):
    """Npm did not deliver the package."""


class WrongTarball(Exception):
    """The tarball is not the one whose digest is pinned."""


def npm_command() -> str:
    """Return npm's path: on PATH, else beside the running Python."""
    beside = Path(sys.executable).with_name("npm")
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if found is None:
        raise NpmMissing("npm is needed to fetch packages; install Node 20 or newer")
    return found


def fetch_files(package: Package) -> dict[str, bytes]:
    """Return path -> content of every file of the package.

    Raises NpmMissing, FetchFailed, or WrongTarball when the sha512 of the
    tarball is not the pinned one.
    """
    spec = f"{package.name}@{package.version}"
    with tempfile.TemporaryDirectory(prefix="urne-vendor-") as folder:
        pack = [npm_command(), "pack", "--silent", "--ignore-scripts"]
        patience = ["--fetch-retries=1", "--fetch-timeout=60000"]
        outcome = subprocess.run(
            [*pack, *patience, "--pack-destination", folder, spec],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
        tarballs = list(Path(folder).glob("*.tgz"))
        if outcome.returncode != 0 or len(tarballs) != 1:
            raise FetchFailed(f"npm pack {spec}: {outcome.stderr.strip()[-500:]}")
        _verify_integrity(package, tarballs[0].read_bytes())
        return _read_tarball(tarballs[0])


def _verify_integrity(package: Package, content: bytes) -> None:
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise WrongTarball(
            f"{package.name}: got sha512-{digest}, pinned {package.integrity}"
        )


def _read_tarball(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isfile() else None
            if opened is not None:
                # npm puts everything below one folder, mostly "package/".
                files[member.name.partition("/")[2]] = opened.read()
    return files
