import secrets
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, Time, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from infra.columns import FixedBytes, UTCDateTime
from infra.databases import RegisterBase
from register.tables import (
    Mark,
    MarkInIntake,
    Message,
    Roll,
    RollEntry,
    Sending,
    VoterGroup,
    VotingCode,
)
from tests.conftest import Stores
from tests.register.conftest import MONDAY, Register
from tests.register.roll_files import ELECTION, KARI, OLA

MEMBER_TABLES = (RollEntry, MarkInIntake, Mark, Message, VotingCode)


def entry_of(register: Register) -> bytes:
    with register.store.reading() as session:
        found = session.scalars(select(RollEntry.id)).first()
    assert found is not None
    return found


def digital_mark(entry_id: bytes) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "election_id": ELECTION,
        "group_index": 0,
        "channel": "digital",
        "element_digest": secrets.token_bytes(32),
        "blinded_element": secrets.token_bytes(32),
        "signature": secrets.token_bytes(64),
        "login_key": secrets.token_bytes(32),
    }


@pytest.mark.parametrize("table", MEMBER_TABLES)
def test_no_row_of_a_member_has_a_time_or_a_serial(table: type[RegisterBase]) -> None:
    mapper = inspect(table)
    for column in mapper.columns:
        assert not isinstance(column.type, UTCDateTime | DateTime | Date | Time), column
    (key,) = mapper.primary_key
    assert isinstance(key.type, FixedBytes)


def test_every_foreign_key_stays_within_the_register(stores: Stores) -> None:
    there = set(inspect(stores.register.engine).get_table_names())
    for table in stores.register.metadata.sorted_tables:
        for key in table.foreign_keys:
            assert key.column.table.name in there


def test_digital_mark_is_kept_once(register: Register) -> None:
    register.import_rows(KARI)
    mark = digital_mark(entry_of(register))
    with register.store.begin() as session:
        session.execute(insert(MarkInIntake), [mark])
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(insert(MarkInIntake), [mark])


@pytest.mark.parametrize(
    "missing", ["signature", "login_key", "blinded_element", "element_digest"]
)
def test_digital_mark_without_its_evidence_is_never_stored(
    register: Register, missing: str
) -> None:
    register.import_rows(KARI)
    mark = {**digital_mark(entry_of(register)), missing: None}
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(insert(MarkInIntake), [mark])


def test_paper_mark_never_holds_a_digital_right(register: Register) -> None:
    register.import_rows(KARI)
    mark = {**digital_mark(entry_of(register)), "channel": "paper"}
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(insert(MarkInIntake), [mark])
    bare = {
        name: mark[name]
        for name in ("entry_id", "election_id", "group_index", "channel")
    }
    with register.store.begin() as session:
        session.execute(insert(MarkInIntake), [bare])


def test_name_in_the_clear_is_never_stored(register: Register) -> None:
    register.import_rows(KARI)
    row = {
        "id": secrets.token_bytes(16),
        "election_id": ELECTION,
        "group_index": 0,
        "member_digest": secrets.token_bytes(32),
        "sealed_person": b"Ola Nordmann",
        "sealed_salt": secrets.token_bytes(104),
    }
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(insert(RollEntry), [row])
    with pytest.raises(StatementError), register.store.begin() as session:
        session.execute(insert(RollEntry), [{**row, "member_digest": b"1002"}])


def test_member_stands_once_on_a_roll_and_in_a_known_group(register: Register) -> None:
    register.import_rows(KARI)
    with register.store.reading() as session:
        columns = inspect(RollEntry).columns
        row = dict(session.execute(select(*columns)).mappings().one())
    fresh = {"id": secrets.token_bytes(16), "member_digest": secrets.token_bytes(32)}
    for wrong in ({**row, "id": fresh["id"]}, {**row, **fresh, "group_index": 7}):
        with pytest.raises(IntegrityError), register.store.begin() as session:
            session.execute(insert(RollEntry), [wrong])


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "frozen"},
        {"phase": "sealed", "commitment": b"c" * 32},
        {"phase": "shredded"},
        {"phase": "counted"},
        {"manifest": b"{}"},
        {"approved_at": MONDAY},
        {"opens_at": MONDAY, "closes_at": MONDAY},
    ],
)
def test_roll_that_contradicts_itself_is_never_stored(
    register: Register, change: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(update(Roll).values(**change))


def test_two_groups_never_share_a_label_or_an_issuer_key(register: Register) -> None:
    register.import_rows(KARI, OLA)
    for change in ({"label": "Krets Vest"}, {"issuer_key": b"k" * 32}):
        with pytest.raises(IntegrityError), register.store.begin() as session:
            session.execute(update(VoterGroup).values(**change))


def test_member_gets_one_message_of_a_sending(register: Register) -> None:
    register.import_rows(KARI)
    sending = Sending(
        id=secrets.token_bytes(16),
        election_id=ELECTION,
        kind="invitation",
        created_by="a" * 32,
        created_on=MONDAY.date(),
        subject="Du kan stemme",
        body="",
    )
    with register.store.begin() as session:
        session.add(sending)
    messages = [
        {
            "id": secrets.token_bytes(16),
            "election_id": ELECTION,
            "sending_id": sending.id,
            "entry_id": entry_of(register),
        }
        for _ in range(2)
    ]
    with pytest.raises(IntegrityError), register.store.begin() as session:
        session.execute(insert(Message), messages)
