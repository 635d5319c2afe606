"""Words put right after launch: checked again, and on the log for all to compare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from crypto.encoding import encode_json
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.notes import Checkpoint, parse_note
from surveys.definition import definition_digest, read_definition
from surveys.leaves import wording_leaf
from surveys.lifecycle import WordingRefused, change_wording
from surveys.questionnaire import Definition
from surveys.surveys import get_survey
from surveys.wording import NotWordingOnly
from tests.conftest import Stores
from tests.surveys.invited_site import DURING, OFFICIAL, InvitedSite, invited_site
from tests.surveys.questionnaires import nb, question, questionnaire


def worded(asked: str, english: str = "") -> Definition:
    """A questionnaire of one question, in one language or two."""
    raw = questionnaire([question("q1", "short_text", title=nb(asked))])
    if english:
        raw["languages"] = ["nb", "en"]
        raw["title"]["en"] = "Test"
        raw["pages"][0]["questions"][0]["title"]["en"] = english
    return read_definition(raw)


ASKED = worded("Hva er din mening om kurset?")
CORRECTED = worded("Hva er din meining om kurset?")
OTHER = worded("Hva heter lederen din?")


@pytest.fixture
def site(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[InvitedSite]:
    with invited_site(sqlite_stores, tmp_path, redis_url) as lent:
        lent.create(ASKED)
        lent.import_members(5)
        lent.freeze()
        lent.launch()
        yield lent


def reword(site: InvitedSite, definition: Definition) -> int:
    with site.service.begin() as session:
        return change_wording(
            session,
            site.settings,
            get_survey(session, site.id),
            definition,
            actor=OFFICIAL,
            at=DURING,
        )


def proof(site: InvitedSite) -> dict[str, Any]:
    address = "/undersokelser/tavle/inklusjon?avtrykk="
    fingerprint = site.launched().fingerprint.hex()
    answer = create_app(runtime=site.runtime).test_client().get(address + fingerprint)
    assert answer.json is not None
    found: dict[str, Any] = answer.json["found"]
    return found


def test_the_latest_words_are_proven_beside_the_launch(site: InvitedSite) -> None:
    assert proof(site)["wording"] is None
    assert [reword(site, each) for each in (CORRECTED, ASKED, CORRECTED)] == [1, 2, 3]
    found = proof(site)
    checkpoint = Checkpoint.parse(parse_note(found["checkpoint"]).text)
    for shown in (found, found["wording"]):
        verify_inclusion(
            leaf_hash(encode_json(shown["leaf"])),
            shown["position"],
            checkpoint.size,
            [bytes.fromhex(each) for each in shown["hashes"]],
            checkpoint.root,
        )
    fingerprint = site.launched().fingerprint
    latest = wording_leaf(fingerprint, 3, definition_digest(CORRECTED))
    assert found["wording"]["leaf"] == latest


def test_words_that_ask_something_else_or_for_persons_are_refused(
    site: InvitedSite,
) -> None:
    with pytest.raises(NotWordingOnly):
        reword(site, OTHER)
    asked = "Hva er din mening om kurset?"
    with pytest.raises(WordingRefused):
        reword(site, worded(asked, "Your national identity number?"))
    assert proof(site)["wording"] is None
    assert reword(site, worded(asked, "Your opinion?")) == 1
