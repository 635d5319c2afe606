import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import District, Role
from crypto.encoding import JsonValue
from register.elections import PhaseMismatch
from register.tables import RollEntry
from register.turnout_sampling import draw_numbers
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office
from tests.register.register_audit import events
from tests.register.register_site import (
    Browser,
    an_app,
    signed_in,
    soup_of,
    told,
    words_of,
)
from tests.smtp import SmtpServer

REASON = "Medlemmet ringte og ba om hjelp"
ALL = {"group": "-1", "marks": "all", "reason": REASON}
MEMBERS = 130
ORGANISATION = "Forbundet"


def rows() -> list[tuple[str, ...]]:
    return [
        (
            *(str(n), f"Fornavn{n}", f"Etternavn{n}", f"medlem{n}@example.no"),
            *("", "Krets Øst" if n % 2 else "Krets Vest"),
        )
        for n in range(1, MEMBERS + 1)
    ]


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    election = lent.election
    election.clock.instant = election.clock.instant.replace(
        year=2026, month=3, day=2, hour=9, minute=0, second=0, microsecond=0
    )
    election.open(*rows())
    yield lent
    lent.runtime.close()


@pytest.fixture
def app(office: PostOffice) -> Flask:
    return an_app(office)


def vote(office: PostOffice, *numbers: int) -> None:
    for number in numbers:
        office.election.take(office.election.link(str(number)))


def close(office: PostOffice, *, ballots: tuple[int, int] = (1, 2)) -> None:
    office.election.close()
    office.election.send("ballot-counts", {"counts": list(ballots)})


def auditor(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, Role.AUDITOR, app=app)


def names(browser: Browser, **fields: str) -> str:
    asked = {**ALL, **fields}
    return words_of(browser.post("/frammote/navn", asked, of="/frammote"))


def paper(office: PostOffice, app: Flask, number: int) -> str:
    fields = {"entry": office.entry(str(number)).id.hex(), "reason": REASON}
    browser = signed_in(office, app=app)
    return told(browser.post("/oppslag/papir", fields, of="/oppslag"))


def test_while_open_only_totals_in_steps_are_shown(
    office: PostOffice, app: Flask
) -> None:
    vote(office, *range(1, 26))
    page = auditor(office, app)
    shown = words_of(page.get("/frammote"))
    assert "minst 20" in shown
    assert "25" not in shown
    assert "Krets" not in shown
    refused = page.post("/frammote/navn", ALL, of="/frammote")
    assert refused.status_code == 409
    assert "Fornavn" not in refused.get_data(as_text=True)
    drawn = page.post(
        "/frammote/utvalg", {"size": "1", "among": "marked"}, of="/frammote"
    )
    assert "Navnene kan leses fra urnen er lukket" in told(drawn)
    assert events(office, "turnout-read") == []


def test_after_closing_names_stand_with_marks_and_channel(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1, 2)
    paper(office, app, 3)
    close(office)
    page = auditor(office, app)
    assert "2 medlemmer" in names(page, marks="digital")
    found = names(page, marks="paper")
    assert "Fornavn3 Etternavn3" in found
    assert "Krysset av på papir" in found
    assert f"{MEMBERS - 3} medlemmer" in names(page, marks="none")
    event = events(office, "turnout-read")[1]
    assert event["entries"] == [office.entry("3").id.hex()]
    assert "Fornavn" not in str(event)


@pytest.mark.parametrize(
    "search", ["77", "0077", "MEDLEM77@example.no", "etternavn77", "fornavn77 ette"]
)
def test_a_member_is_found_by_number_address_or_part_of_the_name(
    office: PostOffice, app: Flask, search: str
) -> None:
    close(office)
    found = names(auditor(office, app), search=search)
    assert "1 medlem " in found
    assert "Fornavn77 Etternavn77" in found
    assert events(office, "turnout-read") == [
        {
            "entries": [office.entry("77").id.hex()],
            "groups": [0, 1],
            "marks": "all",
            "page": 1,
            "reason": REASON,
            "searched": True,
        }
    ]


def test_pages_hold_each_member_once(office: PostOffice, app: Flask) -> None:
    close(office)
    page = auditor(office, app)
    seen: list[str] = []
    for number in (1, 2, 3):
        fields = {**ALL, "page": str(number)}
        answer = page.post("/frammote/navn", fields, of="/frammote")
        heads = soup_of(answer).select("#navn tbody th")
        seen += [head.get_text() for head in heads]
    assert sorted(seen, key=int) == [str(n) for n in range(1, MEMBERS + 1)]
    assert "Side 3 av 3" in names(page, page="999")


