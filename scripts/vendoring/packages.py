"""The packages copied into the repository: which, at what digest, and what of them.

To move to a newer version: change version and integrity here, run
`scripts/vendor`, read the difference, and commit both together.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

STATIC = "static/vendor"
TESTS = "tests/vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the npm registry, pinned by the digest of its tarball.

    `integrity` is "sha512-" and the base64 of 64 bytes. `take` maps a path in
    the tarball to a path in the folder. Of the JavaScript taken, everything it
    imports comes along.
    """

    name: str
    version: str
    licence: str
    integrity: str
    tree: str
    folder: str
    take: dict[str, str]


def _same(*paths: str) -> dict[str, str]:
    return {path: path for path in paths}


PACKAGES = (
    Package(
        name="@noble/curves",
        version="2.4.0",
        licence="MIT",
        integrity="sha512-P4/62zrgfH33CneE3Dn4WhJVA22YUU0eR51wKIan4NVRvwsA0YnPTwWG"
        "pNbpuacSujmSFLvyzpyuR30+fbq2Ew==",
        tree=STATIC,
        folder="noble-curves",
        take=_same("LICENSE", "ed25519.js", "utils.js", "abstract/modular.js"),
    ),
    Package(
        name="@noble/hashes",
        version="2.4.0",
        licence="MIT",
        integrity="sha512-X5XaVWZIBCT7HHZGm5I7ZQXDwLG+bGXuSrMQAW+7Zvl87h1kmc1ZB1VS"
        "RJcpUfoUrGQp4Fkoxm5kZ+Ms+aW+eA==",
        tree=STATIC,
        folder="noble-hashes",
        take=_same(
            "LICENSE",
            "sha2.js",
            "blake2.js",
            "argon2.js",
            "hmac.js",
            "hkdf.js",
            "utils.js",
        ),
    ),
    Package(
        name="@noble/ciphers",
        version="2.4.0",
        licence="MIT",
        integrity="sha512-AnjFn0Jv92laAkvMrghlFZq4qQCIN/4DxFV/eooqtC2YTjB7kBeLMS2T"
        "9KJX4Dn+ZVXLOwK0lSgqDtx9gvxtiw==",
        tree=STATIC,
        folder="noble-ciphers",
        take=_same("LICENSE", "salsa.js", "utils.js"),
    ),
    Package(
        name="@digdir/designsystemet-css",
        version="1.22.0",
        licence="MIT",
        integrity="sha512-f/+YOK1Gvl7ypdeRh0TDGs28eu8DkOPDAR+T8yLpnys9FxNWX05UNuhX"
        "JwYwRuzF9WUgjAhpJ5JKdodTDxWMEA==",
        tree=STATIC,
        folder="designsystemet-css",
        take={"LICENSE": "LICENSE", "dist/src/index.css": "designsystemet.css"},
    ),
    Package(
        name="@digdir/designsystemet-theme",
        version="1.11.0",
        licence="MIT",
        integrity="sha512-C4Mf+LmecQ8sdjykD25NWiEclQDEOK+Y6Dlo8oz2BjhLBkDmo1+udFyC"
        "plvAGvv1MTzhsAhGafW/S4ox8iXlOA==",
        tree=STATIC,
        folder="designsystemet-theme",
        take={"LICENSE": "LICENSE", "src/themes/designsystemet.css": "theme.css"},
    ),
    Package(
        name="@fontsource-variable/inter",
        version="5.3.0",
        licence="OFL-1.1",
        integrity="sha512-OupL48va4JNofb97w6NYeF9S7W/kHNKM0Er8Dem5nqi4jeOLrVJDoE8t"
        "ZEpnMJmtkvNbB1EIPPwHcdkF6b1oUA==",
        tree=STATIC,
        folder="inter",
        # latin-ext carries the letters of the Sámi languages.
        take={
            "LICENSE": "LICENSE",
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        },
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2"
        "S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        tree=TESTS,
        folder="axe-core",
        take=_same("LICENSE", "LICENSE-3RD-PARTY.txt", "axe.min.js"),
    ),
)

ESBUILD_VERSION = "0.28.2"
_ESBUILD = {
    ("Linux", "x86_64"): (
        "@esbuild/linux-x64",
        (
            "sha512-4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvNwxIufQ9h"
            "DQVRJH5YhgPVF8A/HQ=="
        ),
    ),
    ("Linux", "aarch64"): (
        "@esbuild/linux-arm64",
        (
            "sha512-pW4AC0P3it8c7do9MVM4p51FzHzdM/TZrerurgRcHJ2WTa1VQ1CIq18xncfpBJw4ojki"
            "ZZrKW2yIBWBP92j6Ug=="
        ),
    ),
    ("Darwin", "arm64"): (
        "@esbuild/darwin-arm64",
        (
            "sha512-n4KqkOQrraxHJcgjM1RvwbigfQKIKJVpM7xp+KsxiyUSrRdIXnt73VhrPAx0fV44hgfm"
            "IVKjxMN9J1t5jySVkw=="
        ),
    ),
    ("Darwin", "x86_64"): (
        "@esbuild/darwin-x64",
        (
            "sha512-uq6suIWYP37qzGddBKPw5QEQPi6HiLGsO7UmkpfyaYNQ3D+rN6w6WfwH+nuqcGXWvawG"
            "wxOEroO4YGnFh95azw=="
        ),
    ),
}


def esbuild_package() -> Package | None:
    """Return the bundler's package for this machine; None where there is none."""
    found = _ESBUILD.get((platform.system(), platform.machine()))
    if found is None:
        return None
    name, integrity = found
    return Package(
        name=name,
        version=ESBUILD_VERSION,
        licence="MIT",
        integrity=integrity,
        tree="",
        folder="esbuild",
        take={"bin/esbuild": "esbuild"},
    )
