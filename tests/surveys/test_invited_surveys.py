from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crypto.answer_signature import respondent_digest
from crypto.encoding import JsonValue
from crypto.errors import TokenRefused
from crypto.group import GENERATOR
from crypto.times import format_time
from infra.exchange import ReceivedDocument
from infra.keystore import KeyDestroyed
from infra.token_verifier import VerifierAnsweredNo
from register.named_rights import UnknownRespondent, find_respondent
from register.refusals import CredentialExpected, CredentialUnwanted
from register.roll import require_roll
from register.roll_phases import SendingKind
from register.survey_rolls import TooFewAnswers, note_message, require_reminder_hides
from surveys.answer_problems import AnswersRefused
from surveys.casting import (
    AlreadyAnswered,
    AnswerRefused,
    OtherSurvey,
    read_answer_request,
)
from surveys.exchange_handlers import take_roll_draft
from surveys.lifecycle import cancel_survey
from surveys.modes import Mode
from surveys.phases import SurveyPhase
from surveys.sealed import SurveyNotOpen
from surveys.surveys import get_survey
from tests.conftest import Stores
from tests.surveys.invited_site import (
    CLOSED,
    DELETES,
    DURING,
    IDENTIFIED_UNTIL,
    NO,
    YES,
    InvitedSite,
    invited_site,
)


