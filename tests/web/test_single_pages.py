"""A single page runs from a file, and nothing but its own script runs in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from scripts.vendoring.bundler import Bundle
from scripts.vendoring.singles import (
    BadSkeleton,
    Page,
    assemble,
    finished_page,
    note_page,
    page_faults,
)

ROOT = Path(__file__).resolve().parents[2]
SKELETON = """<!doctype html>
<html lang="nb"><head><meta charset="utf-8"><!-- urne:csp -->
<title>Prøve – Urne</title><link rel="icon" href="data:,"><!-- urne:style --></head>
<body><p>Prøve</p><!-- urne:script --></body></html>
"""
WORKER = "onmessage = (event) => postMessage(event.data + 1);"


def a_script() -> str:
    """What the bundler would make of a page that asks its worker for 41 + 1."""
    starter = (ROOT / "static/js/start_worker.js").read_text("utf-8")
    return "\n".join(
        [
            f"const URNE_WORKER_SOURCE = {json.dumps(WORKER)};",
            starter.replace("export function", "function"),
            "const worker = startWorker(null);",
            "worker.onmessage = (event) => { document.body.dataset.sum = event.data };",
            "worker.postMessage(41);",
        ],
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the sources of one page, `prove`."""
    shutil.copytree(ROOT / "static/vendor", tmp_path / "static/vendor")
    shutil.copytree(ROOT / "static/css", tmp_path / "static/css")
    (tmp_path / "static/js/prove").mkdir(parents=True)
    (tmp_path / "static/js/prove/page.html").write_text(SKELETON, "utf-8")
    (tmp_path / "static/js/prove/main.js").write_text(a_script(), "utf-8")
    return tmp_path


def built(root: Path) -> Page:
    main = Bundle(a_script(), frozenset({"static/js/prove/main.js"}))
    page = finished_page(root, "prove", main, Bundle("", frozenset()))
    note_page(root, "prove", page)
    return page


def test_page_starts_its_worker_from_a_file(root: Path, browser: Browser) -> None:
    built(root)
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto((root / "static/single/prove.html").as_uri())
    page.wait_for_selector("[data-sum='42']", timeout=10_000)
    assert page.evaluate("document.fonts.size") >= 1
    assert told == []


def test_changed_script_does_not_run(root: Path, browser: Browser) -> None:
    html = built(root).html.replace(b"postMessage(41)", b"postMessage(40)")
    (root / "changed.html").write_bytes(html)
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto((root / "changed.html").as_uri())
    assert page.locator("body").get_attribute("data-sum") is None
    assert any("Content Security Policy" in line for line in told)


def test_page_holds_no_address_to_load_from(root: Path) -> None:
    html = built(root).html
    assert b"../vendor" not in html
    assert page_faults(root) == []


def test_outside_script_is_a_fault(root: Path) -> None:
    html = built(root).html.replace(b"<p>", b'<script src="x.js"></script><p>')
    (root / "static/single/prove.html").write_bytes(html)
    digests = root / "static/single/DIGESTS.json"
    noted = json.loads(digests.read_text("utf-8"))
    noted["prove.html"]["sha256"] = hashlib.sha256(html).hexdigest()
    digests.write_text(json.dumps(noted), "utf-8")
    assert page_faults(root) == ["prove.html refers outside"]


def test_changed_source_asks_for_a_new_build(root: Path) -> None:
    built(root)
    (root / "static/css/urne.css").write_text("p { color: red }", "utf-8")
    assert page_faults(root) == [
        (
            "static/css/urne.css was changed after prove.html was built: "
            "run scripts/vendor --single prove"
        ),
    ]


def test_changed_page_is_a_fault(root: Path) -> None:
    built(root)
    target = root / "static/single/prove.html"
    target.write_bytes(target.read_bytes().replace(b"Pr", b"pr", 1))
    assert page_faults(root) == [
        "static/single/prove.html has another digest than listed",
    ]


def test_unlisted_page_is_a_fault(root: Path) -> None:
    built(root)
    (root / "static/single/more.html").write_text("<p>", "utf-8")
    assert page_faults(root) == ["static/single/more.html is not listed"]


@pytest.mark.parametrize("end", ["</script>", "</SCRIPT >", "<!--"])
def test_script_that_would_end_itself_is_refused(end: str) -> None:
    with pytest.raises(BadSkeleton):
        assemble(SKELETON, "", f'"{end}"')


def test_skeleton_without_a_mark_is_refused() -> None:
    with pytest.raises(BadSkeleton, match="urne:csp"):
        assemble(SKELETON.replace("<!-- urne:csp -->", ""), "", "1;")
