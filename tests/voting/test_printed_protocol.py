"""The protocol as a PDF that stands alone, and whose bytes never change."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from crypto.encoding import decode_json
from infra.audit import verify_chain
from infra.clock import FixedClock
from infra.config import Settings, load_settings
from infra.i18n import LANGUAGES, current_language, speaking
from tests.conftest import Stores
from tests.voting.printed_words import words_of
from tests.voting.whole_election import (
    AFTER,
    BLANK,
    NO,
    YES,
    WholeElection,
    a_new_election,
)
from voting.elections import get_election
from voting.long_work import Progress, Workbench, WorkKind
from voting.objections import (
    NotBeforeCommittee,
    ObjectionEmpty,
    file_objection,
    list_objections,
)
from voting.printing.printed import (
    NotPrinted,
    PrintDamaged,
    PrintKind,
    keep_printed,
    load_printed,
    printed_languages,
)
from voting.printing.protocol_sheet import print_protocol
from voting.printing.sources import read_sources
from voting.record_export import record_file
from voting.seats import NotSeated
from voting.tables import CommitteeSeat
from voting.work_tables import PrintedDocument

TEXT = "Tallene burde vært lest <b>høyt</b> & to ganger."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)})


@pytest.fixture
def counted(
    stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    with a_new_election(stores.service, settings, tmp_path) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, YES, NO, BLANK])
        election.vote([NO, YES, YES], group=1)
        election.close()
        election.count()
        yield election


def member(election: WholeElection, index: int) -> str:
    with election.store.reading() as session:
        return session.get_one(CommitteeSeat, (election.id, index)).official_id


def object_to(election: WholeElection, text: str = TEXT, index: int = 2) -> int:
    official = member(election, index)
    with election.store.begin() as session:
        return file_objection(session, election.id, official, text, at=AFTER)


def approve(election: WholeElection) -> None:
    election.approve()
    election.do_work()


def printed(election: WholeElection, language: str = "nb") -> bytes:
    with election.store.reading() as session:
        return load_printed(session, election.id, PrintKind.PROTOCOL, language)


def test_printed_when_approved_in_every_language(counted: WholeElection) -> None:
    with pytest.raises(NotPrinted):
        printed(counted)
    approve(counted)
    with counted.store.reading() as session:
        languages = printed_languages(session, counted.id, PrintKind.PROTOCOL)
        verify_chain(session)
    assert set(languages) == set(LANGUAGES)
    titles = {"nb": "Protokoll", "nn": "Protokoll", "en": "Protocol"}
    for language in LANGUAGES:
        with pikepdf.open(io.BytesIO(printed(counted, language))) as pdf:
            assert str(pdf.Root.Lang) == language
            assert str(pdf.docinfo.Title).startswith(titles[language])


def test_it_says_all_that_a_protocol_must(counted: WholeElection) -> None:
    assert object_to(counted) == 1
    approve(counted)
    words = words_of(printed(counted))
    for told in (
        "Lønnsoppgjør 2027",
        "Fagforbundet Nord",
        "7 / 200 (3,5 %)",
        "«Ja» er vedtatt.",
        "Blank 1 14,3 %",
        "Nord 100 4 4",
        "Ingen ble ført inn i manntallet mens valget var åpent.",
        "Avvik Ingen.",
        "Hendelser Ingen.",
        "Ola Hansen, 8. mars 2027 kl. 20.00",
        "Tallene burde vært lest <b>høyt</b> & to ganger.",
        "2 av 3 nøkkelholdere måtte til",
        "Kari Nordmann har ikke skrevet under",
        "12 Godkjenningen er underskrevet bestått",
    ):
        assert told in words, told
    assert "ikke bestått" not in words


def test_digest_of_the_record_is_on_every_page(
    counted: WholeElection, settings: Settings
) -> None:
    approve(counted)
    with counted.store.reading() as session:
        record = record_file(session, settings, counted.sealed()).read_bytes()
    digest = hashlib.sha256(record).hexdigest()
    encoded = printed(counted)
    with pikepdf.open(io.BytesIO(encoded)) as pdf:
        pages = len(pdf.pages)
    assert pages >= 2
    # On each foot, and once among the digests.
    assert words_of(encoded).count(digest) == pages + 1


def test_protocol_and_signatures_go_with_it_as_data(counted: WholeElection) -> None:
    approve(counted)
    with counted.store.reading() as session:
        protocol = get_election(session, counted.id).protocol
    with pikepdf.open(io.BytesIO(printed(counted, "en"))) as pdf:
        assert set(pdf.attachments) == {"protokoll.json", "godkjenning.json"}
        attached = pdf.attachments["protokoll.json"].get_file().read_bytes()
        approvals = pdf.attachments["godkjenning.json"].get_file().read_bytes()
        kinds = {str(each.F): str(each.AFRelationship) for each in pdf.Root.AF}
    assert attached == protocol
    assert kinds == {"protokoll.json": "/Data", "godkjenning.json": "/Supplement"}
    signed: Any = decode_json(approvals)
    assert [each["index"] for each in signed["approvals"]] == [2, 3]


def test_same_sources_give_the_same_bytes_and_the_kept_ones_stay(
    counted: WholeElection, settings: Settings
) -> None:
    approve(counted)
    bench = Workbench(counted.store, settings, FixedClock(AFTER + timedelta(days=1)))
    progress = Progress(bench, counted.id, WorkKind.PRINT)
    with counted.store.reading() as session:
        sources = read_sources(session, settings, counted.id, progress)
    assert print_protocol(sources, "nn") == printed(counted, "nn")
    with counted.store.begin() as session:
        keep_printed(
            session, counted.id, PrintKind.PROTOCOL, {"nn": b"another"}, at=AFTER
        )
    assert print_protocol(sources, "nn") == printed(counted, "nn")


def test_a_changed_byte_is_not_handed_out(counted: WholeElection) -> None:
    approve(counted)
    with counted.store.begin() as session:
        row = session.get_one(PrintedDocument, (counted.id, "protocol", "nb"))
        row.content = row.content[:-2] + b"  "
    with pytest.raises(PrintDamaged):
        printed(counted)


def test_objections_are_filed_only_while_the_protocol_is_before_the_committee(
    counted: WholeElection,
) -> None:
    with pytest.raises(ObjectionEmpty):
        object_to(counted, " \n ")
    with pytest.raises(ObjectionEmpty):
        object_to(counted, "x" * 4_001)
    with counted.store.begin() as session, pytest.raises(NotSeated):
        file_objection(session, counted.id, "0" * 32, TEXT, at=AFTER)
    assert object_to(counted, index=1) == 1
    assert object_to(counted, "Og en til.", index=1) == 2
    with counted.store.reading() as session:
        first, second = list_objections(session, get_election(session, counted.id))
        verify_chain(session)
    assert (first.name, first.text, first.at) == ("Kari Nordmann", TEXT, AFTER)
    assert second.number == 2
    approve(counted)
    with pytest.raises(NotBeforeCommittee):
        object_to(counted)


def test_a_language_is_spoken_only_inside() -> None:
    assert current_language() == "nb"
    with speaking("en"):
        assert current_language() == "en"
        with speaking("nn"):
            assert current_language() == "nn"
        assert current_language() == "en"
    with pytest.raises(ValueError, match="languages"), speaking("se"):
        pass
    assert current_language() == "nb"
