from typing import Any

import pytest
from sqlalchemy import select

from register.roll import UnknownRoll, find_entry, read_person, read_salt, require_roll
from register.roll_import import (
    NothingToUndo,
    compare_roll,
    import_roll,
    undo_import,
)
from register.roll_shelf import CHUNK
from register.rollfile import read_roll
from register.rollfile_refusals import RollHasErrors
from register.tables import RollEntry, VoterGroup
from tests.register.conftest import DAY, MONDAY, Register
from tests.register.roll_files import (
    ELECTION,
    HEADINGS,
    KARI,
    OLA,
    PER,
    SAMPLES,
    as_csv,
)

MARRIED = (*KARI[:2], "Berg", *KARI[3:])


def everything(register: Register) -> dict[str, list[tuple[Any, ...]]]:
    with register.store.reading() as session:
        return {
            table.name: sorted(
                (tuple(row) for row in session.execute(select(table))), key=repr
            )
            for table in register.store.metadata.sorted_tables
        }


def labels(register: Register) -> dict[int, str]:
    with register.store.reading() as session:
        groups = session.scalars(select(VoterGroup))
        return {group.index: group.label for group in groups}


def salt_of(register: Register, number: str) -> bytes:
    key = register.data_key()
    with register.store.reading() as session:
        return read_salt(key, find_entry(session, key, ELECTION, number))


def test_first_import_adds_everyone(register: Register) -> None:
    difference = register.import_rows(KARI, OLA)
    assert difference.added_lines == (2, 3)
    assert (difference.changed_lines, difference.removed) == ((), ())
    assert labels(register) == {0: "Krets Vest", 1: "Krets Øst"}


def test_same_file_twice_changes_nothing(register: Register) -> None:
    register.import_rows(KARI, OLA)
    before = everything(register)
    difference = register.import_rows(KARI, OLA, now=MONDAY + DAY)
    assert difference.is_empty
    assert difference.unchanged == 2
    assert everything(register) == before


def test_same_members_in_another_file_keep_every_row(register: Register) -> None:
    register.import_rows(KARI, OLA)
    before = everything(register)
    assert register.import_rows(OLA, KARI, now=MONDAY + DAY).is_empty
    after = everything(register)
    assert after["roll_entries"] == before["roll_entries"]
    with register.store.reading() as session:
        assert require_roll(session, ELECTION).last_activity == MONDAY + DAY


def test_new_file_replaces_the_roll_and_says_how(register: Register) -> None:
    register.import_rows(KARI, OLA)
    salt = salt_of(register, "1001")
    difference = register.import_rows(PER, MARRIED)
    assert (difference.added_lines, difference.changed_lines) == ((2,), (3,))
    assert [person.given_name for person in difference.removed] == ["Ola"]
    assert difference.unchanged == 0
    key = register.data_key()
    with register.store.reading() as session:
        kari = find_entry(session, key, ELECTION, "1001")
        assert read_person(key, kari).family_name == "Berg"
        assert len(session.scalars(select(RollEntry)).all()) == 2
    assert salt_of(register, "1001") == salt


def test_groups_are_numbered_without_gaps_after_each_import(register: Register) -> None:
    register.import_rows(KARI, OLA)
    register.import_rows(KARI, (*OLA[:5], "Krets Nord"))
    assert labels(register) == {0: "Krets Nord", 1: "Krets Øst"}
    register.import_rows(KARI)
    assert labels(register) == {0: "Krets Øst"}


def test_moving_to_another_group_is_a_change(register: Register) -> None:
    register.import_rows(KARI, OLA)
    difference = register.import_rows((*KARI[:5], "Krets Vest"), OLA)
    assert (difference.changed_lines, difference.unchanged) == ((2,), 1)


