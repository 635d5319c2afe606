"""The mail sink: what it keeps, and how safely it shows it."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from infra.clock import FixedClock
from infra.mail import Sender, SmtpTransport
from infra.message_settings import SmtpSettings
from infra.messages import Message
from scripts.mailsink.storage import list_mails
from tests.services import free_port

ROOT = Path(__file__).parents[2]
CLOCK = FixedClock(datetime(2027, 3, 1, tzinfo=UTC))
ELECTION = "0123456789abcdef" * 2
LINK = "http://127.0.0.1:8000/s/tariff#ABCDEFGH"
HTML = (
    "<!doctype html><html><head><title>x</title></head><body>"
    f"<script>document.title = 'ran'</script><a href='{LINK}'>Stem</a></body></html>"
)


@dataclass(frozen=True, slots=True)
class RunningSink:
    folder: Path
    smtp_port: int
    port: int

    def send(self, message: Message) -> None:
        smtp = SmtpSettings(
            "127.0.0.1", self.smtp_port, "none", None, None, "valg@forbundet.example"
        )
        sender = Sender(smtp.from_address, "Forbundet", CLOCK)
        with SmtpTransport(smtp, sender) as transport:
            transport.send(message)

    def get(self, path: str) -> tuple[str, dict[str, str]]:
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address) as answer:
            return answer.read().decode(), dict(answer.headers)


@contextmanager
def _running(folder: Path) -> Iterator[RunningSink]:
    sink = RunningSink(folder, free_port(), free_port())
    command = [sys.executable, "-P", "-m", "scripts.mailsink.command"]
    command += ["--folder", str(folder), "--smtp-port", str(sink.smtp_port)]
    command += ["--port", str(sink.port), "--service-url", "http://127.0.0.1:8000"]
    process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                sink.get("/")
            except urllib.error.URLError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                break
        yield sink
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[RunningSink]:
    with _running(tmp_path / "mail") as running:
        yield running


def _message(to: str, subject: str, *, election: str | None = ELECTION) -> Message:
    headers = (("List-Id", f"<{election}.urne>"),) if election else ()
    return Message(to, subject, f"Stem her:\n\n{LINK}\n", HTML, headers=headers)


def test_mail_lies_in_the_folder_of_its_election(sink: RunningSink) -> None:
    sink.send(_message("kari@medlem.example", "Stem nå"))
    sink.send(_message("kåre@medlem.example", "Noe annet", election=None))
    (kept,) = (sink.folder / ELECTION).iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(sink.folder.stat().st_mode) == 0o700
    assert LINK in kept.read_bytes().decode().replace("=\r\n", "").replace("=3D", "=")
    assert len(list((sink.folder / "other").iterdir())) == 1


def test_a_mailbox_shows_its_newest_mail_first(sink: RunningSink) -> None:
    for subject in ("Stem nå", "Påminnelse"):
        sink.send(_message("kari@medlem.example", subject))
    sink.send(_message("ola@medlem.example", "Til Ola"))
    front, _ = sink.get("/")
    assert front.index("ola@medlem.example") < front.index("kari@medlem.example")
    newest = [
        each for each in list_mails(sink.folder) if each.recipient.startswith("kari")
    ]
    assert [each.subject for each in newest] == ["Påminnelse", "Stem nå"]
    page, _ = sink.get(f"/boks/{newest[0].mailbox}")
    assert "<h1>Påminnelse</h1>" in page
    assert f'href="{LINK}"' in page
    assert f'href="/brev/{ELECTION}/{newest[1].name}"' in page
    assert "Til Ola" not in page


def test_a_mails_html_runs_no_script_and_loads_nothing(sink: RunningSink) -> None:
    sink.send(_message("kari@medlem.example", "Stem nå"))
    (head,) = list_mails(sink.folder)
    content, headers = sink.get(f"/brev/{head.folder}/{head.name}/html")
    assert LINK in content
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    page, page_headers = sink.get(f"/brev/{head.folder}/{head.name}")
    assert "<script" not in page
    assert "script-src" not in page_headers["Content-Security-Policy"]


def test_a_link_in_a_mail_opens_a_tab_of_its_own(
    sink: RunningSink, browser: Browser
) -> None:
    # The link leads to the sink itself, the only server that is there.
    link = f"http://127.0.0.1:{sink.port}/#ABCDEFGH"
    html = HTML.replace(LINK, link)
    sink.send(Message("kari@medlem.example", "Stem nå", f"Stem her: {link}", html))
    (head,) = list_mails(sink.folder)
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{sink.port}/boks/{head.mailbox}")
    frame = page.frame_locator("iframe.mail")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Stem").click()
    tab = opened.value
    tab.wait_for_load_state()
    assert tab.url == link
    assert tab.locator("h1").inner_text() == "Postkasser"
    assert page.locator("pre").inner_text().strip() == f"Stem her: {link}"
    assert page.frames[1].title() == "x"
    page.context.close()


@pytest.mark.parametrize(
    "path",
    ["/brev/other/..%2F..%2Fsecrets", f"/brev/{ELECTION}/{'0' * 32}", "/boks/ingen"],
)
def test_what_is_no_mail_is_not_found(sink: RunningSink, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        sink.get(path)
    refused.value.close()
    assert refused.value.code == 404