def test_nothing_is_searched_for_in_an_address(office: PostOffice, app: Flask) -> None:
    close(office)
    page = auditor(office, app)
    assert page.get("/frammote/navn?search=77").status_code == 405
    form = page.page("/frammote").select_one("form[action$='/navn']")
    assert form is not None
    assert form["method"] == "post"


@pytest.mark.parametrize(
    "wrong",
    [
        *({"group": "7"}, {"group": "x"}, {"marks": "secret"}, {"search": "x" * 201}),
        {"group": "x", "reason": ""},
    ],
)
def test_a_forged_search_is_refused(
    office: PostOffice, app: Flask, wrong: dict[str, str]
) -> None:
    close(office)
    fields = {**ALL, **wrong}
    answer = auditor(office, app).post("/frammote/navn", fields, of="/frammote")
    assert "kan ikke leses" in told(answer)
    assert events(office, "turnout-read") == []


def test_marks_are_reconciled_with_the_ballots_of_each_group(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1, 3, 2, 4)
    paper(office, app, 5)
    close(office, ballots=(1, 2))
    rows_ = [
        " ".join(row.get_text(" ").split())
        for row in auditor(office, app).page("/frammote").select("#grupper tbody tr")
    ]
    assert rows_ == [
        "Krets Vest 65 2 0 1 1 uten stemmeseddel",
        "Krets Øst 65 2 1 2 Stemmer",
    ]


def test_more_ballots_than_marks_is_a_discrepancy(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1)
    close(office, ballots=(0, 2))
    shown = words_of(auditor(office, app).get("/frammote"))
    assert "Avvik: flere stemmesedler enn kryss" in shown


def test_a_sample_follows_from_the_seed_and_the_order_of_the_roll(
    office: PostOffice, app: Flask
) -> None:
    vote(office, *range(1, 31))
    close(office)
    page = auditor(office, app)
    fields = {"size": "5", "among": "marked", "seed": "terning 3 1 6 6"}
    done = page.post("/frammote/utvalg", fields, of="/frammote")
    assert "Utvalg 1 er trukket" in told(done)
    shown = page.page("/frammote/utvalg/1")
    numbers = [int(each.get_text()) for each in shown.select("#utvalg td[data-number]")]
    # Worked out apart from the code under test, from what the page says.
    framed = [b"urne/v1/turnout-sample", b"terning 3 1 6 6"]

    def value(number: int) -> bytes:
        parts = [*framed, number.to_bytes(4, "big")]
        return hashlib.sha256(
            b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        ).digest()

    assert numbers == sorted(sorted(range(1, 31), key=value)[:5])
    with office.election.store.reading() as session:
        ids = session.scalars(select(RollEntry.id).order_by(RollEntry.id)).all()
    marked = {office.entry(str(n)).id for n in range(1, 31)}
    in_order = [each for each in ids if each in marked]
    (drawn,) = events(office, "turnout-sample-drawn")
    assert (drawn["seed"], drawn["population"]) == ("terning 3 1 6 6", 30)
    (read,) = events(office, "turnout-sample-read")
    assert read["entries"] == [in_order[place - 1].hex() for place in numbers]
    assert read["reason"] == "Ringer utvalg 1"


