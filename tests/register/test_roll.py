from datetime import timedelta

import pytest
from sqlalchemy import select

from infra.fields import FieldUnreadable
from infra.keystore import KeyDestroyed
from register.roll import (
    EntryNotFound,
    GroupTotal,
    RollEmpty,
    RollExists,
    RollFrozen,
    UnknownRoll,
    commit_to_roll,
    find_entries_by_address,
    find_entry,
    freeze_roll,
    open_roll,
    read_data_key,
    read_person,
    read_salt,
    require_roll,
)
from register.roll_phases import RollPhase
from register.tables import RollEntry, VoterGroup
from tests.register.conftest import DAY, MONDAY, Register
from tests.register.roll_files import ELECTION, KARI, OLA, PER

OTHER = "ffeeddccbbaa99887766554433221100"


def test_new_roll_has_a_last_date_from_the_start(register: Register) -> None:
    with register.store.reading() as session:
        roll = require_roll(session, ELECTION)
        assert roll.phase == RollPhase.DRAFT
        assert roll.last_date == MONDAY + timedelta(days=90)


@pytest.mark.parametrize(
    ("election_id", "slug"), [(ELECTION, "annen"), (OTHER, "lonn-2026")]
)
def test_an_election_has_one_roll_and_a_slug_of_its_own(
    register: Register, election_id: str, slug: str
) -> None:
    with register.store.begin() as session, pytest.raises(RollExists):
        open_roll(
            session,
            register.keystore,
            election_id=election_id,
            slug=slug,
            title="",
            now=MONDAY,
        )


def test_unknown_election_has_no_roll(register: Register) -> None:
    with register.store.reading() as session, pytest.raises(UnknownRoll):
        read_data_key(session, register.keystore, OTHER)


@pytest.mark.parametrize("number", ["1001", " 001001 "])
def test_member_is_found_by_number_and_read(register: Register, number: str) -> None:
    register.import_rows(KARI, OLA)
    key = register.data_key()
    with register.store.reading() as session:
        person = read_person(key, find_entry(session, key, ELECTION, number))
    assert person.display_name == "Kari Åsgård"
    assert (person.email, person.mobile) == ("kari@example.no", "+4741586834")


def test_members_are_found_by_their_address(register: Register) -> None:
    register.import_rows(KARI, (*OLA[:3], KARI[3], *OLA[4:]), PER)
    key = register.data_key()
    with register.store.reading() as session:
        found = find_entries_by_address(session, key, ELECTION, "KARI@example.no")
        names = {read_person(key, entry).given_name for entry in found}
    assert names == {"Kari", "Ola"}


def test_member_of_another_roll_is_not_found(register: Register) -> None:
    register.import_rows(KARI)
    key = register.data_key()
    with register.store.reading() as session:
        for election_id, number in ((ELECTION, "1002"), (OTHER, "1001")):
            with pytest.raises(EntryNotFound):
                find_entry(session, key, election_id, number)


def test_every_entry_has_a_salt_of_its_own(register: Register) -> None:
    register.import_rows(KARI, OLA, PER)
    key = register.data_key()
    with register.store.reading() as session:
        salts = {read_salt(key, entry) for entry in session.scalars(select(RollEntry))}
    assert len(salts) == 3
    assert {len(salt) for salt in salts} == {32}


def test_person_moved_to_another_entry_cannot_be_read(register: Register) -> None:
    register.import_rows(KARI, OLA)
    key = register.data_key()
    with register.store.reading() as session:
        first, second = session.scalars(select(RollEntry)).all()
        session.expunge_all()
    first.sealed_person = second.sealed_person
    with pytest.raises(FieldUnreadable):
        read_person(key, first)


def test_without_the_data_key_nobody_is_found_or_read(register: Register) -> None:
    register.import_rows(KARI)
    register.keystore.destroy_key(register.data_key().key_id, at=MONDAY)
    with register.store.reading() as session, pytest.raises(KeyDestroyed):
        read_data_key(session, register.keystore, ELECTION)


def test_no_column_holds_a_name_an_address_or_a_number(register: Register) -> None:
    register.import_rows(KARI, OLA)
    register.store.dispose()
    with register.store.reading() as session:
        held = b""
        for table in register.store.metadata.sorted_tables:
            for row in session.execute(select(table)):
                held += repr(tuple(row)).encode() + b"".join(
                    value for value in row if isinstance(value, bytes)
                )
    for secret in ("1001", "Kari", "Åsgård", "kari@", "41586834", "Nordmann"):
        assert secret.encode() not in held
        assert repr(secret.encode())[2:-1].encode() not in held


def test_frozen_roll_counts_its_groups_in_order(register: Register) -> None:
    register.import_rows(KARI, OLA, PER)
    with register.store.begin() as session:
        frozen = freeze_roll(
            session, register.keystore, election_id=ELECTION, now=MONDAY + DAY
        )
    assert frozen.groups == (
        GroupTotal(0, "Krets Vest", 2),
        GroupTotal(1, "Krets Øst", 1),
    )
    with register.store.reading() as session:
        roll = require_roll(session, ELECTION)
        assert (roll.phase, roll.commitment) == (RollPhase.FROZEN, frozen.commitment)
        entitled = session.scalars(select(VoterGroup.entitled)).all()
    assert sorted(entitled, key=str) == [1, 2]


def test_roll_is_frozen_once_and_imported_no_more(register: Register) -> None:
    register.import_rows(KARI)
    with register.store.begin() as session:
        freeze_roll(session, register.keystore, election_id=ELECTION, now=MONDAY)
    with register.store.begin() as session, pytest.raises(RollFrozen):
        freeze_roll(session, register.keystore, election_id=ELECTION, now=MONDAY)
    with pytest.raises(RollFrozen):
        register.import_rows(KARI, OLA)


def test_empty_roll_cannot_be_frozen(register: Register) -> None:
    with register.store.begin() as session, pytest.raises(RollEmpty):
        freeze_roll(session, register.keystore, election_id=ELECTION, now=MONDAY)


def test_commitment_is_to_members_and_groups(register: Register) -> None:
    def committed(*rows: tuple[str, ...]) -> bytes:
        register.import_rows(*rows)
        with register.store.reading() as session:
            return commit_to_roll(session, register.data_key(), ELECTION)

    first = committed(KARI, OLA)
    assert committed(OLA, KARI) == first
    assert committed(KARI, (*OLA[:3], "ola.n@example.no", *OLA[4:])) == first
    others = {
        committed(KARI),
        committed(KARI, OLA, PER),
        committed(KARI, (*OLA[:5], "Krets Øst")),
        committed((KARI[0] + "9", *KARI[1:]), OLA),
    }
    assert len(others | {first}) == 5
