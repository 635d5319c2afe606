"""A practice election says so in every message, and its roll may go at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.roles import Role
from register.elections import ManifestMismatch
from register.letter_pages import render_example_letter
from register.mail_templates import suggested_template
from register.mails import Personal, render_example, render_sms
from register.practice import NotForPractice, NotOverYet, hasten_shredding
from register.roll_phases import RollPhase, SendingKind
from register.shredding_jobs import shred_roll
from tests.conftest import Stores
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.printed import sheets_of
from tests.register.register_site import an_app, signed_in, words_of
from tests.register.roll_files import ELECTION
from tests.register.test_mails import head
from tests.smtp import SmtpServer

SAID = "Dette er en øvelse. Stemmene teller ikke, og ingenting blir avgjort."


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


@pytest.mark.parametrize("kind", list(SendingKind))
def test_every_kind_of_message_says_that_it_is_practice(kind: SendingKind) -> None:
    template, real = suggested_template(kind, "nb"), head()
    mail = render_example(replace(real, practice=True), kind, template)
    assert mail.subject.startswith("ØVELSE: ")
    assert SAID in mail.text
    assert SAID in mail.html
    member = Personal("Kari", "https://stemme.example/s/lonn#A.B", "none")
    if template.sms:
        said = render_sms(replace(real, practice=True), template, member)
        assert said.startswith("ØVELSE: ")
        assert "ØVELSE" not in render_sms(real, template, member)
    plain = render_example(real, kind, template)
    assert "ØVELSE" not in plain.subject
    assert "øvelse" not in plain.text + plain.html


def test_it_is_said_in_the_members_own_language() -> None:
    practice = replace(head(), practice=True)
    for language, word in (("nn", "ØVING: "), ("en", "PRACTICE: ")):
        template = suggested_template(SendingKind.INVITATION, language)
        mail = render_example(practice, SendingKind.INVITATION, template)
        assert mail.subject.startswith(word)


def test_a_letter_says_so_above_its_text_and_keeps_to_one_sheet() -> None:
    template = suggested_template(SendingKind.INVITATION, "nb")
    printed = render_example_letter(replace(head(), practice=True), bytes(32), template)
    (sheet,) = sheets_of(printed)
    assert SAID in " ".join(sheet.text.split())
    assert "ØVELSE: " in sheet.text


def test_the_roll_of_a_practice_goes_at_once_and_no_other(office: PostOffice) -> None:
    election = office.election
    election.create(practice=True)
    election.import_rows(*members(3))
    election.freeze()
    with pytest.raises(ManifestMismatch):
        election.seal()  # a manifest that says it is a real election
    election.seal(practice=True)
    page = signed_in(office, Role.ORGANISER, app=an_app(office))
    assert "ØVELSE" in words_of(page.get("/manntall"))
    assert "Makuler manntallet nå" not in words_of(page.get("/makulering"))
    with election.store.begin() as session, pytest.raises(NotOverYet):
        hasten_shredding(session, ELECTION, actor=OFFICIAL, now=election.clock.now())
    election.send("cancelled", {"at": "2026-03-01T09:00:00Z"})
    assert election.roll().last_date - election.clock.now() == timedelta(days=30)
    told = words_of(page.post("/makulering/na", of="/makulering"))
    assert "Manntallet til øvelsen blir makulert nå." in told
    shred_roll(office.runtime, ELECTION)
    assert election.roll().phase == RollPhase.SHREDDED
    assert "Alt som ble lett etter, er borte" in words_of(page.get("/makulering"))


def test_the_roll_of_a_real_election_waits(office: PostOffice) -> None:
    office.open(*members(3))
    office.election.send("cancelled", {"at": "2026-03-02T09:00:00Z"})
    before = office.election.roll()
    with office.election.store.begin() as session, pytest.raises(NotForPractice):
        hasten_shredding(
            session, ELECTION, actor=OFFICIAL, now=office.election.clock.now()
        )
    page = signed_in(office, Role.ORGANISER, app=an_app(office))
    assert "Makuler manntallet nå" not in words_of(page.get("/makulering"))
    answer = page.post("/makulering/na", of="/utsending")
    assert "Bare manntallet til et øvingsvalg" in words_of(answer)
    assert office.election.roll().last_date == before.last_date
