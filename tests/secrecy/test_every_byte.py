"""Of everything that is stored, queued, logged, mailed or said: who stands where.

The register knows members and no ballot, the service ballots and no member, and
nothing else knows either. Each thing is looked for as it is, in hexadecimal, in base64
and as text; and it is found where it must be, so that the search is known to work.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from infra.exchange import pending_documents
from infra.sides import SIDES, Side
from infra.tables import OUTBOX
from tests.secrecy.needles import (
    Needles,
    kinds_in,
    missing_in,
    of_a_ballot,
    of_a_code,
    of_a_person,
    of_the_register,
    said_over,
    stored_in,
    written_in,
)
from tests.secrecy.voted import Voted


def people(voted: Voted) -> Needles:
    return of_a_person(voted.installation.members)


def codes(voted: Voted) -> Needles:
    return of_a_code(voted.devices)


def of_register(voted: Voted) -> Needles:
    return of_the_register(voted.devices, voted.entries)


def ballots(voted: Voted) -> Needles:
    return of_a_ballot(voted.devices)


def everything(voted: Voted) -> Needles:
    return {**people(voted), **codes(voted), **of_register(voted), **ballots(voted)}


def stored(voted: Voted, side: Side) -> bytes:
    return stored_in(voted.installation.store(side))


def said(voted: Voted, side: Side) -> bytes:
    """What went over the line to a side, and what it answered."""
    return said_over(each for each in voted.installation.line.seen if each.side == side)


def crossed(voted: Voted, side: Side) -> bytes:
    """Every document that a side has handed to the other."""
    table = OUTBOX[side]
    with voted.installation.store(side).reading() as session:
        assert pending_documents(session) == []
        return b"\x00".join(session.scalars(select(table.body)))


def test_the_register_stores_no_ballot_no_code_and_no_name(voted: Voted) -> None:
    hay = stored(voted, "register")
    assert kinds_in(hay, ballots(voted)) == set()
    assert kinds_in(hay, codes(voted)) == set()
    assert kinds_in(hay, people(voted)) == set()


def test_the_register_stores_who_asked_and_seals_the_salts(voted: Voted) -> None:
    hay, wanted = stored(voted, "register"), of_register(voted)
    kept = {kind: wanted[kind] for kind in ("entry", "login key", "blinded element")}
    assert missing_in(hay, kept) == {}
    gone = {kind: each for kind, each in wanted.items() if kind not in kept}
    assert gone.keys() == {"salt", "evaluated element"}
    assert kinds_in(hay, gone) == set()


def test_the_service_stores_no_member_and_nothing_of_one(voted: Voted) -> None:
    hay = stored(voted, "service")
    assert kinds_in(hay, people(voted)) == set()
    assert kinds_in(hay, codes(voted)) == set()
    assert kinds_in(hay, of_register(voted)) == set()


def test_the_service_stores_every_ballot_and_no_credentials_secret(
    voted: Voted,
) -> None:
    hay, wanted = stored(voted, "service"), ballots(voted)
    kept = {
        kind: each
        for kind, each in wanted.items()
        if kind not in {"credential's secret", "receipt"}
    }
    assert missing_in(hay, kept) == {}
    # A receipt is signed anew whenever it is asked for: it need not be kept.
    gone = {kind: each for kind, each in wanted.items() if kind not in kept}
    assert kinds_in(hay, gone) == set()


@pytest.mark.parametrize("side", SIDES)
def test_what_crosses_between_the_sides_is_of_no_member_and_no_ballot(
    voted: Voted, side: Side
) -> None:
    hay = crossed(voted, side)
    assert len(hay) > 1_000
    assert kinds_in(hay, everything(voted)) == set()


@pytest.mark.parametrize("side", SIDES)
def test_redis_holds_nothing_of_a_member_or_a_ballot(voted: Voted, side: Side) -> None:
    hay = voted.redis[side]
    if side == "register":
        assert b"throttle:" in hay
    assert kinds_in(hay, everything(voted)) == set()


def test_the_most_talkative_log_tells_nothing_of_a_member_or_a_ballot(
    voted: Voted,
) -> None:
    hay = voted.log.encode()
    assert b"sqlalchemy.engine" in hay, "every statement is told of"
    assert kinds_in(hay, everything(voted)) == set()
    assert b"/identify" not in hay, "no request is told of"
    assert b"/cast" not in hay


def test_a_mail_holds_a_code_and_a_name_and_nothing_that_a_side_stores(
    voted: Voted,
) -> None:
    hay = written_in(voted.installation.smtp.messages)
    there = {**people(voted), **codes(voted)}
    written = ("code", "first name", "last name", "address")
    assert missing_in(hay, {kind: there[kind] for kind in written}) == {}
    rest = {kind: each for kind, each in there.items() if kind not in written}
    assert kinds_in(hay, rest) == set()
    assert kinds_in(hay, of_register(voted)) == set()
    assert kinds_in(hay, ballots(voted)) == set()


def test_a_browser_never_says_a_code_and_tells_the_register_no_ballot(
    voted: Voted,
) -> None:
    hay = said(voted, "register")
    assert kinds_in(hay, codes(voted)) == set()
    assert kinds_in(hay, ballots(voted)) == set()
    told = {**people(voted), **of_register(voted)}
    answered = ("first name", "last name", "login key", "salt", "blinded element")
    assert missing_in(hay, {kind: told[kind] for kind in answered}) == {}
    rest = {kind: each for kind, each in told.items() if kind not in answered}
    assert kinds_in(hay, rest) == {"evaluated element"}


def test_a_browser_tells_the_service_nothing_of_who_it_is(voted: Voted) -> None:
    hay, sent = said(voted, "service"), ballots(voted)
    assert kinds_in(hay, people(voted)) == set()
    assert kinds_in(hay, codes(voted)) == set()
    assert kinds_in(hay, of_register(voted)) == set()
    secret = {kind: sent[kind] for kind in ("credential's secret",)}
    assert kinds_in(hay, secret) == set()
    assert missing_in(hay, {k: v for k, v in sent.items() if k not in secret}) == {}


def test_no_address_of_a_request_has_anything_of_anyone(voted: Voted) -> None:
    paths = {each.path for each in voted.installation.line.seen}
    assert kinds_in("\n".join(paths).encode(), everything(voted)) == set()
    # Sixty voters ask for the very same addresses.
    assert len(paths) == 5
    assert not any("?" in path for path in paths)


def test_no_place_but_the_mail_holds_both_a_person_and_a_code(voted: Voted) -> None:
    both: Mapping[str, bytes] = {
        **{f"store of the {side}": stored(voted, side) for side in SIDES},
        **{f"line to the {side}": said(voted, side) for side in SIDES},
        **{f"documents of the {side}": crossed(voted, side) for side in SIDES},
        **{f"redis of the {side}": voted.redis[side] for side in SIDES},
        "log": voted.log.encode(),
    }
    identity = {**people(voted), **codes(voted), **of_register(voted)}
    for place, hay in both.items():
        of_a_member, of_a_vote = (
            kinds_in(hay, needles) for needles in (identity, ballots(voted))
        )
        assert not (of_a_member and of_a_vote), place


def test_the_search_sees_through_every_dress() -> None:
    needle = bytes(range(64, 96))
    wanted = {"it": [needle]}
    around = b"\x01\x02\x03\x04"
    for shift in range(3):
        hay = b"..." + base64.b64encode(bytes(shift) + needle + around) + b"..."
        assert kinds_in(hay, wanted) == {"it"}
    assert kinds_in(needle.hex().encode(), wanted) == {"it"}
    assert kinds_in(b"x" + needle, wanted) == {"it"}
    assert kinds_in(needle[:-1], wanted) == set()