def test_comparing_changes_nothing(register: Register) -> None:
    register.import_rows(KARI)
    before = everything(register)
    preview = read_roll(as_csv(HEADINGS, MARRIED, OLA), "m.csv")
    with register.store.reading() as session:
        difference = compare_roll(session, register.keystore, ELECTION, preview)
    assert (difference.changed_lines, difference.added_lines) == ((2,), (3,))
    assert everything(register) == before
    assert "Kari" not in repr(difference)


def test_file_with_errors_leaves_the_roll_as_it_was(register: Register) -> None:
    register.import_rows(KARI)
    before = everything(register)
    with pytest.raises(RollHasErrors):
        register.import_rows(KARI, (*OLA[:3], "ola(at)example.no", *OLA[4:]))
    assert everything(register) == before


def test_import_that_fails_midway_leaves_the_roll_as_it_was(
    register: Register,
) -> None:
    register.import_rows(KARI)
    before = everything(register)
    data = as_csv(HEADINGS, OLA)

    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), register.store.begin() as session:  # noqa: PT012
        import_roll(
            session,
            register.keystore,
            election_id=ELECTION,
            preview=read_roll(data, "m.csv"),
            source=data,
            now=MONDAY,
        )
        raise Stopped
    assert everything(register) == before


def test_an_undone_import_leaves_the_roll_as_it_was(register: Register) -> None:
    register.import_rows(KARI, OLA)
    salt, before = salt_of(register, "1001"), everything(register)["roll_entries"]
    register.import_rows(PER, MARRIED)
    undo(register)
    assert everything(register)["roll_entries"] == before
    assert everything(register)["shelved_entries"] == []
    assert labels(register) == {0: "Krets Vest", 1: "Krets Øst"}
    assert salt_of(register, "1001") == salt
    with pytest.raises(NothingToUndo):
        undo(register)


def test_the_first_import_is_undone_to_an_empty_roll(register: Register) -> None:
    with pytest.raises(NothingToUndo):
        undo(register)
    register.import_rows(KARI, OLA)
    undo(register)
    assert labels(register) == {}
    assert register.import_rows(KARI).added_lines == (2,)


def test_the_same_file_again_does_not_take_the_undo_away(register: Register) -> None:
    register.import_rows(KARI)
    register.import_rows(OLA)
    register.import_rows(OLA)
    undo(register)
    assert len(everything(register)["roll_entries"]) == 1
    assert salt_of(register, "1001")


def test_more_rows_than_one_statement_takes_are_imported_and_undone(
    register: Register,
) -> None:
    many = [
        (str(n), f"F{n}", "E", f"m{n}@example.no", "", f"Krets {n % 3}")
        for n in range(2 * CHUNK + 7)
    ]
    assert len(register.import_rows(*many).added_lines) == len(many)
    difference = register.import_rows(*many[: CHUNK + 1], ("99999", *KARI[1:]))
    assert difference.removed_count == CHUNK + 6
    assert len(difference.removed) == 200
    assert difference.unchanged == CHUNK + 1
    undo(register)
    assert len(everything(register)["roll_entries"]) == len(many)


def undo(register: Register) -> None:
    with register.store.begin() as session:
        undo_import(session, election_id=ELECTION, now=MONDAY)


def test_unknown_election_takes_no_roll(register: Register) -> None:
    preview = read_roll(as_csv(HEADINGS, KARI), "m.csv")
    with register.store.reading() as session, pytest.raises(UnknownRoll):
        compare_roll(session, register.keystore, "0" * 32, preview)


def test_sample_roll_is_imported_whole(register: Register) -> None:
    data = (SAMPLES / "manntall-300-windows1252.csv").read_bytes()
    with register.store.begin() as session:
        difference = import_roll(
            session,
            register.keystore,
            election_id=ELECTION,
            preview=read_roll(data, "manntall.csv"),
            source=data,
            now=MONDAY,
        )
    assert len(difference.added_lines) == 300
    assert set(labels(register).values()) == {
        *("Krets Midt-Norge", "Krets Nord", "Krets Vest", "Krets Øst")
    }
