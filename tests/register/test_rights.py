from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from crypto.codes import VotingCode
from crypto.group import GENERATOR, IDENTITY
from crypto.signing import SigningSeed, verify_signature
from crypto.voprf import verify_token
from infra.keystore import KeyDestroyed
from register.issuers import read_issuer_key
from register.marks import count_marks
from register.paper_marks import mark_paper
from register.refusals import (
    AlreadyUsed,
    CodeDead,
    CodeSuperseded,
    ElectionNotOpen,
    MalformedElement,
    OtherFingerprint,
    RollShredded,
    UnknownElection,
    UnknownVotingCode,
    UsedMessage,
    VotesOnPaper,
    VotingRefused,
    WrongSignature,
)
from register.resends import By
from register.rights import RightRequest, identify_voter
from register.roll import require_roll
from register.tables import HourlyTotal, MarkInIntake, RollEntry, VoterGroup
from register.voting_codes import kill_codes_of_entry
from tests.register.elections import CLOSES, OFFICIAL, OPENS, Election, Link
from tests.register.roll_files import ELECTION

CLOSING = datetime.fromisoformat(CLOSES)
SECOND = timedelta(seconds=1)
USED = b"used"


@pytest.fixture
def open_election(election: Election) -> Election:
    election.open()
    return election


def marks_of(election: Election) -> list[MarkInIntake]:
    with election.store.reading() as session:
        return list(session.scalars(select(MarkInIntake)))


def test_holder_of_a_code_learns_who_stands_on_the_roll(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    found = open_election.identify(link)
    assert found.display_name == "Kari Åsgård"
    assert (found.group, found.group_label) == (1, "Krets Øst")
    assert found.mark == "none"
    assert found.salt == open_election.salt(link)
    assert len(found.salt) == 32
    assert "Kari" not in repr(found)


def test_right_verifies_with_the_manifests_key_and_is_a_good_token(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    salt = open_election.identify(link).salt
    right = open_election.take(link)
    with open_election.store.reading() as session:
        group = session.get_one(VoterGroup, (ELECTION, 1))
    token = link.token(salt, group.issuer_key or b"", right)
    secret = read_issuer_key(open_election.keystore, ELECTION, 1)
    verify_token(secret, link.right_data(salt), token)
    assert open_election.identify(link).mark == "digital"


def test_mark_keeps_the_members_signature(open_election: Election) -> None:
    link = open_election.link("1001")
    open_election.take(link)
    (mark,) = marks_of(open_election)
    assert mark.entry_id == link.entry_id
    assert mark.blinded_element is not None
    parts = (open_election.fingerprint, mark.blinded_element)
    verify_signature(mark.login_key or b"", mark.signature or b"", "right", *parts)


def test_the_same_element_is_answered_again_and_marked_once(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    first, second = open_election.take(link), open_election.take(link)
    assert first.evaluated == second.evaluated
    assert len(marks_of(open_election)) == 1
    with open_election.store.reading() as session:
        assert session.scalars(select(HourlyTotal.count)).all() == [1]


def test_another_element_is_already_used(open_election: Election) -> None:
    link = open_election.link("1001")
    open_election.take(link)
    with pytest.raises(AlreadyUsed):
        open_election.ask(link.request_of(GENERATOR.encoded))


def test_other_code_of_the_member_tells_which_message_to_use(
    open_election: Election,
) -> None:
    used, other = open_election.link("1001"), open_election.link("1001")
    open_election.take(used)
    for refused in (open_election.take, open_election.identify):
        with pytest.raises(CodeSuperseded) as raised:
            refused(other)
        sent_on = open_election.clock.now().date()
        assert raised.value.message == UsedMessage("email", sent_on)
    assert open_election.identify(used).mark == "digital"


def test_resend_kills_every_code_before_it(open_election: Election) -> None:
    old = open_election.link("1001")
    with open_election.store.begin() as session:
        kill_codes_of_entry(session, old.entry_id)
    new = open_election.link("1001")
    for refused in (open_election.take, open_election.identify):
        with pytest.raises(CodeDead):
            refused(old)
    open_election.take(new)


def test_member_who_votes_on_paper_gets_no_right(open_election: Election) -> None:
    marked, entered = open_election.link("1001"), open_election.link("1002")
    with open_election.store.begin() as session:
        mark_paper(
            session,
            election_id=ELECTION,
            entry_id=marked.entry_id,
            by=By(OFFICIAL, "Konvolutt i posten", open_election.clock.now()),
        )
        session.get_one(RollEntry, entered.entry_id).channel = "paper"
    for link in (marked, entered):
        with pytest.raises(VotesOnPaper):
            open_election.take(link)
        assert open_election.identify(link).mark == "paper"


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime.fromisoformat(OPENS) - SECOND, False),
        (datetime.fromisoformat(OPENS), True),
        (CLOSING - SECOND, True),
        (CLOSING, False),
    ],
)
def test_rights_are_given_out_from_opening_to_before_closing(
    open_election: Election, at: datetime, is_open: bool
) -> None:
    link = open_election.link("1001")
    open_election.clock.instant = at
    if is_open:
        open_election.take(link)
        return
    with pytest.raises(ElectionNotOpen):
        open_election.take(link)
    assert not marks_of(open_election)


