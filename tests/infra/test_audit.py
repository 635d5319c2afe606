import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crypto.errors import NonCanonicalEncoding
from infra.audit import (
    FIRST_PREVIOUS,
    ChainBroken,
    ChainHead,
    record_event,
    shred_contents,
    verify_chain,
)
from infra.databases import Store
from infra.tables import AUDIT, AuditEvent
from tests.conftest import Stores

AT = datetime(2026, 6, 1, 12, 0, 5, 999, tzinfo=UTC)
ELECTION = "e" * 32


def _record(session: Session, number: int, subject: str = ELECTION) -> AuditEvent:
    return record_event(
        session,
        at=AT,
        actor="a" * 32,
        kind="roll.looked-up",
        subject=subject,
        content={"entry": f"entry-{number}", "reason": "Ringte og spurte"},
    )


@pytest.fixture(params=["register", "service"])
def chain(stores: Stores, request: pytest.FixtureRequest) -> Store:
    """A chain of five events, on either side, on either database."""
    store: Store = getattr(stores, request.param)
    for number in range(5):
        with store.begin() as session:
            _record(session, number)
    return store


def test_an_untouched_chain_verifies_and_gives_its_head(chain: Store) -> None:
    with chain.reading() as session:
        head = verify_chain(session)
        last = session.scalars(select(AUDIT[chain.side]).filter_by(seq=5)).one()
    assert head == ChainHead(5, last.hash)
    assert last.at == AT.replace(microsecond=0)


def test_an_empty_chain_has_an_empty_head(stores: Stores) -> None:
    with stores.register.reading() as session:
        assert verify_chain(session) == ChainHead(0, FIRST_PREVIOUS)


CHANGES: list[dict[str, object]] = [
    {"at": AT.replace(year=2025)},
    {"actor": "b" * 32},
    {"kind": "roll.exported"},
    {"subject": "f" * 32},
    {"commitment": bytes(32)},
    {"salt": bytes(32)},
    {"content": b"{}"},
    {"salt": None},
    {"content": None},
    {"previous": bytes(32)},
    {"hash": bytes(32)},
    {"seq": 77},
]


def test_a_changed_event_breaks_the_chain_there(chain: Store) -> None:
    table = AUDIT[chain.side]
    for change in CHANGES:
        with chain.begin() as session:
            attempt = session.begin_nested()
            session.execute(update(table).where(table.seq == 3).values(**change))
            session.expire_all()
            with pytest.raises(ChainBroken) as caught:
                verify_chain(session)
            attempt.rollback()
        assert caught.value.seq == 3, change
    with chain.reading() as session:
        assert verify_chain(session).seq == 5


def test_a_removed_event_breaks_the_chain_there(chain: Store) -> None:
    table = AUDIT[chain.side]
    with chain.begin() as session:
        session.execute(delete(table).where(table.seq == 2))
    with chain.reading() as session, pytest.raises(ChainBroken) as caught:
        verify_chain(session)
    assert caught.value.seq == 2


def test_a_cut_off_end_shows_against_the_printed_head(chain: Store) -> None:
    table = AUDIT[chain.side]
    with chain.reading() as session:
        printed = verify_chain(session)
    with chain.begin() as session:
        session.execute(delete(table).where(table.seq == 5))
    with chain.reading() as session:
        assert verify_chain(session) != printed


def test_shredded_contents_are_gone_and_the_chain_still_verifies(
    chain: Store,
) -> None:
    with chain.begin() as session:
        _record(session, 6, subject="another")
        before = verify_chain(session)
        assert shred_contents(session, ELECTION) == 5
        assert shred_contents(session, ELECTION) == 0
    with chain.reading() as session:
        assert verify_chain(session) == before
        contents = session.scalars(select(AUDIT[chain.side].content)).all()
    assert [each is None for each in contents].count(True) == 5
    assert [each for each in contents if each is not None] == [
        b'{"entry":"entry-6","reason":"Ringte og spurte"}'
    ]


def test_equal_contents_have_unequal_commitments(stores: Stores) -> None:
    with stores.register.begin() as session:
        first, second = _record(session, 1), _record(session, 1)
        assert first.commitment != second.commitment


def test_events_recorded_at_once_stand_one_after_another(stores: Stores) -> None:
    def record(number: int) -> None:
        with stores.service.begin() as session:
            _record(session, number)

    threads = [threading.Thread(target=record, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores.service.reading() as session:
        assert verify_chain(session).seq == 20


def test_an_event_rolled_back_was_never_there(stores: Stores) -> None:
    with pytest.raises(NonCanonicalEncoding), stores.service.begin() as session:  # noqa: PT012
        _record(session, 1)
        record_event(
            session,
            at=AT,
            actor="system",
            kind="x",
            subject="y",
            content={"ø": 1},
        )
    with stores.service.reading() as session:
        assert verify_chain(session).seq == 0


@pytest.mark.parametrize("word", ["", "Kari Nordmann", "a" * 65, "å"])
def test_words_that_stay_for_ever_are_plain(stores: Stores, word: str) -> None:
    with stores.register.begin() as session, pytest.raises(ValueError, match="plain"):
        record_event(session, at=AT, actor=word, kind="k", subject="s")
