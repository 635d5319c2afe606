"""What the box takes, what it refuses, and that nothing is ever in it twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from crypto.ballot import decode_ballot
from crypto.ballot_shape import Selection
from crypto.ballot_signature import tracking_digest
from crypto.encoding import encode_base64
from crypto.errors import TokenRefused
from crypto.group import Scalar, mul_base
from crypto.integers import u32
from crypto.signing import verify_signature
from infra.token_verifier import TokenVerifier, VerifierUnavailable
from tests.voting.polling import (
    BLANK,
    CLOSES,
    NO,
    OPENS,
    YES,
    PollingPlace,
    Voter,
    another_point,
    opened_value,
    request_json,
)
from voting.box import CredentialUsed, OutOfSequence, count_waiting
from voting.casting import (
    BallotRefused,
    CastRequest,
    OtherElection,
    Receipt,
    UnknownGroup,
    find_receipts,
    read_cast_request,
)
from voting.documents import DocumentRefused
from voting.phases import Phase
from voting.sealed import ElectionNotOpen

GRACE = timedelta(seconds=600)
SECOND = timedelta(seconds=1)


def ballots_waiting(place: PollingPlace) -> int:
    with place.store.reading() as session:
        return count_waiting(session, place.manifest.election)


def receipts_of(place: PollingPlace, voter: Voter) -> list[Receipt]:
    with place.store.reading() as session:
        return find_receipts(
            session,
            place.seed,
            place.election(),
            fingerprint=place.fingerprint,
            credential=voter.credential.public,
            signature=voter.status_signature(),
        )


@pytest.mark.parametrize("selections", [YES, NO, BLANK], ids=["yes", "no", "blank"])
def test_ballot_gets_a_signed_promise(
    place: PollingPlace, selections: tuple[Selection, ...]
) -> None:
    voter = Voter(place)
    request = voter.fill(selections)
    receipt = place.cast(request)
    credential = voter.credential.public
    assert receipt.batch == 1
    assert receipt.tracking == tracking_digest(
        place.fingerprint, credential, request.ballot
    )
    parts = (place.fingerprint, receipt.tracking, u32(receipt.batch))
    verify_signature(place.manifest.service_key, receipt.signature, "receipt", *parts)
    assert ballots_waiting(place) == 1


def test_group_with_two_contests_casts_for_both(place: PollingPlace) -> None:
    both = (Selection(frozenset({1})), Selection(frozenset({0, 2})))
    assert place.cast(Voter(place, group=1).fill(both)).batch == 1


def test_same_ballot_twice_gets_the_same_receipt(place: PollingPlace) -> None:
    request = Voter(place).fill()
    assert place.cast(request) == place.cast(request)
    assert ballots_waiting(place) == 1


def test_another_ballot_of_the_credential_is_refused(place: PollingPlace) -> None:
    voter = Voter(place)
    first = place.cast(voter.fill(YES))
    with pytest.raises(CredentialUsed):
        place.cast(voter.fill(NO))
    assert receipts_of(place, voter) == [first]


def test_status_tells_only_the_own_ballots(place: PollingPlace) -> None:
    voter, other = Voter(place), Voter(place)
    assert receipts_of(place, voter) == []
    receipt = place.cast(voter.fill())
    place.cast(other.fill())
    assert receipts_of(place, voter) == [receipt]


def test_status_is_refused_without_the_credentials_signature(
    place: PollingPlace,
) -> None:
    voter, thief = Voter(place), Voter(place)
    place.cast(voter.fill())
    with place.store.reading() as session, pytest.raises(BallotRefused):
        find_receipts(
            session,
            place.seed,
            place.election(),
            fingerprint=place.fingerprint,
            credential=voter.credential.public,
            signature=thief.status_signature(),
        )


def test_status_of_another_election_is_refused(place: PollingPlace) -> None:
    voter = Voter(place)
    with place.store.reading() as session, pytest.raises(OtherElection):
        find_receipts(
            session,
            place.seed,
            place.election(),
            fingerprint=bytes(32),
            credential=voter.credential.public,
            signature=voter.status_signature(),
        )


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (OPENS - SECOND, False),
        (OPENS, True),
        (CLOSES + SECOND, True),
        (CLOSES + GRACE - SECOND, True),
        (CLOSES + GRACE, False),
    ],
)
def test_ballots_are_taken_from_opening_to_the_end_of_grace(
    place: PollingPlace, now: datetime, taken: bool
) -> None:
    request = Voter(place).fill()
    if taken:
        assert place.cast(request, now).batch == 1
    else:
        with pytest.raises(ElectionNotOpen):
            place.cast(request, now)
    assert ballots_waiting(place) == int(taken)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.OPEN])
def test_no_phase_but_open_takes_ballots(place: PollingPlace, phase: Phase) -> None:
    request = Voter(place).fill()
    place.set(phase=phase)
    with pytest.raises(ElectionNotOpen):
        place.cast(request)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def other_election(voter: Voter) -> CastRequest:
    return replace(voter.fill(), fingerprint=bytes(32))


def right_of_another_group(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(filled.ballot, voter.take_right(issuer_group=2))


def right_of_another_voter(voter: Voter) -> CastRequest:
    other = Voter(voter.place)
    return voter.signed(voter.fill().ballot, other.take_right())


def invented_right(voter: Voter) -> CastRequest:
    return voter.signed(voter.fill().ballot, another_point("token"))


def group_that_is_not_there(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(
        filled.ballot[:1] + b"\x00\x09" + filled.ballot[3:], filled.token
    )


def other_version(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(b"\x02" + filled.ballot[1:], filled.token)


def too_short(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(filled.ballot[:-1], filled.token)


def too_long(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(filled.ballot + b"\x00", filled.token)


def no_header(voter: Voter) -> CastRequest:
    return voter.signed(b"\x01", voter.take_right())


def changed_proof(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return voter.signed(_flipped(filled.ballot, len(filled.ballot) - 32), filled.token)


def changed_after_signing(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return replace(filled, ballot=voter.fill(NO).ballot)


def ballot_of_another_voter(voter: Voter) -> CastRequest:
    return voter.signed(Voter(voter.place).fill().ballot, voter.take_right())


def signature_of_another_voter(voter: Voter) -> CastRequest:
    filled = voter.fill()
    return replace(
        filled,
        signature=Voter(voter.place).signed(filled.ballot, filled.token).signature,
    )


def sequence_without_revoting(voter: Voter) -> CastRequest:
    return voter.fill(sequence=1, predecessor=bytes([1]) * 32)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (other_election, OtherElection),
        (right_of_another_group, TokenRefused),
        (right_of_another_voter, TokenRefused),
        (invented_right, TokenRefused),
        (group_that_is_not_there, UnknownGroup),
        (other_version, BallotRefused),
        (too_short, BallotRefused),
        (too_long, BallotRefused),
        (no_header, BallotRefused),
        (changed_proof, BallotRefused),
        (changed_after_signing, BallotRefused),
        (ballot_of_another_voter, BallotRefused),
        (signature_of_another_voter, BallotRefused),
        (sequence_without_revoting, BallotRefused),
    ],
)
def test_refused_request_leaves_nothing_behind(
    place: PollingPlace,
    make: Callable[[Voter], CastRequest],
    refusal: type[Exception],
) -> None:
    voter = Voter(place)
    with pytest.raises(refusal):
        place.cast(make(voter))
    assert ballots_waiting(place) == 0
    assert place.cast(voter.fill()).batch == 1


def test_silent_verifier_is_told_apart_from_a_refusal(place: PollingPlace) -> None:
    request = Voter(place).fill()
    gone = replace(place, verifier=TokenVerifier(place.settings.data_dir / "gone"))
    with pytest.raises(VerifierUnavailable):
        gone.cast(request)
    assert place.cast(request).batch == 1


def test_request_over_the_wire_is_read_as_it_was_sent(place: PollingPlace) -> None:
    request = Voter(place).fill()
    assert read_cast_request(request_json(request)) == request


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ballot", "AQ="),
        ("ballot", 1),
        ("credential", "00" * 32),
        ("credential", "ff" * 32),
        ("fingerprint", "AB" * 32),
        ("signature", "00" * 63),
        ("token", "00" * 32),
        ("token", None),
        ("name", "Kari"),
    ],
)
def test_malformed_request_is_refused(
    place: PollingPlace, field: str, value: object
) -> None:
    sent = {**request_json(Voter(place).fill()), field: value}
    with pytest.raises(DocumentRefused):
        read_cast_request(sent)


def test_fifty_casts_at_once_with_one_credential_leave_one_ballot(
    place: PollingPlace,
) -> None:
    voter = Voter(place)
    requests = [voter.fill(YES if number % 2 else NO) for number in range(50)]

    def attempt(request: CastRequest) -> Receipt | None:
        try:
            return place.cast(request)
        except CredentialUsed:
            return None

    with ThreadPoolExecutor(10) as pool:
        receipts = [found for found in pool.map(attempt, requests) if found]
    assert len(receipts) == 1
    assert receipts_of(place, voter) == receipts
    assert ballots_waiting(place) == 1


def test_same_ballot_fifty_times_at_once_gets_one_receipt(place: PollingPlace) -> None:
    request = Voter(place).fill()
    with ThreadPoolExecutor(10) as pool:
        receipts = set(pool.map(place.cast, [request] * 50))
    assert len(receipts) == 1
    assert ballots_waiting(place) == 1


def test_later_ballot_follows_the_one_it_names(revoting_place: PollingPlace) -> None:
    voter = Voter(revoting_place)
    first = revoting_place.cast(voter.fill(YES))
    second = revoting_place.cast(voter.fill(NO, sequence=1, predecessor=first.tracking))
    assert receipts_of(revoting_place, voter) == [first, second]


def test_later_ballot_out_of_its_chain_is_refused(
    revoting_place: PollingPlace,
) -> None:
    voter, stranger = Voter(revoting_place), Voter(revoting_place)
    with pytest.raises(OutOfSequence):
        revoting_place.cast(voter.fill(sequence=1, predecessor=bytes([1]) * 32))
    first = revoting_place.cast(voter.fill())
    foreign = revoting_place.cast(stranger.fill())
    with pytest.raises(OutOfSequence):
        revoting_place.cast(voter.fill(sequence=1, predecessor=foreign.tracking))
    with pytest.raises(OutOfSequence):
        revoting_place.cast(voter.fill(sequence=2, predecessor=first.tracking))
    second = voter.fill(sequence=1, predecessor=first.tracking)
    revoting_place.cast(second)
    with pytest.raises(CredentialUsed):
        revoting_place.cast(voter.fill(sequence=1, predecessor=first.tracking))
    assert ballots_waiting(revoting_place) == 3


@pytest.mark.parametrize(("selections", "chosen"), [(YES, 0), (NO, 1), (BLANK, 2)])
def test_box_holds_what_was_chosen(
    place: PollingPlace, selections: tuple[Selection, ...], chosen: int
) -> None:
    request = Voter(place).fill(selections)
    ballot = decode_ballot(request.ballot, place.manifest.shape_of_style(0))
    one = mul_base(Scalar.from_int(1))
    values = [
        opened_value(place, slot.ciphertext.a, slot.ciphertext.b)
        for slot in ballot.contests[0].slots
    ]
    assert [value == one for value in values] == [slot == chosen for slot in range(3)]
    place.cast(request)
    with place.store.reading() as session:
        (kept,) = session.scalars(text("SELECT leaf FROM ballot_intake"))
    assert encode_base64(request.ballot).encode() in kept
