"""Letters: one sheet a member, a code that votes, and no two copies that do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from sqlalchemy import select

from crypto.codes import VotingCode as DrawnCode
from crypto.codes import short_fingerprint
from crypto.merkle import leaf_hash, root_of
from infra.tables import AUDIT
from register.letter_pages import (
    TooLongForALetter,
    render_example_letter,
    render_letters,
)
from register.letters import (
    LettersPosted,
    NotPrinted,
    PrintedBefore,
    UnknownLetterBatch,
    confirm_printed,
)
from register.mail_templates import Template, suggested_template
from register.mails import letterhead_of
from register.recipients import Plan, count_recipients
from register.refusals import CodeDead
from register.rights import identify_voter
from register.roll_phases import (
    LetterBatchState,
    MessageChannel,
    MessageState,
    SendingKind,
    SendingState,
)
from register.sending import LettersTellTooMuch, WrongSendingState, pause_sending
from register.sending_jobs import sweep_sendings
from register.sending_pace import Pace
from register.sending_texts import set_language_text
from register.tables import VotingCode
from register.voting_codes import login_public_key
from tests.conftest import Stores
from tests.register.elections import OFFICIAL, Link
from tests.register.post_office import PostOffice, a_post_office
from tests.register.printed import Sheet, sheets_of
from tests.register.printing_room import (
    HEADINGS,
    batches,
    draw,
    post,
    residents,
    settle,
)
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer

LETTER, EMAIL = MessageChannel.LETTER, MessageChannel.EMAIL
PAGE = "http://stemme.test/s/lonn-2026"


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def code_on(sheet: Sheet) -> DrawnCode:
    """Return the code as somebody types it from the letter."""
    (line,) = [
        run.text
        for run in sheet.runs
        if len(run.text.replace("  ", "")) == 26 and "  " in run.text
    ]
    return DrawnCode.typed(line)


def link_of(office: PostOffice, code: DrawnCode) -> Link:
    fingerprint = office.election.fingerprint
    with office.election.store.reading() as session:
        key = login_public_key(fingerprint, code)
        row = session.get_one(VotingCode, key)
        return Link(code, fingerprint, row.entry_id, row.message_id)


def modules_of(text: str) -> frozenset[tuple[int, int]]:
    """Return the dark modules that a QR code of a text has, quiet zone counted."""
    rows = segno.make(text, error="m", micro=False).matrix
    return frozenset(
        (row + 4, column + 4)
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    )


def test_a_batch_of_twenty_letters_votes_by_its_code_and_by_its_qr(
    office: PostOffice,
) -> None:
    office.open(*residents(20), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    run = draw(office, sending_id)
    sheets = sheets_of(
        render_letters(run.head, run.fingerprint, run.letters, run.number)
    )
    assert len(sheets) == 20
    codes = [code_on(sheet) for sheet in sheets]
    assert codes == [letter.code for letter in run.letters]
    check = "  ".join(
        short_fingerprint(run.fingerprint)[at : at + 4] for at in range(0, 16, 4)
    )
    for sheet, code, letter in zip(sheets, codes, run.letters, strict=True):
        link = f"{PAGE}#{code.link_fragment(run.fingerprint)}"
        assert sheet.qr == modules_of(link)
        assert check in sheet.text
        assert {letter.name, *letter.postal.splitlines()} <= {
            each.text for each in sheet.runs
        }
        office.election.take(link_of(office, code))  # the right is given out
    assert len({sheet.qr for sheet in sheets}) == 20


def test_nothing_but_the_address_stands_where_the_envelope_has_its_window(
    office: PostOffice,
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    run = draw(office, office.start(SendingKind.INVITATION, LETTER))
    (sheet,) = sheets_of(render_letters(run.head, run.fingerprint, run.letters, 1))
    in_window = [each for each in sheet.runs if 24 < each.y < 92]
    assert [each.text for each in in_window] == ["Kåre1 Ås", "Storgata 1", "0155 OSLO"]
    assert all(each.x == pytest.approx(20, abs=0.1) for each in in_window)
    assert [round(each.y) for each in in_window] == [57, 62, 66]


def test_each_gets_the_letter_in_the_own_language(office: PostOffice) -> None:
    members = [*residents(1), ("2", "Eli", "Li", "", "", "5003", "BERGEN", "nynorsk")]
    office.open(*members, headings=HEADINGS)
    sending_id = office.write(SendingKind.INVITATION, LETTER)
    text = suggested_template(SendingKind.INVITATION, "nn")
    with office.election.store.begin() as session:
        set_language_text(
            session,
            ELECTION,
            sending_id,
            language="nn",
            subject=text.subject,
            body=text.body,
        )
    office.start_written(sending_id)
    run = draw(office, sending_id)
    sheets = sheets_of(render_letters(run.head, run.fingerprint, run.letters, 1))
    found = {
        "nn" if "Opne røystesetelen" in sheet.text else "nb": sheet for sheet in sheets
    }
    assert "Eli Li" in found["nn"].text
    assert "Slik røystar du" in found["nn"].text
    assert "Kåre1 Ås" in found["nb"].text


def test_printed_again_kills_the_first_copies(office: PostOffice) -> None:
    office.open(*residents(3), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    first = draw(office, sending_id)
    settle(office, first)
    with pytest.raises(PrintedBefore):
        draw(office, sending_id)
    second = draw(office, sending_id, again=True)
    settle(office, first)  # the first handing over ends late: it says nothing now
    assert batches(office, sending_id)[0].state == LetterBatchState.UNCERTAIN
    settle(office, second)
    assert batches(office, sending_id)[0].state == LetterBatchState.PRINTED
    for letter in first.letters:
        link = link_of(office, letter.code)
        with (
            pytest.raises(CodeDead),
            office.election.store.reading() as session,
        ):
            identify_voter(session, office.election.keystore, link.identify_request())
    for letter in second.letters:
        office.election.take(link_of(office, letter.code))


def test_who_has_voted_is_not_missing_when_a_batch_is_printed_again(
    office: PostOffice,
) -> None:
    office.open(*residents(3), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    first = draw(office, sending_id)
    used = link_of(office, first.letters[0].code)
    office.election.take(used)
    second = draw(office, sending_id, again=True)
    assert [each.name for each in first.letters] == [
        each.name for each in second.letters
    ]
    # And what was begun with the first copy can be finished with it.
    office.election.take(used)


def test_a_hundred_letters_a_batch_and_the_rest_in_the_last(office: PostOffice) -> None:
    office.open(*residents(203), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    assert [each.letter_count for each in batches(office, sending_id)] == [100, 100, 3]
    drawn = [draw(office, sending_id, number) for number in (1, 2, 3)]
    names = Counter(letter.name for run in drawn for letter in run.letters)
    assert len(names) == 203
    assert set(names.values()) == {1}
    with pytest.raises(UnknownLetterBatch):
        draw(office, sending_id, 4)


def test_the_board_is_told_when_mails_have_gone_and_letters_are_posted(
    office: PostOffice,
) -> None:
    mailed = ("9", "Kari", "Ås", "kari@example.no", "", "", "", "")
    office.open(mailed, *residents(2), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, EMAIL, LETTER)
    office.send_all(sending_id)
    assert office.states(sending_id) == {
        "1": MessageState.QUEUED,
        "2": MessageState.QUEUED,
        "9": MessageState.SENT,
    }
    assert office.sending(sending_id).state == SendingState.RUNNING
    # The mail server is not what it waits for.
    assert not Pace(office.runtime.redis("register"), sending_id).is_waiting()
    with pytest.raises(NotPrinted):
        post(office, sending_id)
    settle(office, draw(office, sending_id))
    assert set(office.states(sending_id).values()) == {MessageState.SENT}
    settle(office, draw(office, sending_id, again=True))
    assert office.election.posted("leaf") == []
    assert post(office, sending_id)
    assert office.sending(sending_id).state == SendingState.DONE
    (leaf,) = [body["leaf"] for body in office.election.posted("leaf")]
    keys = sorted(office.codes())
    # One by mail, and each letter's two: also those that are dead by now.
    assert leaf["count"] == len(keys) == 5
    assert leaf["root"] == root_of(leaf_hash(key) for key in keys).hex()
    with pytest.raises((LettersPosted, WrongSendingState)):
        draw(office, sending_id, again=True)


def test_a_handing_over_that_was_broken_off_leaves_a_doubt(office: PostOffice) -> None:
    office.open(*residents(2), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    draw(office, sending_id)  # and nobody says that it was handed over
    sweep_sendings(office.runtime)
    office.send_all(sending_id)
    assert set(office.states(sending_id).values()) == {MessageState.UNCERTAIN}
    with pytest.raises(NotPrinted):
        post(office, sending_id)
    with office.election.store.begin() as session:
        confirm_printed(
            session,
            election_id=ELECTION,
            sending_id=sending_id,
            number=1,
            actor=OFFICIAL,
            now=office.now,
        )
    assert post(office, sending_id)


def test_a_paused_sending_prints_nothing(office: PostOffice) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    with office.election.store.begin() as session:
        pause_sending(session, ELECTION, sending_id, actor=OFFICIAL, now=office.now)
    with pytest.raises(WrongSendingState):
        draw(office, sending_id)
    assert office.codes() == {}


@pytest.mark.parametrize("kind", [SendingKind.REMINDER, SendingKind.NOTICE])
def test_what_would_tell_the_printer_who_has_voted_is_never_a_letter(
    office: PostOffice, kind: SendingKind
) -> None:
    office.open(*residents(1), headings=HEADINGS)
    with pytest.raises(LettersTellTooMuch):
        office.write(kind, LETTER)


def test_without_a_postal_address_no_letter_is_written(office: PostOffice) -> None:
    nowhere = ("2", "Uten", "Adresse", "", "Storgata 2", "", "OSLO", "")
    office.open(*residents(1), nowhere, headings=HEADINGS)
    with office.election.store.reading() as session:
        kind, plan = SendingKind.INVITATION, Plan((LETTER,))
        found = count_recipients(session, ELECTION, kind, plan)
    assert (dict(found.by_channel), found.unreached) == ({LETTER: 1}, 1)


def test_a_text_that_needs_a_second_sheet_is_refused(office: PostOffice) -> None:
    office.open(*residents(1), headings=HEADINGS)
    head = letterhead_of(office.election.roll(), "http://stemme.test")
    suggested = suggested_template(SendingKind.INVITATION)
    render_example_letter(head, office.election.fingerprint, suggested)
    long = Template(suggested.subject, suggested.body + "\n\nMer å si." * 40)
    with pytest.raises(TooLongForALetter):
        render_example_letter(head, office.election.fingerprint, long)


def test_markup_in_names_and_texts_is_only_text(office: PostOffice) -> None:
    evil = "<img src=https://evil.example/x onerror=alert(1)>"
    office.open(
        ("1", evil, "</address><h1>Å", "", "<b>Gata</b>", "0155", "{{ 7 }}", ""),
        headings=HEADINGS,
    )
    run = draw(office, office.start(SendingKind.INVITATION, LETTER))
    (sheet,) = sheets_of(render_letters(run.head, run.fingerprint, run.letters, 1))
    assert "<img src=https://evil.example/x" in sheet.text
    assert "<b>Gata</b>" in sheet.text
    assert "0155 {{ 7 }}" in sheet.text


def test_letters_of_another_alphabet_do_not_disturb_the_digits_of_codes(
    office: PostOffice,
) -> None:
    abroad = [
        (str(n), "Dušan Žižek", "Čović-Łęć", "", "Ąžuolyno 7", "0155", "OSLO", "")
        for n in range(1, 6)
    ]
    office.open(*abroad, headings=HEADINGS)
    run = draw(office, office.start(SendingKind.INVITATION, LETTER))
    sheets = sheets_of(render_letters(run.head, run.fingerprint, run.letters, 1))
    assert [code_on(sheet) for sheet in sheets] == [each.code for each in run.letters]
    for sheet in sheets:
        together = "".join(each.text for each in sheet.runs)
        assert "Dušan Žižek Čović-Łęć" in together
        assert "Lønnsoppgjøret 2026" in together


def test_a_print_run_shows_nothing_of_itself_in_a_log(office: PostOffice) -> None:
    office.open(*residents(1), headings=HEADINGS)
    run = draw(office, office.start(SendingKind.INVITATION, LETTER))
    shown = repr(run) + repr(run.letters)
    for secret in ("Kåre", "Storgata", run.letters[0].code.symbols):
        assert secret not in shown


def test_every_printing_is_on_record(office: PostOffice) -> None:
    office.open(*residents(1), headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    settle(office, draw(office, sending_id))
    settle(office, draw(office, sending_id, again=True))
    post(office, sending_id)
    table = AUDIT["register"]
    with office.election.store.reading() as session:
        kinds = session.scalars(select(table.kind).order_by(table.seq)).all()
    assert kinds[-3:] == ["letters-drawn", "letters-drawn", "letters-posted"]
