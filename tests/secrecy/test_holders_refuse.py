"""A key holder's answer opens the one verified tally and nothing else.

Who could have any other sum opened could have a single ballot opened. So a holder's
tool refuses small units, the service and everybody else refuse an answer to another
tally, and there is one tally for each election.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import redis

from crypto.group import SecretScalar
from crypto.signing import SigningSeed
from tests.secrecy.conftest import fresh_stores
from tests.secrecy.holders import HolderPages
from tests.secrecy.installation import Installation, a_draft, an_installation
from tests.smtp import smtp_server
from voting.counting import BallotBox, CastBallot, UnitSum, ciphertexts_of, sum_units
from voting.counting_room import count_state, load_tally
from voting.lifecycle import read_board_so_far
from voting.partials import (
    OtherTally,
    make_partial,
    partial_document,
    read_partial,
    verify_holder_partial,
)
from voting.tally import BoardHead, Tally
from voting.units import UnitTooSmall

VOTERS: Final = 8
THRESHOLD: Final = 5


@pytest.fixture(scope="module")
def counting(request: pytest.FixtureRequest) -> Iterator[Installation]:
    """Lend a closed election whose tally waits for its holders; nobody opens it."""
    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("counting")
    url = request.getfixturevalue("_valkey_url")
    draft = a_draft(batch=2, threshold=THRESHOLD)
    with (
        fresh_stores("sqlite", request) as stores,
        smtp_server() as smtp,
        an_installation(stores, folder, url, smtp, voters=VOTERS, draft=draft) as held,
    ):
        held.invite()
        held.open()
        held.vote(held.members)
        held.close()
        held.election.start_count()
        yield held
        with redis.Redis.from_url(url) as connection:
            connection.flushall()


def the_tally(held: Installation) -> Tally:
    with held.store("service").reading() as session:
        return load_tally(session, held.election.id)


def ballots_of(held: Installation) -> list[CastBallot]:
    with held.store("service").reading() as session:
        board = read_board_so_far(session, held.election.sealed())
    assert len(board.ballots) == VOTERS
    return list(board.ballots)


def only(held: Installation, *numbers: int) -> Tally:
    """Return a tally of some ballots that says it is of enough."""
    every, manifest = ballots_of(held), held.election.sealed().manifest
    chosen = tuple(every[number] for number in numbers)
    box = BallotBox(chosen, chosen, ())
    (style,) = {unit.style for unit in (each.unit for each in the_tally(held).units)}
    sums = tuple(
        UnitSum(replace(each.unit, ballots=THRESHOLD), each.contests)
        for each in sum_units(manifest, box)
        if each.unit.style == style
    )
    return replace(the_tally(held), units=sums)


def one_ballot_alone(held: Installation) -> Tally:
    return only(held, 0)


def all_but_one(held: Installation) -> Tally:
    return only(held, *range(1, VOTERS))


def one_ballots_ciphertexts(held: Installation) -> Tally:
    """Put the very bytes of a ballot where the sums stand."""
    manifest, tally = held.election.sealed().manifest, the_tally(held)
    (first, *_) = ballots_of(held)
    style = tally.units[0].unit.style
    opened = ciphertexts_of(first.leaf.ballot, manifest.shape_of_style(style))
    units = (UnitSum(tally.units[0].unit, opened), *tally.units[1:])
    return replace(tally, units=units)


def another_board(held: Installation) -> Tally:
    return replace(the_tally(held), checkpoint=BoardHead(3, bytes(32)))


OTHERS: Final[tuple[Callable[[Installation], Tally], ...]] = (
    one_ballot_alone,
    all_but_one,
    one_ballots_ciphertexts,
    another_board,
)


def share_of(held: Installation, index: int) -> tuple[SecretScalar, SigningSeed]:
    election = held.election
    return election.shares[index - 1], election.seeds[index - 1]


def test_the_verified_tally_is_of_all_ballots(counting: Installation) -> None:
    tally = the_tally(counting)
    assert sum(each.unit.ballots for each in tally.units) == VOTERS


@pytest.mark.parametrize("ballots", range(THRESHOLD))
def test_a_holders_tool_decrypts_no_sum_under_the_threshold(
    counting: Installation, ballots: int
) -> None:
    tally = the_tally(counting)
    (first, *rest) = tally.units
    small = UnitSum(replace(first.unit, ballots=ballots), first.contests)
    share, seed = share_of(counting, 1)
    with pytest.raises(UnitTooSmall):
        make_partial(
            counting.election.sealed().manifest,
            replace(tally, units=(small, *rest)),
            index=1,
            share=share,
            signing_seed=seed,
        )


@pytest.mark.parametrize("other", OTHERS)
def test_an_answer_to_another_tally_is_refused_by_everybody(
    counting: Installation, other: Callable[[Installation], Tally]
) -> None:
    manifest, tally = counting.election.sealed().manifest, the_tally(counting)
    share, seed = share_of(counting, 1)
    # A holder whose tool was made to ask for it: the signature and proofs are good.
    asked = other(counting)
    partial = make_partial(manifest, asked, index=1, share=share, signing_seed=seed)
    verify_holder_partial(manifest, asked, partial)
    with pytest.raises(OtherTally):
        verify_holder_partial(manifest, tally, partial)

    pages = HolderPages.of(counting.line, counting.election)
    answer = pages.post(1, "partial", partial_document(partial))
    assert (answer.status, answer.json()["error"]) == (422, "OtherTally")
    with counting.store("service").reading() as session:
        assert count_state(session, counting.election.id).partials == ()


def test_an_answer_taken_for_another_tally_opens_neither(
    counting: Installation,
) -> None:
    """Its proofs are bound to the tally: they cannot be moved under another digest."""
    manifest, tally = counting.election.sealed().manifest, the_tally(counting)
    share, seed = share_of(counting, 1)
    asked = one_ballots_ciphertexts(counting)
    partial = make_partial(manifest, asked, index=1, share=share, signing_seed=seed)
    good = make_partial(manifest, tally, index=1, share=share, signing_seed=seed)
    moved = replace(good, decryptions=partial.decryptions)
    pages = HolderPages.of(counting.line, counting.election)
    answer = pages.post(1, "partial", partial_document(moved))
    assert answer.status == 422
    assert answer.json()["error"] in {"SignatureRefused", "FalseDecryption"}


def test_a_holder_answers_for_nobody_else(counting: Installation) -> None:
    pages = HolderPages.of(counting.line, counting.election)
    answer = pages.post(1, "partial", pages.partial(2))
    assert (answer.status, answer.json()["error"]) == (422, "NotTheOwnPartial")


def test_an_election_has_one_tally_however_often_it_is_asked_for(
    counting: Installation,
) -> None:
    before = the_tally(counting)
    counting.election.start_count()
    assert the_tally(counting) == before
    read = read_partial(HolderPages.of(counting.line, counting.election).partial(1))
    assert read.fingerprint == before.fingerprint


def test_no_address_of_a_holder_takes_a_point_to_decrypt(
    counting: Installation,
) -> None:
    """What a page may post: messages of the ceremony, one partial, signatures."""
    pages = HolderPages.of(counting.line, counting.election)
    for name in ("decrypt", "point", "tally", "sum", "rehearse"):
        assert pages.post(1, name, {"point": "00" * 32}).status == 404
    late = pages.post(1, "rehearsal", {"index": 1, "proof": "00" * 96})
    assert late.status in {409, 422}
