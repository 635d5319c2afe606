"""Single pages: one HTML file that works as served and as a saved file.

`static/js/PAGE/` holds `page.html` (the skeleton), `main.js`, and where the
page needs them `worker.js` and `page.css`. The skeleton has three marks, each
once: `<!-- urne:csp -->` and `<!-- urne:style -->` in the head, and
`<!-- urne:script -->` last in the body. The page that comes out loads nothing:
its policy admits one style and one script, by digest, and one Trusted Types
policy, `urne`, through which `static/js/start_worker.js` starts the worker.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bundler import Bundle, bundle_script
from .inventory import sri

PAGES = "static/single"
DIGESTS = f"{PAGES}/DIGESTS.json"
STYLES = (
    "static/vendor/designsystemet-theme/theme.css",
    "static/vendor/designsystemet-css/designsystemet.css",
    "static/css/palette.css",
    "static/css/urne.css",
    "static/css/parts.css",
    "static/css/print.css",
)
MARKS = ("csp", "style", "script")
# The server's API may be at another address when the page runs from a file;
# nothing that comes back from there is ever run.
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; "
    "img-src data:; font-src data:; worker-src blob:; "
    "connect-src 'self' https: http://localhost:* http://127.0.0.1:*; "
    "base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types urne"
)
_CSS_FILE = re.compile(r'url\("(?!data:)([^"]+)"\)')
_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml"}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_OUTSIDE = re.compile(
    r"""<(?:script|link|img|iframe|object|embed)\b[^>]*(?:src|href)=(?!["']?data:)""",
)


class BadSkeleton(Exception):
    """The page's skeleton lacks a mark, or the script cannot stand inline."""


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page and the digests of all it was made of."""

    html: bytes
    sources: dict[str, str]


def build_page(root: Path, page: str, esbuild: Path) -> Page:
    """Build one page from its sources below `static/js/PAGE/`.

    The same sources give the same bytes. Raises BadSkeleton or BuildFailed.
    """
    return finished_page(root, page, *_bundles(root, f"static/js/{page}", esbuild))


def finished_page(root: Path, page: str, main: Bundle, worker: Bundle) -> Page:
    """Put bundled scripts, styles and skeleton together; raise BadSkeleton."""
    folder = f"static/js/{page}"
    own_style = f"{folder}/page.css"
    styles = [*STYLES, *([own_style] if (root / own_style).exists() else [])]
    style, files = _joined_style(root, styles)
    skeleton = f"{folder}/page.html"
    html = assemble(root.joinpath(skeleton).read_text("utf-8"), style, main.script)
    inputs = {skeleton, *styles, *files, *main.inputs, *worker.inputs}
    sources = {path: sri((root / path).read_bytes()) for path in sorted(inputs)}
    return Page(html.encode(), sources)


def assemble(skeleton: str, style: str, script: str) -> str:
    """Put style, script and policy into the skeleton's marks."""
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise BadSkeleton(
            "the script contains </script or <!-- and cannot stand inline"
        )
    parts = {
        "csp": '<meta http-equiv="Content-Security-Policy" content="'
        + POLICY.format(script=_sha256(script), style=_sha256(style))
        + '">',
        "style": f"<style>{style}</style>",
        "script": f"<script>{script}</script>",
    }
    for mark in MARKS:
        if skeleton.count(_mark(mark)) != 1:
            raise BadSkeleton(f"the skeleton needs the mark {_mark(mark)} exactly once")
    # One pass, so that a mark inside style or script stays what it is.
    return re.sub(
        r"<!-- urne:(\w+) -->",
        lambda found: parts.get(found[1], found[0]),
        skeleton,
    )


def write_page(root: Path, page: str, esbuild: Path) -> None:
    """Build the page and write it with its digest."""
    built = build_page(root, page, esbuild)
    note_page(root, page, built)
    print(f"{PAGES}/{page}.html: {len(built.html)} bytes")


def note_page(root: Path, page: str, built: Page) -> None:
    """Write a finished page, its digest, and those of its sources."""
    target = root / PAGES / f"{page}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(built.html)
    listed = listed_pages(root)
    listed[target.name] = {
        "sha256": hashlib.sha256(built.html).hexdigest(),
        "bytes": len(built.html),
        "sources": built.sources,
    }
    text = json.dumps(dict(sorted(listed.items())), indent=2) + "\n"
    (root / DIGESTS).write_text(text, "utf-8")


def listed_pages(root: Path) -> dict[str, Any]:
    """Return DIGESTS.json: page -> sha256, bytes and sources; empty if none."""
    path = root / DIGESTS
    if not path.exists():
        return {}
    listed: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return listed


def page_faults(root: Path) -> list[str]:
    """Return what is wrong with the built pages, seen without building."""
    listed = listed_pages(root)
    present = {path.name for path in (root / PAGES).glob("*.html")}
    faults = [f"{PAGES}/{name} is not listed" for name in sorted(present - set(listed))]
    for name, noted in listed.items():
        if name not in present:
            faults.append(f"{PAGES}/{name} is missing")
            continue
        html = (root / PAGES / name).read_bytes()
        if hashlib.sha256(html).hexdigest() != noted["sha256"]:
            faults.append(f"{PAGES}/{name} has another digest than listed")
        faults += _policy_faults(name, html.decode())
        faults += [
            f"{path} was changed after {name} was built: "
            f"run scripts/vendor --single {name.removesuffix('.html')}"
            for path, digest in noted["sources"].items()
            if not (root / path).exists() or sri((root / path).read_bytes()) != digest
        ]
    return faults


def rebuild_faults(root: Path, esbuild: Path) -> list[str]:
    """Return the pages that do not come out the same when built again."""
    return [
        f"{PAGES}/{name} comes out differently when built again"
        for name, noted in listed_pages(root).items()
        if hashlib.sha256(
            build_page(root, name.removesuffix(".html"), esbuild).html,
        ).hexdigest()
        != noted["sha256"]
    ]


def _bundles(root: Path, folder: str, esbuild: Path) -> tuple[Bundle, Bundle]:
    worker = Bundle("", frozenset())
    text = None
    if (root / folder / "worker.js").exists():
        worker = bundle_script(root, esbuild, f"{folder}/worker.js")
        text = worker.script
    return bundle_script(root, esbuild, f"{folder}/main.js", text), worker


def _joined_style(root: Path, styles: list[str]) -> tuple[str, set[str]]:
    texts: list[str] = []
    files: set[str] = set()
    for path in styles:
        sheet = root / path
        text = sheet.read_text("utf-8").replace('@charset "UTF-8";', "")
        for found in set(_CSS_FILE.findall(text)):
            target = (sheet.parent / found).resolve()
            files.add(target.relative_to(root).as_posix())
            text = text.replace(f'url("{found}")', f'url("{_data_address(target)}")')
        texts.append(text)
    return "\n".join(texts), files


def _data_address(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return f"data:{_TYPES[path.suffix]};base64,{data}"


def _policy_faults(name: str, html: str) -> list[str]:
    scripts, styles = _SCRIPT.findall(html), _STYLE.findall(html)
    if len(scripts) != 1 or len(styles) != 1:
        return [f"{name} must hold one script and one style"]
    policy = POLICY.format(script=_sha256(scripts[0]), style=_sha256(styles[0]))
    faults = [] if policy in html else [f"{name}: script or style is not in its policy"]
    frame = html.replace(scripts[0], "").replace(styles[0], "")
    return faults + ([f"{name} refers outside"] if _OUTSIDE.search(frame) else [])


def _sha256(text: str) -> str:
    return sri(text.encode(), "sha256")


def _mark(name: str) -> str:
    return f"<!-- urne:{name} -->"
