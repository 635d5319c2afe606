"""Ballots of many choices are cast, published and read like small ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from crypto.ballot_shape import Selection
from tests.conftest import Stores
from tests.voting.manifests import DELEGATES
from tests.voting.polling import DURING, Voter, open_polling_place, request_json
from voting.casting import read_cast_request
from voting.lifecycle import publish_batch, read_board_so_far

FORTY = replace(
    DELEGATES,
    index=0,
    title="Landsstyret",
    choices=tuple(f"Kandidat {number}" for number in range(40)),
    max=5,
)


def test_a_ballot_with_forty_candidates_reaches_the_board(
    stores: Stores, tmp_path: Path
) -> None:
    chosen = (Selection(frozenset({0, 39})),)
    opened = open_polling_place(
        stores.service,
        tmp_path,
        batch_size=1,
        contests=(FORTY, DELEGATES),
    )
    with opened as place:
        request = Voter(place).fill(chosen)
        place.cast(read_cast_request(request_json(request)))
        with place.store.begin() as session:
            election = place.election().id
            assert publish_batch(session, place.settings, election, DURING)
        with place.store.reading() as session:
            board = read_board_so_far(session, place.election())
    assert [each.leaf.ballot for each in board.ballots] == [request.ballot]
