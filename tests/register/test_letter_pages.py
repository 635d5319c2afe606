"""The sending pages where letters are printed, as officials press their buttons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.roles import Role
from register.letter_pages import EXAMPLE_POSTAL
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingKind,
)
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office
from tests.register.printed import sheets_of
from tests.register.printing_room import HEADINGS, batches, residents
from tests.register.register_site import HERE, Browser, signed_in, told, words_of
from tests.smtp import SmtpServer

LETTER = MessageChannel.LETTER
TEXT = {
    "subject": "Stem",
    "body": "{organisasjon} innen {frist}: {lenke}",
    "language": "nb",
}


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


@pytest.fixture
def official(office: PostOffice) -> Browser:
    return signed_in(office)


def _page_of(sending_id: bytes) -> str:
    return f"/utsending/{sending_id.hex()}"


def test_letters_from_draft_to_the_post(office: PostOffice, official: Browser) -> None:
    mailed = ("9", "Kari", "Ås", "kari@example.no", "", "", "", "")
    office.open(mailed, *residents(2), headings=HEADINGS)
    ticks = {"by_email": "y", "by_letter": "y", "falls_back": "y"}
    draft = official.post("/utsending/ny/innbydelse", {**TEXT, **ticks})
    seen = words_of(draft)
    assert "Send til 3 mottakere" in seen
    assert "E-post: 1" in seen
    assert "Brev: 2" in seen
    one = str(draft.request.path).removeprefix(HERE)
    sending_id = bytes.fromhex(one.rpartition("/")[2])
    example = official.get(f"{one}/brev/eksempel/nb")
    assert example.mimetype == "application/pdf"
    (sheet,) = sheets_of(example.get_data())
    assert EXAMPLE_POSTAL.splitlines()[1] in sheet.text
    official.post(f"{one}/start", {"told": "3"})
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 1

    pdf = official.post(f"{one}/brev/1")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Cache-Control"] == "no-store"
    assert "attachment" in pdf.headers["Content-Disposition"]
    assert len(sheets_of(pdf.get_data())) == 2
    assert batches(office, sending_id)[0].state == LetterBatchState.PRINTED
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    codes = office.codes()

    refused = official.post(f"{one}/brev/1")
    assert "slutter kodene i de første brevene å virke" in told(refused)
    assert office.codes() == codes
    again = official.post(f"{one}/brev/1", {"again": "y"})
    assert len(sheets_of(again.get_data())) == 2
    dead = [key for key, state in office.codes().items() if state == "dead"]
    assert len(dead) == 2
    assert "Skrevet ut 2 ganger" in words_of(official.get(one))
    posted = official.post(f"{one}/brev/1/postlagt")
    assert "Bunke 1 er lagt i posten" in told(posted)
    assert "Ferdig" in words_of(posted)


def test_a_browser_that_goes_away_leaves_the_batch_in_doubt(
    office: PostOffice, official: Browser
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    one = _page_of(sending_id)
    token = official.page("/manntall").select_one("input[name=csrf_token]")
    assert token is not None
    answer = official.client.post(
        f"{HERE}{one}/brev/1", data={"csrf_token": token["value"]}, buffered=False
    )
    next(iter(answer.response))
    answer.close()
    assert batches(office, sending_id)[0].state == LetterBatchState.UNCERTAIN
    shown = words_of(official.get(one))
    assert "Vi vet ikke om hele filen kom fram til deg" in shown
    assert "Skrevet ut" in words_of(official.post(f"{one}/brev/1/hel"))
    assert batches(office, sending_id)[0].state == LetterBatchState.PRINTED


@pytest.mark.parametrize("kind", ["paaminnelse", "melding"])
def test_no_letter_can_be_ticked_for_what_tells_who_has_voted(
    office: PostOffice, official: Browser, kind: str
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    page = official.page(f"/utsending/ny/{kind}")
    assert page.select_one("input[name=by_letter]") is None
    text = TEXT
    if kind == "melding":
        text = {**TEXT, "body": "{organisasjon}: {status} {rot}"}
    answer = official.post(f"/utsending/ny/{kind}", {**text, "by_letter": "y"})
    assert answer.status_code == 422
    assert "ville se hvem som har stemt" in told(answer)


def test_a_text_for_two_sheets_is_refused_where_it_is_written(
    office: PostOffice, official: Browser
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    long = {**TEXT, "body": TEXT["body"] + "\r\n\r\nMer." * 60, "by_letter": "y"}
    answer = official.post("/utsending/ny/innbydelse", long)
    assert answer.status_code == 422
    assert "får ikke plass på ett ark" in told(answer)
    assert "Skriv innbydelse" in words_of(official.get("/utsending"))


@pytest.mark.parametrize("path", ["/brev/1", "/brev/1/hel", "/brev/1/postlagt"])
def test_only_an_organiser_prints(office: PostOffice, path: str) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    reader = signed_in(office, Role.COMMITTEE, Role.AUDITOR)
    answer = reader.post(_page_of(sending_id) + path, of="/utsending")
    assert answer.status_code == 403
    assert office.codes() == {}


@pytest.mark.parametrize("path", ["/brev/2", "/brev/0", "/brev/999999999999"])
def test_a_batch_that_is_not_there_is_named(
    office: PostOffice, official: Browser, path: str
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    answer = official.post(_page_of(sending_id) + path)
    assert "Brevbunken finnes ikke" in told(answer)


def test_nothing_of_a_letter_is_left_on_a_disk_or_in_the_queue(
    office: PostOffice, official: Browser, tmp_path: Path
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    pdf = official.post(f"{_page_of(sending_id)}/brev/1").get_data()
    (sheet,) = sheets_of(pdf)
    (line,) = [run.text for run in sheet.runs if len(run.text) == 26 + 6 * 2]
    codes = {line.encode(), line.replace("  ", "").encode()}
    for file in tmp_path.rglob("*"):
        if file.is_file():
            found = file.read_bytes()
            assert not any(code in found for code in codes), file
            assert pdf[:2000] not in found
    redis = office.runtime.redis("register")
    for key in redis.scan_iter():
        assert b"PDF" not in (redis.dump(key) or b"")