def test_right_taken_in_time_is_answered_until_the_box_is_closed(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    first = open_election.take(link)
    open_election.clock.instant = CLOSING + timedelta(minutes=9)
    assert open_election.take(link).evaluated == first.evaluated
    open_election.close()
    with pytest.raises(ElectionNotOpen):
        open_election.take(link)
    with pytest.raises(KeyDestroyed):
        read_issuer_key(open_election.keystore, ELECTION, 1)


def test_cancelled_election_gives_out_nothing(open_election: Election) -> None:
    link, taken = open_election.link("1001"), open_election.link("1002")
    open_election.take(taken)
    open_election.send("cancelled", {"at": "2026-03-03T12:00:00Z"})
    for each in (link, taken):
        with pytest.raises(ElectionNotOpen):
            open_election.take(each)


def test_shredded_roll_identifies_nobody(open_election: Election) -> None:
    link = open_election.link("1001")
    with open_election.store.begin() as session:
        roll = require_roll(session, ELECTION)
        roll.phase, roll.shredded_at = "shredded", open_election.clock.now()
        roll.source_digest = None
    with pytest.raises(RollShredded):
        open_election.identify(link)


def test_code_of_nobody_is_unknown(open_election: Election) -> None:
    known = open_election.link("1001")
    stranger = replace(known, code=type(known.code).draw())
    with pytest.raises(UnknownVotingCode):
        open_election.identify(stranger)
    with pytest.raises(UnknownVotingCode):
        open_election.ask(stranger.request_of(GENERATOR.encoded))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"slug": "annen-2026"}, UnknownElection),
        ({"fingerprint": bytes(32)}, OtherFingerprint),
        ({"signature": bytes(64)}, WrongSignature),
        ({"login": bytes(32)}, WrongSignature),
        ({"login": SigningSeed(bytes(32)).public_key}, WrongSignature),
    ],
)
def test_request_of_another_is_refused(
    open_election: Election, change: dict[str, str], refusal: type[VotingRefused]
) -> None:
    link = open_election.link("1001")
    asked = link.right_request(open_election.salt(link))
    with pytest.raises(refusal):
        open_election.ask(replace(asked, **change))  # type: ignore[arg-type]
    told = replace(link.identify_request(), **change)  # type: ignore[arg-type]
    with open_election.store.reading() as session, pytest.raises(refusal):
        identify_voter(session, open_election.keystore, told)
    assert not marks_of(open_election)


def test_signature_for_one_question_answers_no_other(open_election: Election) -> None:
    link = open_election.link("1001")
    right = link.right_request(open_election.salt(link))
    identify = link.identify_request()
    wrong = replace(identify, signature=right.signature)
    with open_election.store.reading() as session, pytest.raises(WrongSignature):
        identify_voter(session, open_election.keystore, wrong)
    with pytest.raises(WrongSignature):
        open_election.ask(replace(right, signature=identify.signature))


@pytest.mark.parametrize("element", [IDENTITY.encoded, b"\xff" * 32, b"\x01" * 32])
def test_element_that_is_no_point_is_refused(
    open_election: Election, element: bytes
) -> None:
    link = open_election.link("1001")
    with pytest.raises(MalformedElement):
        open_election.ask(link.request_of(element))
    assert not marks_of(open_election)


def test_unsealed_election_is_unknown_to_voters(election: Election) -> None:
    election.create()
    link = Link(VotingCode.draw(), bytes(32), b"", b"")
    with election.store.reading() as session, pytest.raises(UnknownElection):
        identify_voter(session, election.keystore, link.identify_request())


def answers_of(election: Election, requests: Sequence[RightRequest]) -> Counter[bytes]:
    """Ask all at once, each in a thread and a transaction of its own."""

    def attempt(request: RightRequest) -> bytes:
        try:
            return election.ask(request).evaluated.encoded
        except AlreadyUsed:
            return USED

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(attempt, requests))


def test_fifty_at_once_with_one_link_give_one_mark_and_one_answer(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    ours = link.right_request(open_election.salt(link))
    answers = answers_of(open_election, [ours] * 50)
    assert list(answers.values()) == [50]
    assert USED not in answers
    assert len(marks_of(open_election)) == 1
    other = link.request_of((GENERATOR + GENERATOR).encoded)
    assert answers_of(open_election, [ours, other])[USED] == 1


def test_of_fifty_different_elements_one_wins(open_election: Election) -> None:
    link = open_election.link("1001")
    points = [GENERATOR]
    while len(points) < 10:
        points.append(points[-1] + GENERATOR)
    requests = [link.request_of(point.encoded) for point in points] * 5
    answers = answers_of(open_election, requests)
    assert answers.pop(USED) == 45
    assert list(answers.values()) == [5]
    (mark,) = marks_of(open_election)
    with open_election.store.reading() as session:
        assert count_marks(session, ELECTION).digital == (0, 1)
        assert session.scalars(select(HourlyTotal.count)).all() == [1]
        assert session.scalar(select(func.count()).select_from(MarkInIntake)) == 1
    assert mark.blinded_element in {point.encoded for point in points}
