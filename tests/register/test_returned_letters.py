"""Letters that came back: found by their number, noted, put right, and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from register.letters import draw_letters, note_printed, post_letters
from register.recipients import Plan, count_recipients
from register.returned_letters import (
    NotInThePost,
    UnknownLetter,
    find_letter,
    note_returned_letter,
)
from register.roll import read_data_key, read_person
from register.roll_phases import MessageChannel, MessageState, SendingKind
from register.tables import RollEntry, VotingCode
from register.voting_codes import login_public_key
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office
from tests.register.register_audit import events
from tests.register.register_site import Browser, signed_in, told, words_of
from tests.register.roll_files import ELECTION
from tests.register.test_resends import by
from tests.smtp import SmtpServer

LETTER = MessageChannel.LETTER
HEADINGS = (
    *("Medlemsnr", "Fornavn", "Etternavn", "E-post", "Krets"),
    *("Adresse", "Postnr", "Poststed"),
)
ROWS = (
    ("1", "Kari", "Ås", "kari@example.no", "Alle", "Gata 1", "0155", "OSLO"),
    ("2", "Ola", "By", "", "Alle", "Gata 2", "5003", "BERGEN"),
    ("3", "Per", "Vik", "", "Alle", "Gata 3", "7010", "TRONDHEIM"),
)
OTHER = "c" * 32


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def posted(office: PostOffice, *, until_posted: bool = True) -> tuple[bytes, list[str]]:
    """Print and post a letter to each; return the sending, and whose they are."""
    office.open(*ROWS, headings=HEADINGS)
    sending_id = office.start(SendingKind.INVITATION, LETTER)
    store = office.election.store
    with store.begin() as session:
        key = read_data_key(session, office.election.keystore, ELECTION)
        run = draw_letters(
            session,
            key,
            election_id=ELECTION,
            sending_id=sending_id,
            number=1,
            again=False,
            service_url="http://stemme.test",
            actor=OFFICIAL,
            now=office.now,
        )
    with store.begin() as session:
        note_printed(session, ELECTION, run)
    if until_posted:
        with store.begin() as session:
            post_letters(
                session,
                office.runtime.settings,
                election_id=ELECTION,
                sending_id=sending_id,
                number=1,
                actor=OFFICIAL,
                now=office.now,
            )
    fingerprint = office.election.fingerprint
    dead = {each.name: login_public_key(fingerprint, each.code) for each in run.letters}
    assert set(office.codes()) == set(dead.values())
    return sending_id, [each.name for each in run.letters]


def message_of(office: PostOffice, number: str) -> bytes:
    entry = office.entry(number)
    with office.election.store.reading() as session:
        row = session.query(VotingCode).filter_by(entry_id=entry.id).one()
        return bytes(row.message_id)


def note_return(office: PostOffice, number: str) -> None:
    message_id = message_of(office, number)
    with office.election.store.begin() as session:
        note_returned_letter(
            session,
            election_id=ELECTION,
            message_id=message_id,
            by=by(office, "Konvolutten kom tilbake"),
        )


def reach_by_letter(office: PostOffice) -> int:
    with office.election.store.reading() as session:
        return count_recipients(
            session, ELECTION, SendingKind.INVITATION, Plan((LETTER,))
        ).number


def test_the_number_on_a_letter_leads_to_its_member(office: PostOffice) -> None:
    sending_id, names = posted(office)
    with office.election.store.reading() as session:
        key = read_data_key(session, office.election.keystore, ELECTION)
        found = [
            find_letter(
                session,
                election_id=ELECTION,
                sending_id=sending_id,
                number=1,
                place=place,
            )
            for place in (1, 2, 3)
        ]
        people = [read_person(key, session.get_one(RollEntry, each)) for each in found]
        assert [each.display_name for each in people] == names
        for number, place in ((1, 4), (1, 0), (2, 1), (0, 1), (1, 2**70), (-1, -1)):
            with pytest.raises(UnknownLetter):
                find_letter(
                    session,
                    election_id=ELECTION,
                    sending_id=sending_id,
                    number=number,
                    place=place,
                )


def test_a_returned_letters_code_dies_and_no_other_letter_goes_there(
    office: PostOffice,
) -> None:
    sending_id, _ = posted(office)
    note_return(office, "2")
    assert office.states(sending_id)["2"] == MessageState.BOUNCED
    assert sorted(office.codes().values()) == ["dead", "live", "live"]
    assert office.entry("2").letter_came_back
    assert office.entry("2").return_noted_by == OFFICIAL
    assert reach_by_letter(office) == 0
    (event,) = events(office, "letter-came-back")
    assert event["entry"] == office.entry("2").id.hex()
    with pytest.raises(NotInThePost):
        note_return(office, "2")


def test_a_letter_that_was_not_posted_cannot_come_back(office: PostOffice) -> None:
    posted(office, until_posted=False)
    with pytest.raises(NotInThePost):
        note_return(office, "2")


def test_an_official_notes_puts_right_and_sends_again(office: PostOffice) -> None:
    sending_id, names = posted(office)
    official, place = signed_in(office), names.index("Ola By") + 1
    here = f"/utsending/{sending_id.hex()}"
    assert "Kom et brev i retur?" in words_of(official.get(here))
    page = official.post(
        f"{here}/brev/oppslag",
        {"brev-number": "1", "brev-place": str(place), "brev-reason": "Brev i retur"},
        of=here,
    )
    assert "Ola By" in words_of(page)
    assert "Gata 2, 5003 BERGEN" in words_of(page)
    assert len(events(office, "member-looked-up")) == 1

    message = message_of(office, "2").hex()
    fields = {"message": message, "reason": "Brev i retur"}
    page = official.post("/oppslag/brev-i-retur", fields)
    assert "Returen er ført" in told(page)
    listed = official.post("/utsending/usikre", {"reason": "Returer"}, of="/utsending")
    assert "Medlem 2" in words_of(listed)
    assert "Kom i retur" in words_of(listed)
    assert "kom i retur" in told(_member(official, "2"))

    entry = office.entry("2").id.hex()
    moved = {
        *(("post-entry", entry), ("post-street", "Nygata 9"), ("post-city", "OSLO")),
        *(("post-postcode", "155"), ("post-reason", "Medlemmet ringte")),
    }
    page = official.post("/rettelser/ny-postadresse", dict(moved), of="/oppslag")
    assert "To andre" in told(page)
    third = signed_in(office, who="d" * 32)
    page = third.post("/rettelser/ny-postadresse", dict(moved), of="/oppslag")
    assert "Forslaget venter" in told(page)
    other = signed_in(office, who=OTHER)
    link = other.page("/rettelser").select_one("tbody a")
    assert link is not None
    address = str(link["href"]).partition(ELECTION)[2]
    assert "Nygata 9, 0155 OSLO" in words_of(other.get(address))
    other.post(f"{address}/godkjenn", of=address)
    page = _member(official, "2")
    assert "Nygata 9, 0155 OSLO" in words_of(page)
    assert "kom i retur" not in told(page)

    again = {"entry": entry, "reason": "Ny adresse", "by_letter": "y"}
    page = official.post("/oppslag/ny-lenke", again | {"member_number": "2"})
    assert "Bunke 1" in words_of(page)
    listed = official.post("/utsending/usikre", {"reason": "Returer"}, of="/utsending")
    assert "Medlem 2" not in words_of(listed)


@pytest.mark.parametrize(
    "fields",
    [
        {"brev-number": "1", "brev-place": "9", "brev-reason": "Brev i retur"},
        {"brev-number": "1", "brev-place": "1", "brev-reason": ""},
        {"brev-number": "x", "brev-place": "1", "brev-reason": "Brev i retur"},
        {"brev-number": "-1", "brev-place": "9" * 30, "brev-reason": "Brev i retur"},
    ],
)
def test_a_number_that_is_no_letter_shows_nobody(
    office: PostOffice, fields: dict[str, str]
) -> None:
    sending_id, names = posted(office)
    here = f"/utsending/{sending_id.hex()}"
    page = signed_in(office).post(f"{here}/brev/oppslag", fields, of=here)
    assert told(page)
    assert not [each for each in names if each in words_of(page)]
    assert events(office, "member-looked-up") == []


def test_a_postal_address_that_nobody_would_be_told_of_is_not_changed(
    office: PostOffice,
) -> None:
    office.open(*ROWS, headings=HEADINGS)
    official = signed_in(office)
    fields = {"post-street": "X 1", "post-postcode": "0155", "post-city": "OSLO"}
    fields |= {
        "post-reason": "Fikk en telefon",
        "post-entry": office.entry("2").id.hex(),
    }
    page = official.post("/rettelser/ny-postadresse", fields, of="/oppslag")
    assert "ingen e-post eller mobil som kan få vite" in told(page)
    # With mail the change is possible, and the mail learns of it.
    fields["post-entry"] = office.entry("1").id.hex()
    page = official.post("/rettelser/ny-postadresse", fields, of="/oppslag")
    assert "Forslaget venter" in told(page)
    fields |= {"post-city": " ", "post-postcode": "\x00"}
    page = official.post("/rettelser/ny-postadresse", fields, of="/oppslag")
    assert told(page)


def _member(official: Browser, number: str) -> TestResponse:
    fields = {"member_number": number, "reason": "Ser etter brevet"}
    return official.post("/oppslag", fields, of="/oppslag")