def test_every_sample_stays_listed_with_its_seed(
    office: PostOffice, app: Flask
) -> None:
    close(office)
    page = auditor(office, app)
    for _ in range(2):
        page.post(
            "/frammote/utvalg", {"size": "3", "among": "everyone"}, of="/frammote"
        )
    seeds = [code.get_text() for code in page.page("/frammote").select("#utvalg code")]
    assert len(set(seeds)) == 2
    assert page.get("/frammote/utvalg/3").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": "0", "among": "everyone"}, "Velg 1 til 500"),
        ({"size": "501", "among": "everyone"}, "Velg 1 til 500"),
        ({"size": "400", "among": "everyone"}, "ikke være større"),
        ({"size": "1", "among": "marked"}, "ikke være større"),
        ({"size": "tre", "among": "everyone"}, "heltallsverdi"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(
    office: PostOffice, app: Flask, fields: dict[str, str], words: str
) -> None:
    close(office)
    answer = auditor(office, app).post("/frammote/utvalg", fields, of="/frammote")
    assert words in told(answer)
    assert events(office, "turnout-sample-drawn") == []


def test_a_draw_of_all_is_all() -> None:
    assert draw_numbers("x", 5, 5) == (1, 2, 3, 4, 5)
    with pytest.raises(ValueError, match="sample"):
        draw_numbers("x", 6, 5)


def contact_of(
    office: PostOffice, app: Flask, organisation: str, *also: Role
) -> Browser:
    return signed_in(
        office,
        Role.DISTRICT_CONTACT,
        *also,
        app=app,
        who="d" * 32,
        districts=frozenset({District(organisation, "Krets Øst")}),
    )


def test_a_district_contact_sees_totals_of_the_own_group_while_it_is_open(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1, 2, 4)
    shown = words_of(contact_of(office, app, ORGANISATION).get("/frammote"))
    assert "Krets Øst 65 0 0" in shown
    assert "Krets Vest" not in shown


def test_a_district_contact_sees_names_of_the_own_group_after_closing(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1, 2, 4)
    close(office)
    contact = contact_of(office, app, ORGANISATION)
    shown = words_of(contact.get("/frammote"))
    assert "Krets Øst 65 1" in shown
    assert "Krets Vest" not in shown
    assert "65 medlemmer" in names(contact)
    assert "Ingen funnet" in names(contact, search="medlem2@example.no")
    fields = {**ALL, "group": "0"}
    forged = contact.post("/frammote/navn", fields, of="/frammote")
    assert "kan ikke leses" in told(forged)
    draw = contact.post("/frammote/utvalg", {"size": "1"}, of="/frammote")
    assert draw.status_code == 403
    assert contact.get("/manntall").status_code == 403


def test_a_contact_of_no_group_of_the_election_sees_nothing(
    office: PostOffice, app: Flask
) -> None:
    other = contact_of(office, app, "Et annet forbund")
    assert other.get("/frammote").status_code == 403


def test_an_organiser_who_is_a_district_contact_reads_names_of_the_own_group_alone(
    office: PostOffice, app: Flask
) -> None:
    close(office)
    both = contact_of(office, app, ORGANISATION, Role.ORGANISER)
    page = both.page("/frammote")
    # All totals, as an organiser; one group's names, as its contact.
    heads = page.select("#grupper tbody th[scope=row]")
    assert {each.get_text() for each in heads} == {"Krets Vest", "Krets Øst"}
    offered = [each.get_text() for each in page.select("select[name=group] option")]
    assert offered == ["Alle gruppene", "Krets Øst"]
    assert "65 medlemmer" in names(both)
    assert "Ingen funnet" in names(both, search="medlem2@example.no")
    forged = both.post("/frammote/navn", {**ALL, "group": "0"}, of="/frammote")
    assert "kan ikke leses" in told(forged)
    own = {office.entry(str(n)).id.hex() for n in range(1, MEMBERS + 1, 2)}
    for event in events(office, "turnout-read"):
        assert set(event["entries"]) <= own
    elsewhere = contact_of(office, app, "Et annet forbund", Role.ORGANISER)
    assert elsewhere.page("/frammote").select_one("form[action$='/navn']") is None
    refused = elsewhere.post("/frammote/navn", ALL, of="/frammote")
    assert refused.status_code == 403


def test_names_are_read_for_a_reason(office: PostOffice, app: Flask) -> None:
    close(office)
    fields = {**ALL, "reason": "nei"}
    answer = auditor(office, app).post("/frammote/navn", fields, of="/frammote")
    assert "begrunnelse på 5 til 500 tegn" in told(answer)
    assert "Fornavn" not in answer.get_data(as_text=True)
    assert events(office, "turnout-read") == []


def test_an_organiser_sees_totals_and_no_names(office: PostOffice, app: Flask) -> None:
    close(office)
    organiser = signed_in(office, Role.ORGANISER, app=app)
    page = organiser.page("/frammote")
    assert page.select_one("form[action$='/navn']") is None
    assert organiser.post("/frammote/navn", ALL, of="/frammote").status_code == 403
    assert organiser.get("/frammote/utvalg/1").status_code == 403


def test_a_refusal_that_tells_of_a_mark_is_on_record(
    office: PostOffice, app: Flask
) -> None:
    vote(office, 1)
    browser = signed_in(office, app=app)
    fields = {"entry": office.entry("1").id.hex(), "reason": REASON}
    assert "Stemmeretten er brukt" in told(
        browser.post("/oppslag/ny-lenke", fields, of="/oppslag")
    )
    assert "uåpnet" in paper(office, app, 1)
    expected = {"entry": office.entry("1").id.hex(), "reason": REASON}
    assert events(office, "resend-refused") == [expected]
    assert events(office, "paper-mark-refused") == [expected]


def test_ballot_counts_come_after_closing_and_fit_the_groups(
    office: PostOffice,
) -> None:
    with pytest.raises(PhaseMismatch):
        office.election.send("ballot-counts", {"counts": [1, 2]})
    office.election.close()
    wrongs: list[list[JsonValue]] = [[1], [1, 2, 3], [1, -1], [1, True], ["1", 2]]
    for wrong in wrongs:
        with pytest.raises(PhaseMismatch):
            office.election.send("ballot-counts", {"counts": wrong})
