from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.officials import create_official
from accounts.roles import Role
from accounts.sessions import (
    SESSION_HOURS,
    NotSignedIn,
    close_session,
    note_seen,
    official_of,
    open_session,
)
from accounts.tables import Official, OfficialSession
from crypto.passwords import CHEAPEST_FOR_TESTS
from tests.conftest import Stores

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
END = NOW + timedelta(hours=SESSION_HOURS)


def an_official(session: Session) -> str:
    return create_official(
        session,
        name="Kari",
        email="kari@forbundet.example",
        password="et langt nok passord",
        roles=[Role.AUDITOR],
        profile=CHEAPEST_FOR_TESTS,
    ).id


def test_session_lasts_a_working_day(stores: Stores) -> None:
    with stores.service.begin() as session:
        token = open_session(session, an_official(session), NOW)
        for hour in range(1, SESSION_HOURS):
            note_seen(session, token, NOW + timedelta(hours=hour))
        last = END - timedelta(seconds=1)
        assert official_of(session, token, last).name == "Kari"
        with pytest.raises(NotSignedIn):
            official_of(session, token, END)


def test_token_is_not_in_the_store(stores: Stores) -> None:
    with stores.service.begin() as session:
        token = open_session(session, an_official(session), NOW)
        (row,) = session.scalars(select(OfficialSession))
        assert token.encode() not in row.token_digest
        assert len(token) == 43


@pytest.mark.parametrize("token", ["", "x", "\ud800", "æ" * 43, "\x00" * 43])
def test_other_tokens_are_nobodys(stores: Stores, token: str) -> None:
    with stores.service.begin() as session:
        open_session(session, an_official(session), NOW)
        with pytest.raises(NotSignedIn):
            official_of(session, token, NOW)


def test_closed_session_and_closed_account_let_nobody_in(stores: Stores) -> None:
    with stores.service.begin() as session:
        official_id = an_official(session)
        first = open_session(session, official_id, NOW)
        second = open_session(session, official_id, NOW)
        close_session(session, first)
        with pytest.raises(NotSignedIn):
            official_of(session, first, NOW)
        assert official_of(session, second, NOW).id == official_id
        session.get_one(Official, official_id).disabled = True
        session.flush()
        with pytest.raises(NotSignedIn):
            official_of(session, second, NOW)


def test_ended_sessions_are_removed_on_the_way(stores: Stores) -> None:
    with stores.service.begin() as session:
        official_id = an_official(session)
        open_session(session, official_id, NOW)
        open_session(session, official_id, END)
        assert len(session.scalars(select(OfficialSession)).all()) == 1
