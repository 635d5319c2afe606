"""The shredding certificate as an annex: in words, signed data inside, printed once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from crypto.encoding import JsonValue, encode_json
from infra.config import load_settings
from infra.i18n import LANGUAGES, speaking
from tests.conftest import Stores
from tests.voting.printed_words import words_of
from tests.voting.whole_election import WholeElection, a_new_election
from voting.elections import get_election
from voting.long_work import WorkKind, ask_for, work_states
from voting.presenting.certificate_page import read_certificate
from voting.printing.printed import NotPrinted, PrintKind, load_printed

SIGNATURE = "ab" * 64


def a_certificate(*checks: tuple[str, bool, str], protocol: str | None) -> bytes:
    listed: list[JsonValue] = [
        {"name": name, "passed": passed, "what": what} for name, passed, what in checks
    ]
    return encode_json(
        {
            "checks": listed,
            "counts": {"marks": 13, "roll_entries": 1073},
            "election": "00" * 16,
            "fingerprint": None,
            "format": "urne/v1/certificate",
            "not_seen": ["hosting-snapshots"],
            "protocol": protocol,
            "reason": "approved",
            "shredded_at": "2027-04-01T03:00:00Z",
            "signature": SIGNATURE,
            "void_in_backups_at": "2027-04-08T03:00:00Z",
        }
    )


CHECKS = (
    ("no name", True, "41 files, 120034 bytes"),
    ("no rows", True, "0 rows"),
    ("begun", True, "2027-04-01T02:59:30.123456+00:00"),
    ("all files read", False, "1 files"),
    ("key destroyed", True, "k-9f"),
)


@pytest.fixture
def election(stores: Stores, tmp_path: Path) -> Iterator[WholeElection]:
    told = {"URNE_ENVIRONMENT": "test", "URNE_DATA_DIR": str(tmp_path)}
    with a_new_election(stores.service, load_settings(told), tmp_path) as found:
        yield found


def printed(election: WholeElection, language: str = "nb") -> bytes:
    with election.store.reading() as session:
        return load_printed(session, election.id, PrintKind.ANNEX, language)


def shred(election: WholeElection, encoded: bytes) -> None:
    with election.store.begin() as session:
        get_election(session, election.id).certificate = encoded
        ask_for(session, election.id, WorkKind.ANNEX, actor="system")
    election.do_work()


def test_certificate_is_told_in_norwegian() -> None:
    page = read_certificate(a_certificate(*CHECKS, protocol=None))
    assert page is not None
    assert [each.what.replace("\xa0", " ") for each in page.checks] == [
        "41 filer, til sammen 120 034 byte",
        "0 rader",
        "1. april 2027 kl. 04.59",
        "1 fil",
        "k-9f",
    ]
    with speaking("en"):
        page = read_certificate(a_certificate(*CHECKS, protocol=None))
        assert page is not None
        assert page.checks[0].what == "41 files, 120,034 bytes in all"


@pytest.mark.parametrize(
    "what",
    [
        "41 files, 120034 bytes; rm -rf",
        "9" * 40 + " files",
        "-1 rows",
        "2027-13-45",
        "<b>x</b>",
    ],
)
def test_what_has_no_known_form_is_shown_as_it_is(what: str) -> None:
    page = read_certificate(a_certificate(("no name", True, what), protocol=None))
    assert page is not None
    assert page.checks[0].what == what


def test_annex_is_printed_in_every_language_with_the_signed_data(
    election: WholeElection,
) -> None:
    encoded = a_certificate(*CHECKS, protocol="cd" * 32)
    with pytest.raises(NotPrinted):
        printed(election)
    shred(election, encoded)
    for language in LANGUAGES:
        with pikepdf.open(io.BytesIO(printed(election, language))) as pdf:
            assert str(pdf.Root.Lang) == language
            attached = pdf.attachments["makuleringsattest.json"]
            assert attached.get_file().read_bytes() == encoded
            assert str(pdf.Root.AF[0].AFRelationship) == "/Source"
    words = words_of(printed(election))
    for told in (
        "men noe ble funnet igjen etterpå",
        "innførsler i manntallet 1 073",
        "Lette etter, og fant ikke: navn i orden 41 filer",
        "Vedlegg til protokollen med avtrykk " + "cd" * 32,
        SIGNATURE[:80],
    ):
        assert told in words, told


def test_annex_is_printed_once(election: WholeElection) -> None:
    shred(election, a_certificate(*CHECKS, protocol=None))
    first = printed(election)
    with election.store.reading() as session:
        states = work_states(session, election.id)
    assert states[WorkKind.ANNEX].is_finished
    shred(election, a_certificate(CHECKS[0], protocol=None))
    assert printed(election) == first
