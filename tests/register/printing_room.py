"""Members who get letters, and their batches drawn and posted by use cases."""

from __future__ import annotations

from register.letters import (
    PrintRun,
    draw_letters,
    list_letter_batches,
    note_printed,
    post_letters,
)
from register.roll import read_data_key
from register.tables import LetterBatch, Sending
from tests.register.elections import OFFICIAL
from tests.register.post_office import PostOffice
from tests.register.roll_files import ELECTION

HEADINGS = (
    *("Medlemsnummer", "Fornavn", "Etternavn", "E-post"),
    *("Postadresse", "Postnr", "Poststed", "Målform"),
)


def residents(count: int, language: str = "") -> list[tuple[str, ...]]:
    """Invented members without a mail address, who live in Storgata."""
    return [
        (str(n), f"Kåre{n}", "Ås", "", f"Storgata {n}", "155", "OSLO", language)
        for n in range(1, count + 1)
    ]


def draw(
    office: PostOffice, sending_id: bytes, number: int = 1, *, again: bool = False
) -> PrintRun:
    election = office.election
    with election.store.begin() as session:
        key = read_data_key(session, election.keystore, ELECTION)
        return draw_letters(
            session,
            key,
            election_id=ELECTION,
            sending_id=sending_id,
            number=number,
            again=again,
            service_url=election.settings.service_url,
            actor=OFFICIAL,
            now=office.now,
        )


def settle(office: PostOffice, run: PrintRun) -> None:
    with office.election.store.begin() as session:
        note_printed(session, ELECTION, run)


def post(office: PostOffice, sending_id: bytes, number: int = 1) -> bool:
    with office.election.store.begin() as session:
        return post_letters(
            session,
            office.election.settings,
            election_id=ELECTION,
            sending_id=sending_id,
            number=number,
            actor=OFFICIAL,
            now=office.now,
        )


def batches(office: PostOffice, sending_id: bytes) -> list[LetterBatch]:
    with office.election.store.reading() as session:
        sending = session.get_one(Sending, sending_id)
        return list(list_letter_batches(session, sending))