@pytest.fixture
def site(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[InvitedSite]:
    with invited_site(stores, tmp_path, redis_url) as lent:
        yield lent


@pytest.fixture
def lite(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str
) -> Iterator[InvitedSite]:
    with invited_site(sqlite_stores, tmp_path, redis_url) as lent:
        yield lent


def rows(site: InvitedSite, table: str) -> int:
    with site.service.reading() as session:
        counted = session.execute(text(f"SELECT count(*) FROM {table}"))
        return int(counted.scalar_one())


def test_anonymous_survey_lives_from_draft_to_deletion(site: InvitedSite) -> None:
    site.open(members=5, groups=("Øst", "Vest"))
    manifest = site.launched().manifest
    # Whatever groups the roll has, one key gives out all rights.
    assert [group.label for group in manifest.groups] == ["alle"]
    assert manifest.invited == 5
    site.answer(site.members[:2])
    site.sweep(DURING)
    assert rows(site, "responses") == 0, "two are fewer than the threshold"
    site.answer(site.members[2:3], NO)
    site.sweep(DURING)
    assert rows(site, "response_intake") == rows(site, "spent_intake") == 0
    assert rows(site, "responses") == rows(site, "spent_tokens") == 3
    site.answer(site.members[3:4])
    site.sweep(CLOSED)
    survey = site.survey()
    assert (survey.phase, survey.received, survey.marks) == ("closed", 4, 4)
    assert (survey.roll_draft, survey.roll_totals) == (None, None)
    found = Counter(str(each.answers["q1"]) for each in site.responses())
    assert found == {"ja": 3, "nei": 1}
    assert {(each.group, each.respondent) for each in site.responses()} == {
        (None, None)
    }
    assert survey.rewritten_at is not None
    with pytest.raises(VerifierAnsweredNo):
        site.verifier.verify(
            site.id, 0, fingerprint=bytes(32), credential=bytes(32), token=bytes(32)
        )
    with site.register.reading() as session:
        roll = require_roll(session, site.id)
        assert roll.last_date - CLOSED == timedelta(days=30)
    site.sweep(DELETES)
    assert site.survey().phase == SurveyPhase.DELETED
    assert rows(site, "responses") == rows(site, "spent_tokens") == 0
    with pytest.raises(KeyDestroyed):
        site.runtime.keystore("service").read_key(site.survey().key_id or "")


def test_pseudonymous_survey_keeps_the_group_until_its_date(lite: InvitedSite) -> None:
    lite.mode = Mode.PSEUDONYMOUS
    lite.open(members=6, groups=("Øst", "Vest"))
    labels = [group.label for group in lite.launched().manifest.groups]
    assert sorted(labels) == ["Vest", "Øst"]
    east, west = map(lite.respondent, lite.members[:2])
    assert [labels[each.group] for each in (east, west)] == ["Øst", "Vest"]
    with pytest.raises(TokenRefused):
        lite.send(replace(east.fill(), group=west.group))
    for each in (east, west):
        lite.send(each.fill())
    lite.answer(lite.members[2:])
    lite.sweep(CLOSED)
    groups = Counter(each.group for each in lite.responses())
    assert groups == {0: 3, 1: 3}
    lite.sweep(IDENTIFIED_UNTIL)
    assert {each.group for each in lite.responses()} == {None}
    assert lite.survey().deidentified_at is not None


def test_named_survey_ties_an_answer_to_a_number_until_its_date(
    lite: InvitedSite,
) -> None:
    lite.mode = Mode.NAMED
    lite.open(members=4)
    first, other = map(lite.respondent, lite.members[:2])
    own = first.credential.public.encoded
    with pytest.raises(CredentialExpected):
        first.take(first.link.right_request(first.salt))
    for element, credential in (
        (first.right_request().blinded, other.credential.public.encoded),
        (GENERATOR.encoded, own),
    ):
        with pytest.raises(CredentialUnwanted):
            first.take(first.named_request(element, credential))
    lite.send(first.fill())
    lite.answer(lite.members[1:])
    lite.sweep(CLOSED)
    numbers = {each.respondent for each in lite.responses()}
    assert len(numbers) == 4
    assert None not in numbers
    with lite.register.reading() as session:
        roll = require_roll(session, lite.id)
        assert roll.last_date == IDENTIFIED_UNTIL
        key = lite.runtime.keystore("register").read_key(roll.key_id)
        wanted = respondent_digest(first.link.fingerprint, own)
        assert wanted in numbers
        where = (lite.id, first.link.fingerprint)
        found = find_respondent(session, key, *where, wanted[:10])
        assert found == first.link.entry_id
        for begins in (wanted[:4], bytes(10)):
            with pytest.raises(UnknownRespondent):
                find_respondent(session, key, *where, begins)
    lite.sweep(IDENTIFIED_UNTIL)
    assert {each.respondent for each in lite.responses()} == {None}


def test_a_right_of_another_kind_of_survey_is_not_given(lite: InvitedSite) -> None:
    lite.open()
    respondent = lite.respondent(lite.members[0])
    element = respondent.right_request().blinded
    own = respondent.credential.public.encoded
    with pytest.raises(CredentialUnwanted):
        respondent.take(respondent.named_request(element, own))


def test_the_same_request_again_is_received_and_another_is_refused(
    lite: InvitedSite,
) -> None:
    lite.open()
    respondent = lite.respondent(lite.members[0])
    assert respondent.status() is None
    request = respondent.fill(YES)
    first, second = lite.send(request), lite.send(request)
    assert first == second == respondent.status()
    assert rows(lite, "response_intake") == 1
    for again in (respondent.fill(NO), respondent.fill(YES)):
        with pytest.raises(AlreadyAnswered):
            lite.send(again)
    # Also when they have moved, and nobody can say which response it was.
    lite.answer(lite.members[1:3])
    lite.sweep(DURING)
    assert rows(lite, "response_intake") == 0
    assert lite.send(request) == first == respondent.status()


def test_what_was_changed_or_made_for_another_survey_is_refused(
    lite: InvitedSite,
) -> None:
    lite.open()
    respondent, other = map(lite.respondent, lite.members[:2])
    request, foreign = respondent.fill(), other.fill()
    with pytest.raises(OtherSurvey):
        lite.send(replace(request, fingerprint=bytes(32)))
    with pytest.raises(TokenRefused):
        lite.send(replace(request, token=foreign.token))
    for changed in (
        replace(request, signature=foreign.signature),
        replace(request, encoded=b'{"q1":"nei"}'),
        replace(request, group=1),
    ):
        with pytest.raises(AnswerRefused):
            lite.send(changed)
    with pytest.raises(AnswersRefused):
        lite.send(respondent.fill({"q1": "kanskje"}))
    assert rows(lite, "response_intake") == rows(lite, "spent_intake") == 0


def test_nothing_is_taken_before_opening_or_after_the_grace(lite: InvitedSite) -> None:
    lite.open()
    taken = [lite.respondent(each).fill() for each in lite.members[:3]]
    lite.clock.instant = CLOSED - timedelta(minutes=2)
    lite.send(taken[0])
    lite.clock.instant = CLOSED
    with pytest.raises(SurveyNotOpen):
        lite.send(taken[1])
    lite.sweep(CLOSED)
    with pytest.raises(SurveyNotOpen):
        lite.send(taken[2])
    # More rights than responses is a device that died; the other way is an alarm.
    assert (lite.survey().marks, lite.survey().received) == (3, 1)


def test_fifty_at_once_give_one_response(site: InvitedSite) -> None:
    site.open()
    respondent = site.respondent(site.members[0])
    token = respondent.token()
    requests = [respondent.document(YES, token) for _ in range(49)]

    def attempt(number: int) -> str:
        try:
            site.send(read_answer_request(requests[number % 49]))
        except AlreadyAnswered:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(25) as pool:
        outcomes = Counter(pool.map(attempt, range(50)))
    assert outcomes["taken"] in {1, 2}, "the first, and perhaps the same once more"
    assert rows(site, "response_intake") == rows(site, "spent_intake") == 1


def test_a_reminder_waits_for_the_threshold_of_answers(lite: InvitedSite) -> None:
    lite.open(members=6)

    def remind() -> None:
        with lite.register.begin() as session:
            roll = require_roll(session, lite.id)
            require_reminder_hides(session, roll, SendingKind.REMINDER)
            note_message(session, roll)

    lite.answer(lite.members[:2])
    with pytest.raises(TooFewAnswers):
        remind()
    lite.answer(lite.members[2:3])
    remind()
    lite.answer(lite.members[3:5])
    with pytest.raises(TooFewAnswers):
        remind()


def test_cancelling_deletes_what_was_answered(lite: InvitedSite) -> None:
    lite.open()
    lite.answer(lite.members)
    with lite.service.begin() as session:
        cancel_survey(
            session,
            lite.settings,
            get_survey(session, lite.id),
            reason="Feil skjema",
            actor="b" * 32,
            at=DURING,
        )
    lite.sweep(DURING)
    for table in ("responses", "response_intake", "spent_tokens", "spent_intake"):
        assert rows(lite, table) == 0
    body: JsonValue = {"at": format_time(DURING), "groups": []}
    late = ReceivedDocument("survey-roll-draft", lite.id, body, bytes(32))
    with lite.service.begin() as session:
        take_roll_draft(session, late, lite.runtime)
    assert (lite.survey().roll_draft, lite.survey().roll_totals) == (None, None)
    with lite.register.reading() as session:
        assert require_roll(session, lite.id).phase == "cancelled"
    assert lite.survey().rewritten_at is not None
