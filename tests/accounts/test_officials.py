from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.officials import (
    EmailMalformed,
    EmailTaken,
    NameMalformed,
    OfficialIdentity,
    PasswordTooLong,
    PasswordTooShort,
    SignInRefused,
    authenticate_official,
    create_official,
    list_officials,
)
from accounts.roles import Role
from accounts.tables import Official
from crypto.passwords import CHEAPEST_FOR_TESTS, hash_password
from tests.conftest import Stores

PASSWORD = "et langt nok passord"
DECOY = hash_password("ingen har dette", CHEAPEST_FOR_TESTS)


def create(session: Session, **changes: object) -> OfficialIdentity:
    values = {
        "name": "Kari Nordmann",
        "email": "kari@forbundet.example",
        "password": PASSWORD,
        "roles": [Role.ORGANISER],
        "profile": CHEAPEST_FOR_TESTS,
    }
    return create_official(session, **{**values, **changes})  # type: ignore[arg-type]


def sign_in(session: Session, email: str, password: str) -> OfficialIdentity:
    return authenticate_official(
        session, email=email, password=password, decoy_hash=DECOY
    )


def test_official_signs_in_however_the_address_is_written(stores: Stores) -> None:
    with stores.service.begin() as session:
        made = create(
            session, name="  Kari   Nordmann ", email="Kari@Forbundet.Example"
        )
        found = sign_in(session, " KARI@forbundet.example ", PASSWORD)
    assert found == made
    assert found.name == "Kari Nordmann"
    assert found.roles == {Role.ORGANISER}


def test_password_is_kept_as_argon2id_alone(stores: Stores) -> None:
    with stores.service.begin() as session:
        create(session)
        row = session.scalars(select(Official)).one()
        assert row.password_hash is not None
        assert row.password_hash.startswith("$argon2id$")
        assert PASSWORD not in row.password_hash


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, NameMalformed),
        ({"name": "x" * 101}, NameMalformed),
        ({"name": "Kari\x07"}, NameMalformed),
        ({"email": "ikke en adresse"}, EmailMalformed),
        ({"email": "a\x00@b.example"}, EmailMalformed),
        ({"password": "x" * 11}, PasswordTooShort),
        ({"password": "x" * 201}, PasswordTooLong),
    ],
)
def test_official_who_cannot_be_is_refused(
    sqlite_stores: Stores, changes: dict[str, str], refusal: type[Exception]
) -> None:
    with sqlite_stores.service.begin() as session:
        with pytest.raises(refusal):
            create(session, **changes)
        assert session.scalars(select(Official)).all() == []


def test_one_address_has_one_official(stores: Stores) -> None:
    with stores.service.begin() as session:
        create(session)
        with pytest.raises(EmailTaken):
            create(session, name="En annen", email="KARI@forbundet.example")


def test_every_reason_against_a_sign_in_is_told_alike(stores: Stores) -> None:
    with stores.service.begin() as session:
        create(session)
        create(session, name="Ola", email="ola@forbundet.example")
        row = session.scalars(select(Official).where(Official.name == "Ola")).one()
        row.disabled = True
        session.flush()
        for email, password in (
            ("kari@forbundet.example", "feil passord her"),
            ("kari@forbundet.example", ""),
            ("kari@forbundet.example", PASSWORD + "x" * 500),
            ("ukjent@forbundet.example", PASSWORD),
            ("ikke en adresse", PASSWORD),
            ("ola@forbundet.example", PASSWORD),
        ):
            with pytest.raises(SignInRefused):
                sign_in(session, email, password)


def test_only_open_accounts_with_the_role_are_listed_by_name(stores: Stores) -> None:
    with stores.service.begin() as session:
        for name, roles in (
            ("Dag", [Role.COMMITTEE]),
            ("Bo", [Role.COMMITTEE, Role.AUDITOR]),
            ("Cato", [Role.AUDITOR]),
            ("Erik", [Role.COMMITTEE]),
        ):
            create(session, name=name, email=f"{name}@forbundet.example", roles=roles)
        row = session.scalars(select(Official).where(Official.name == "Erik")).one()
        row.disabled = True
        session.flush()
        listed = list_officials(session, Role.COMMITTEE)
    assert [each.name for each in listed] == ["Bo", "Dag"]


def test_store_takes_no_other_hash_and_no_capital_letters(stores: Stores) -> None:
    for changes in (
        {"password_hash": "plain"},
        {"email": "Kari@forbundet.example"},
    ):
        values = {
            "id": "0" * 32,
            "name": "Kari",
            "email": "kari@forbundet.example",
            "password_hash": DECOY,
        }
        with (
            pytest.raises(IntegrityError),
            stores.service.begin() as session,
        ):
            session.add(Official(**{**values, **changes}))
