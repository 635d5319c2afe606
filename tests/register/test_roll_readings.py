from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from infra.keystore import KeyDestroyed
from infra.queues import queue_of
from register import roll_readings
from register.jobs import sweep_register
from register.roll import count_entries
from register.roll_reading_jobs import import_file, read_file
from register.roll_tables import RollReading, ShelvedEntry
from register.shredding_jobs import shred_roll
from register.tables import RollEntry
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office
from tests.register.register_site import (
    Browser,
    an_app,
    signed_in,
    soup_of,
    told,
    words_of,
)
from tests.register.roll_files import (
    ELECTION,
    HEADINGS,
    KARI,
    OLA,
    PER,
    as_csv,
    identity_number,
)
from tests.smtp import SmtpServer

ROLL = as_csv(HEADINGS, KARI, OLA, PER)
JOBS = {each.__name__: each for each in (read_file, import_file)}


@pytest.fixture
def office(
    stores: Stores,
    tmp_path: Path,
    redis_url: str,
    smtp_server: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[PostOffice]:
    # What makes a file a large one is its size alone.
    monkeypatch.setattr("register.views.roll.LARGE", 10)
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    lent.election.create()
    yield lent
    lent.runtime.close()


@pytest.fixture
def app(office: PostOffice) -> Flask:
    return an_app(office)


@pytest.fixture
def official(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, app=app)


def work_off(office: PostOffice) -> None:
    """Do in this process what the queued jobs of a reading would."""
    queue = queue_of(office.runtime, "register")
    for job in queue.jobs:
        queue.remove(job)
        name = str(job.func_name).rpartition(".")[2]
        if name in JOBS:
            JOBS[name](office.runtime, *job.args)


def path_of(office: PostOffice) -> str:
    return f"/manntall/lesing/{row_of(office).id.hex()}"


def row_of(office: PostOffice) -> RollReading:
    with office.election.store.reading() as session:
        return session.get_one(RollReading, ELECTION)


def counted(office: PostOffice) -> int:
    with office.election.store.reading() as session:
        return sum(each.entitled for each in count_entries(session, ELECTION))


def shelved(office: PostOffice) -> int:
    with office.election.store.reading() as session:
        return session.scalars(select(func.count()).select_from(ShelvedEntry)).one()


def read(office: PostOffice, official: Browser, data: bytes = ROLL) -> str:
    official.upload(data)
    work_off(office)
    return path_of(office)


def test_a_large_file_is_read_by_a_job_and_followed(
    office: PostOffice, official: Browser
) -> None:
    answer = official.upload(ROLL)
    assert "Filen venter på å bli lest" in words_of(answer)
    here = path_of(office)
    come = official.get(f"{here}/fremdrift").get_json()
    assert come["state"] == "waiting"
    work_off(office)
    assert official.get(f"{here}/fremdrift").get_json()["state"] == "ready"
    shown = words_of(official.get(here))
    assert "Ingenting er endret ennå." in shown
    assert "Nye 3" in shown
    assert counted(office) == 0
    done = official.post(f"{here}/bekreft", of=here)
    assert "Manntallet blir oppdatert" in words_of(done)
    work_off(office)
    assert "Manntallet er oppdatert" in words_of(official.get(here))
    assert counted(office) == 3
    assert office.election.posted("roll-draft")[-1]["groups"][0]["count"] == 2


def test_nothing_of_a_large_file_can_be_read_in_redis_or_the_database(
    office: PostOffice, official: Browser
) -> None:
    read(office, official)
    connection = office.runtime.connections["register"]
    lying = b"".join(
        key + (connection.get(key) or b"")
        for key in connection.scan_iter()
        if connection.type(key) == b"string"
    )
    assert b"roll-upload:" in lying
    row = row_of(office)
    stored = lying + (row.report or b"")
    for secret in ("Kari", "Nordmann", "ola@example.no", "1001"):
        assert secret.encode() not in stored
    queued = b"".join(
        str(job.args).encode() for job in queue_of(office.runtime, "register").jobs
    )
    assert b"Kari" not in queued


def test_the_files_key_dies_when_it_is_imported(
    office: PostOffice, official: Browser
) -> None:
    here = read(office, official)
    keystore, key_id = office.election.keystore, row_of(office).id.hex()
    assert keystore.read_key(key_id).key_id == key_id
    official.post(f"{here}/bekreft", of=here)
    work_off(office)
    with pytest.raises(KeyDestroyed):
        keystore.read_key(key_id)


def test_a_job_that_runs_twice_imports_once(
    office: PostOffice, official: Browser
) -> None:
    here = read(office, official)
    args = (ELECTION, f"r{row_of(office).id.hex()}")
    read_file(office.runtime, *args)
    assert shelved(office) == 3
    official.post(f"{here}/bekreft", of=here)
    work_off(office)
    import_file(office.runtime, *args)
    read_file(office.runtime, *args)
    assert counted(office) == 3
    assert shelved(office) == 0


def test_the_difference_is_that_of_the_roll_as_it_is(
    office: PostOffice, official: Browser
) -> None:
    here = read(office, official)
    official.post(f"{here}/bekreft", of=here)
    work_off(office)
    moved = ("1001", "Kari", "Åsgård", "ny@example.no", "", "Krets Øst")
    new = ("1009", "Ny", "Mann", "mann@example.no", "", "Krets Øst")
    here = read(office, official, as_csv(HEADINGS, moved, OLA, new))
    shown = words_of(official.get(here))
    for figure in ("Nye 1", "Endrede 1", "Strøket 1", "Uendrede 1", "1003 Per Hansen"):
        assert figure in shown
    official.post(f"{here}/bekreft", of=here)
    work_off(office)
    assert counted(office) == 3
    undone = official.post("/manntall/angre")
    assert "Importen er angret" in told(undone)
    again = read(office, official)
    assert "Ingenting blir endret" in words_of(official.get(again))


def test_wrong_rows_are_named_and_handed_over_as_a_sheet(
    office: PostOffice, official: Browser
) -> None:
    number = identity_number("010190")
    bad = ("1004", "Liv", "Li", "=1+1@", "", "Krets Øst")
    worse = (f"x{number[:6]} {number[6:10]}0/", "Nils", "Ås", "", "", "Krets Øst")
    here = read(office, official, as_csv(HEADINGS, KARI, bad, worse))
    page = official.get(here)
    assert soup_of(page).select_one("form[action$='/bekreft']") is None
    assert shelved(office) == 0
    sheet = official.post(f"{here}/feil.xlsx", of=here)
    rows = list(load_workbook(BytesIO(sheet.data)).worksheets[0].values)
    assert rows[0] == ("Linje", "Kolonne", "Verdi", "Hva er galt", "Hva gjør du")
    assert [row[0] for row in rows[1:]] == [3, 4]
    assert rows[1][2] == "=1+1@"
    assert number[6:10] not in str(rows)


def test_a_file_with_an_identity_number_is_refused_and_laid_up_nowhere(
    office: PostOffice, official: Browser
) -> None:
    row = (identity_number("010190"), "Kari", "Å", "", "", "Krets Øst")
    here = read(office, official, as_csv(HEADINGS, OLA, row))
    answer = official.get(here)
    assert answer.status_code == 422
    assert "fødselsnummer" in told(answer)
    assert row[0] not in answer.get_data(as_text=True)
    assert shelved(office) == 0
    refused = official.post(f"{here}/bekreft")
    assert "fødselsnummer" in told(refused)


def test_columns_of_a_large_file_can_be_pointed_out(
    office: PostOffice, official: Browser
) -> None:
    odd = ("Nr", "A", "B", "E-post", "Mobil", "Krets")
    here = read(office, official, as_csv(odd, KARI, OLA))
    page = official.get(here)
    assert "mangler kolonner: medlemsnummer" in told(page)
    form = soup_of(page).select_one("form[action$='/kolonner']")
    assert form is not None
    fields = {
        str(each["name"]): str(each.get("value", ""))
        for each in form.select("input[name]")
    }
    chosen = {"member_number": "0", "given_name": "1", "family_name": "2"}
    official.post(f"{here}/kolonner", {**fields, **chosen}, of=here)
    work_off(office)
    assert "Nye 2" in words_of(official.get(path_of(office)))


def test_a_reading_is_of_use_to_nobody_else_and_forgotten_in_half_an_hour(
    office: PostOffice, app: Flask, official: Browser
) -> None:
    here = read(office, official)
    another = signed_in(office, app=app, who="b" * 32)
    assert another.get(here).status_code == 409
    assert another.post(f"{here}/bekreft").status_code == 409
    for wrong in ("0" * 32, "x" * 32):
        assert official.get(f"/manntall/lesing/{wrong}").status_code == 409
    office.election.clock.instant += timedelta(minutes=31)
    sweep_register(office.runtime)
    assert official.get(here).status_code == 409
    assert shelved(office) == 0


def test_a_file_that_expired_before_it_was_read_is_asked_for_again(
    office: PostOffice, official: Browser
) -> None:
    official.upload(ROLL)
    office.runtime.connections["register"].flushdb()
    here = path_of(office)
    read_file(office.runtime, ELECTION, f"r{row_of(office).id.hex()}")
    assert official.get(here).status_code == 409


def test_freezing_forgets_the_file_that_is_being_read(
    office: PostOffice, official: Browser
) -> None:
    here = read(office, official)
    official.post(f"{here}/bekreft", of=here)
    work_off(office)
    here = read(office, official, as_csv(HEADINGS, KARI))
    assert shelved(office) > 0
    official.post("/frys", {"sure": "y"})
    assert shelved(office) == 0
    assert official.get(here).status_code == 409
    undone = official.post("/manntall/angre", of="/oppslag")
    assert "frosset" in told(undone)
    with office.election.store.reading() as session:
        assert session.scalars(select(func.count()).select_from(RollEntry)).one() == 3


def test_a_draft_is_shredded_with_the_file_that_was_read_for_it(
    office: PostOffice, official: Browser
) -> None:
    read(office, official)
    key_id = row_of(office).id.hex()
    office.election.clock.instant += timedelta(days=91)
    shred_roll(office.runtime, ELECTION)
    assert shelved(office) == 0
    with office.election.store.reading() as session:
        assert session.get(RollReading, ELECTION) is None
    with pytest.raises(KeyDestroyed):
        office.election.keystore.read_key(key_id)


def test_what_is_large_is_said_in_one_place() -> None:
    assert roll_readings.LARGE == 2 * 1024 * 1024
