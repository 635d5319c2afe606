import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import html5lib
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.roles import Role
from crypto.signing import SigningSeed
from infra.queues import queue_of
from register.mails import EXAMPLE_FRAGMENT
from register.recipients import Plan, Recipient, choose_recipients
from register.roll import count_entries
from register.roll_phases import MessageState, SendingKind, SendingState
from register.sending_jobs import SEND_JOB
from register.tables import Message, Sending
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_audit import events
from tests.register.register_site import (
    HERE,
    Browser,
    a_pass,
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
    as_workbook,
    identity_number,
)
from tests.smtp import SmtpServer, Stage

REASON = "Medlemmet ringte og ba om hjelp"
ROLL = as_csv(HEADINGS, KARI, OLA, PER)


@pytest.fixture
def office(
    stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


@pytest.fixture
def app(office: PostOffice) -> Flask:
    return an_app(office)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def official(office: PostOffice, app: Flask) -> Browser:
    return signed_in(office, app=app)


def everything_in_redis(office: PostOffice) -> bytes:
    connection = office.runtime.connections["register"]
    return b"".join(
        key + (connection.get(key) or b"")
        for key in connection.scan_iter()
        if connection.type(key) == b"string"
    )


def queued(office: PostOffice) -> list[str]:
    return [str(each.func_name) for each in queue_of(office.runtime, "register").jobs]


def test_a_pass_opens_the_register_and_its_cookie_goes_nowhere_else(
    office: PostOffice, client: FlaskClient
) -> None:
    office.election.create()
    answer = client.post(
        "/r/inn", data={"pass": a_pass(office), "next": f"{HERE}/manntall"}
    )
    assert answer.status_code == 200
    (cookie,) = [
        SimpleCookie(value)["urne_register"]
        for value in answer.headers.getlist("Set-Cookie")
        if "urne_register" in value
    ]
    assert (cookie["path"], cookie["samesite"]) == ("/r", "Strict")
    assert cookie["httponly"]
    refresh = soup_of(answer).select_one("meta[http-equiv=refresh]")
    assert refresh is not None
    assert refresh["content"] == f"0; url={HERE}/manntall"
    assert client.get(f"{HERE}/manntall").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://tyv.example/",
        "//tyv.example",
        "/valg",
        f"{HERE}/../../konto",
        f"{HERE}/manntall?x=1",
        f'{HERE}/"><script>',
        f"{HERE}/manntall\nSet-Cookie: x=1",
        "",
    ],
)
def test_the_entrance_leads_on_to_own_pages_alone(
    office: PostOffice, client: FlaskClient, wanted: str
) -> None:
    answer = client.post("/r/inn", data={"pass": a_pass(office), "next": wanted})
    refresh = soup_of(answer).select_one("meta[http-equiv=refresh]")
    assert refresh is not None
    assert refresh["content"] == "0; url=http://stemme.test/valg"


def test_over_https_the_cookie_is_secure_and_forms_are_taken(
    office: PostOffice,
) -> None:
    office.election.create()
    app = an_app(office, register_url="https://manntall.test")
    client = app.test_client()
    address = "https://manntall.test"
    answer = client.post("/r/inn", base_url=address, data={"pass": a_pass(office)})
    assert "; Secure" in str(answer.headers.getlist("Set-Cookie"))
    # No page of ours lets a browser send a Referer, so no form may ask for one.
    page = client.get(f"{HERE}/oppslag", base_url=address)
    token = soup_of(page).select_one("input[name=csrf_token]")
    assert token is not None
    fields = {"csrf_token": token["value"], "member_number": "1", "reason": ""}
    answer = client.post(f"{HERE}/oppslag", base_url=address, data=fields)
    assert answer.status_code == 422


def test_the_register_alone_serves_its_pages(office: PostOffice) -> None:
    office.election.create()
    app = an_app(office, sides=frozenset({"register"}))
    browser = signed_in(office, app=app)
    for path in ("/manntall", "/utsending", "/oppslag"):
        assert browser.get(path).status_code == 200
    assert browser.client.get("/valg").status_code == 404


def test_a_false_an_old_or_no_pass_does_not_open_it(
    office: PostOffice, client: FlaskClient
) -> None:
    forged = a_pass(office, seed=SigningSeed(bytes(32)))
    stale = a_pass(office)
    for wrong in ("", "abc", forged):
        assert client.post("/r/inn", data={"pass": wrong}).status_code == 403
    office.election.clock.move(minutes=11)
    assert client.post("/r/inn", data={"pass": stale}).status_code == 403
    assert "urne_register" not in str(client.get(f"{HERE}/manntall").headers)


def test_a_pass_runs_out_and_leaving_ends_it(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    assert official.get("/manntall").status_code == 200
    office.election.clock.move(hours=9)
    answer = official.get("/manntall")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://stemme.test/valg"


def test_signing_out_forgets_the_pass(office: PostOffice, official: Browser) -> None:
    office.election.create()
    page = official.page("/manntall")
    token = page.select_one("form[action='/r/ut'] input[name=csrf_token]")
    assert token is not None
    official.client.post("/r/ut", data={"csrf_token": token["value"]})
    assert official.get("/manntall").status_code == 302


GETS = ("/manntall", "/frys", "/utsending", "/utsending/ny/innbydelse", "/oppslag")
POSTS = (
    *("/manntall", "/manntall/kolonner", "/manntall/bekreft", "/frys"),
    *("/utsending/ny/innbydelse", f"/utsending/{'0' * 32}/start"),
    *(f"/utsending/{'0' * 32}/{what}" for what in ("pause", "fortsett", "stopp")),
    *(f"/utsending/{'0' * 32}/rediger", "/utsending/usikre"),
    *("/utsending/usikre/avgjor", "/oppslag", "/oppslag/papir", "/oppslag/ny-lenke"),
)


@pytest.mark.parametrize("path", GETS)
def test_without_a_pass_no_page_is_shown(
    office: PostOffice, client: FlaskClient, path: str
) -> None:
    office.election.create()
    answer = client.get(HERE + path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://stemme.test/valg"


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(
    office: PostOffice, official: Browser, path: str
) -> None:
    office.election.create()
    answer = official.client.post(HERE + path, data={"sure": "y", "reason": REASON})
    assert answer.status_code == 400
    assert events(office, "roll-frozen") == []


@pytest.mark.parametrize("path", POSTS)
def test_an_auditor_changes_nothing(office: PostOffice, app: Flask, path: str) -> None:
    office.election.create()
    auditor = signed_in(office, Role.AUDITOR, app=app)
    assert auditor.get("/manntall").status_code == 200
    assert auditor.post(path).status_code == 403


@pytest.mark.parametrize("path", ["/frys", "/utsending/ny/innbydelse", "/oppslag"])
def test_an_auditor_sees_no_page_that_names_or_changes(
    office: PostOffice, app: Flask, path: str
) -> None:
    office.election.create()
    assert signed_in(office, Role.AUDITOR, app=app).get(path).status_code == 403


def test_a_file_is_previewed_confirmed_and_never_kept(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    preview = official.upload(ROLL)
    assert preview.status_code == 200
    assert "Ingenting er endret ennå." in words_of(preview)
    assert "Krets Vest 2" in words_of(preview)
    with office.election.store.reading() as session:
        assert count_entries(session, ELECTION) == ()
    lying = everything_in_redis(office)
    assert b"roll-upload:" in lying
    secrets = ("Kari", "Nordmann", "ola@example.no", "1001;")
    assert [each for each in secrets if each.encode() in lying] == []
    done = _confirm(official, preview)
    assert "3 nye" in told(done)
    assert b"roll-upload:" not in everything_in_redis(office)
    with office.election.store.reading() as session:
        assert sum(each.entitled for each in count_entries(session, ELECTION)) == 3
    assert office.election.posted("roll-draft")[-1]["groups"] == [
        {"count": 2, "label": "Krets Vest"},
        {"count": 1, "label": "Krets Øst"},
    ]
    assert events(office, "roll-imported") == [
        {"added": 3, "changed": 0, "members": 3, "removed": 0}
    ]


def test_the_preview_tells_what_the_file_changes(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    _confirm(official, official.upload(ROLL))
    moved = ("1001", "Kari", "Åsgård", "ny@example.no", "", "Krets Øst")
    new = ("1009", "Ny", "Mann", "mann@example.no", "", "Krets Øst")
    preview = official.upload(as_csv(HEADINGS, moved, OLA, new))
    shown = words_of(preview)
    for figure in ("Nye 1", "Endrede 1", "Strøket 1", "Uendrede 1", "1003 Per Hansen"):
        assert figure in shown
    assert "1 nye, 1 endrede, 1 strøket, 1 uendrede" in told(
        _confirm(official, preview)
    )
    same = official.upload(as_csv(HEADINGS, moved, OLA, new))
    assert "Ingenting blir endret" in words_of(same)


def test_every_wrong_row_is_named_with_line_value_and_what_to_do(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    bad = ("1004", "Liv", "Li", "liv(at)example.no", "", "Krets Øst")
    twice = ("1001", "Kari", "Igjen", "", "", "")
    answer = official.upload(as_csv(HEADINGS, KARI, bad, twice))
    rows = [
        re.sub(r"\s+", " ", row.get_text(" ")).strip()
        for row in soup_of(answer).select("#feil tbody tr")
    ]
    assert [row.split(" ")[0] for row in rows] == ["3", "4", "4"]
    assert "liv(at)example.no" in rows[0]
    assert "Rett adressen" in rows[0]
    assert "står også på linje 2" in rows[1] + rows[2]
    assert "Velgergruppen mangler" in rows[1] + rows[2]
    assert soup_of(answer).select_one("form[action$='/bekreft']") is None
    title = soup_of(answer).title
    assert title is not None
    assert title.get_text().startswith("Feil:")


def test_columns_can_be_pointed_out(office: PostOffice, official: Browser) -> None:
    office.election.create()
    odd = ("Nr", "A", "B", "E-post", "Mobil", "Krets")
    answer = official.upload(as_csv(odd, KARI, OLA))
    assert answer.status_code == 422
    assert "mangler kolonner: medlemsnummer" in told(answer)
    page = soup_of(answer)
    form = page.select_one("form[action$='/kolonner']")
    assert form is not None
    fields = _fields(form)
    preview = official.post(
        "/manntall/kolonner",
        {**fields, "member_number": 0, "given_name": 1, "family_name": 2},
    )
    assert "Medlemmer i filen" in words_of(preview)
    assert "2 nye" in told(_confirm(official, preview))


def test_an_upload_is_of_use_to_nobody_else(
    office: PostOffice, app: Flask, official: Browser
) -> None:
    office.election.create()
    preview = official.upload(ROLL)
    form = soup_of(preview).select_one("form[action$='/bekreft']")
    assert form is not None
    fields = _fields(form)
    ticket = str(fields["ticket"])
    for wrong in ("", "zz", ticket[:-1] + ("0" if ticket[-1] != "0" else "1")):
        answer = official.post("/manntall/bekreft", {**fields, "ticket": wrong})
        assert "Last den opp på nytt" in told(answer)
    another = signed_in(office, app=app, who="b" * 32)
    assert "på nytt" in told(another.post("/manntall/bekreft", fields))
    answer = official.post("/manntall/bekreft", fields)
    assert "3 nye" in told(answer)
    answer = official.post("/manntall/bekreft", fields)
    assert "Last den opp på nytt" in told(answer)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "tom.csv", "Filen er tom"),
        (b"   ;;", "tom.csv", "Filen er tom"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "gammel.xls", "(.xls)"),
        (b"PK\x03\x04 hullete", "x.xlsx", "kan ikke leses som en XLSX"),
        (b"bare en linje", "x.csv", "overskrifter"),
        (b"\x00\x01\x02" * 50, "x.csv", "Tegnsettet"),
        ("a" * 100_000, "x.csv", "overskrifter"),
    ],
)
def test_a_hostile_file_is_refused_with_what_to_do(
    office: PostOffice, official: Browser, data: bytes | str, name: str, words: str
) -> None:
    office.election.create()
    encoded = data.encode() if isinstance(data, str) else data
    answer = official.upload(encoded, name)
    assert answer.status_code == 422
    assert words in told(answer)
    assert b"roll-upload:" not in everything_in_redis(office)
    with office.election.store.reading() as session:
        assert count_entries(session, ELECTION) == ()


def test_a_file_name_and_cells_with_markup_are_only_text(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    evil = "<script>alert(1)</script>"
    row = ("1001", evil, evil, f"{evil}@x", "", evil)
    answer = official.upload(as_csv(HEADINGS, row), f"{evil}.csv")
    assert soup_of(answer).select("script:not([src])") == []
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_an_identity_number_is_shown_masked_and_nothing_is_kept(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    number = identity_number("010190")
    row = (number, "Kari", "Å", "", "", "Krets Øst")
    answer = official.upload(as_workbook(HEADINGS, row), "manntall.xlsx")
    assert answer.status_code == 422
    assert "fødselsnummer" in told(answer)
    assert number not in answer.get_data(as_text=True)
    assert b"roll-upload:" not in everything_in_redis(office)


def test_a_large_upload_never_lies_in_a_temporary_file(
    office: PostOffice, official: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file on the disk")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    data = as_csv(HEADINGS, *members(20_000))
    assert len(data) > 800_000
    plain = Flask("plain")
    plain.testing = True
    plain.add_url_rule("/", view_func=lambda: str(request.files), methods=["POST"])
    with pytest.raises(AssertionError, match="a file on the disk"):
        _post_bytes(plain.test_client(), "/", {}, data)
    office.election.create()
    token = official.page("/manntall").select_one("input[name=csrf_token]")
    assert token is not None
    fields = {"csrf_token": str(token["value"])}
    answer = _post_bytes(official.client, f"{HERE}/manntall", fields, data)
    assert "20 000" in words_of(answer).replace("\xa0", " ").replace("\u202f", " ")


def test_the_roll_is_frozen_after_a_question(
    office: PostOffice, official: Browser
) -> None:
    office.election.create()
    _confirm(official, official.upload(ROLL))
    assert "Importen kan ikke angres lenger" in official.page("/frys").get_text(" ")
    unsure = official.post("/frys")
    assert unsure.status_code == 422
    assert "Bekreft at tallene er rette" in told(unsure)
    form = soup_of(official.upload(as_csv(HEADINGS, KARI))).select_one(
        "form[action$='/bekreft']"
    )
    assert form is not None
    fields = _fields(form)
    done = official.post("/frys", {"sure": "y"})
    assert "Manntallet er frosset" in told(done)
    assert len(office.election.posted("roll-totals")) == 1
    again = official.post("/frys", {"sure": "y"}, of="/oppslag")
    assert "Manntallet er frosset. Ingen kan føres inn" in told(again)
    late = official.post("/manntall/bekreft", fields, of="/oppslag")
    assert "Manntallet er frosset" in told(late)
    with office.election.store.reading() as session:
        assert sum(each.entitled for each in count_entries(session, ELECTION)) == 3


def test_an_invitation_from_draft_to_done(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(3), ("9", "Uten", "Adresse", "", "", "Alle"))
    shown = words_of(official.get("/utsending"))
    assert "3 medlemmer som kan nås, har ikke fått innbydelse" in shown
    assert "1 har verken e-post som når fram, mobil eller postadresse" in shown
    assert "Uten e-postadresse 1" in shown
    writing = official.page("/utsending/ny/innbydelse")
    suggested = _fields_of(writing, "main form")
    draft = official.post("/utsending/ny/innbydelse", suggested)
    seen = words_of(draft)
    assert "Send til 3 mottakere" in seen
    assert EXAMPLE_FRAGMENT in seen
    assert "E-post: 3" in seen
    assert "1 medlem kan ikke nås på disse kanalene og får ingenting" in seen
    one = _sending_path(office)
    assert office.smtp.messages == []

    wrong = official.post(f"{one}/start", {"told": "4"})
    assert "Antallet mottakere stemmer ikke" in told(wrong)
    nothing = official.post(f"{one}/start", {"told": "tre"})
    assert nothing.status_code == 422
    assert SEND_JOB not in queued(office)

    official.post(f"{one}/start", {"told": "3"})
    sending_id = bytes.fromhex(one.rpartition("/")[2])
    come = official.get(f"{one}/fremdrift").get_json()
    counts = {"delivered": "0", "left": "3", "sent": "0", "uncertain": "0"}
    assert come == {
        "counts": counts | {"undeliverable": "0"},
        "full": "",
        "letters": [],
        "max": 3,
        "state": "running",
        "text": "0 av 3",
        "troubled": 0,
        "value": 0,
        "waiting": False,
    }
    office.send_all(sending_id)
    come = official.get(f"{one}/fremdrift").get_json()
    assert (come["state"], come["text"]) == ("done", "3 av 3")
    assert len(office.smtp.messages) == 3


def test_the_mail_is_shown_as_it_will_look_and_does_nothing(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(1))
    sending_id = office.write()
    answer = official.get(f"/utsending/{sending_id.hex()}/e-post/nb")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox;")
    assert EXAMPLE_FRAGMENT in answer.get_data(as_text=True)


def test_a_text_without_the_link_is_refused_on_its_page(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(1))
    answer = official.post(
        "/utsending/ny/innbydelse",
        {"subject": "Stem", "body": "{organisasjon} innen {frist}"}
        | {"language": "nb", "by_email": "y"},
    )
    assert answer.status_code == 422
    assert "Teksten må ha feltet {lenke}." in told(answer)
    area = soup_of(answer).select_one("textarea[name=body]")
    assert area is not None
    assert "{organisasjon} innen {frist}" in area.get_text()


def test_a_draft_is_edited_and_thrown_away(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(1))
    sending_id = office.write()
    one = f"/utsending/{sending_id.hex()}"
    fields = _fields_of(official.page(f"{one}/rediger"), "main form")
    seen = official.post(f"{one}/rediger", {**fields, "subject": "Nytt emne"})
    assert "Nytt emne" in words_of(seen)
    assert "stoppet" in told(official.post(f"{one}/stopp"))
    assert "Skriv innbydelse" in words_of(official.get("/utsending"))


def test_a_sending_is_paused_resumed_and_stopped(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(2))
    sending_id = office.start()
    one = f"/utsending/{sending_id.hex()}"
    assert "Fortsett" in words_of(official.post(f"{one}/pause"))
    assert "Sett på pause" in words_of(official.post(f"{one}/fortsett"))
    assert SEND_JOB in queued(office)
    stopped = official.post(f"{one}/stopp")
    assert "Stoppet" in words_of(stopped)
    assert set(office.states(sending_id).values()) == {MessageState.WITHDRAWN}
    assert "kommet lenger" in told(official.post(f"{one}/pause"))


def test_a_reminders_numbers_are_told_in_steps(
    office: PostOffice, official: Browser
) -> None:
    clock = office.election.clock
    clock.instant = clock.instant.replace(minute=0)
    office.open(*members(43))  # no number of a day, nor of that minute
    office.invite()
    office.mark(office.smtp.messages[0])
    sending_id = office.write(SendingKind.REMINDER)
    one = f"/utsending/{sending_id.hex()}"
    seen = words_of(official.get(one))
    assert "Send til inntil 60 mottakere" in seen
    assert not re.search(r"\b4[123]\b", seen.partition("E-posten")[0])
    official.post(f"{one}/start", {"told": "60"})
    office.send_all(sending_id)
    come = official.get(f"{one}/fremdrift").get_json()
    assert come["text"] == "om lag 60 av 60"
    assert re.search(r"\b42\b", words_of(official.get("/utsending"))) is None
    assert "Stemmeretter brukt under 20" in words_of(official.get("/utsending"))


def test_an_auditor_follows_a_sending(office: PostOffice, app: Flask) -> None:
    office.open(*members(1))
    sending_id = office.invite()
    auditor = signed_in(office, Role.AUDITOR, app=app)
    assert auditor.get("/utsending").status_code == 200
    assert auditor.get(f"/utsending/{sending_id.hex()}").status_code == 200


@pytest.mark.parametrize("sending", ["0" * 32, "x", "12", "../../konto"])
def test_an_unknown_sending_is_not_found(
    office: PostOffice, official: Browser, sending: str
) -> None:
    office.open(*members(1))
    assert official.get(f"/utsending/{sending}").status_code == 404
    assert official.client.get(f"/r/valg/{'f' * 32}/manntall").status_code == 404
    assert official.client.get("/r/valg/abc/manntall").status_code == 404


def test_messages_in_doubt_are_listed_for_a_reason_on_record(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(2))
    office.smtp.at(Stage.ACCEPTED, _hang_up_once(office))
    sending_id = office.invite()
    page = words_of(official.get(f"/utsending/{sending_id.hex()}"))
    assert "Usikre 1" in page
    assert not re.search(r"Medlem [12]\b", page)
    assert "begrunnelse" in told(official.post("/utsending/usikre", {"reason": ""}))
    assert events(office, "troubled-messages-listed") == []
    listed = official.post("/utsending/usikre", {"reason": REASON})
    assert re.search(r"Medlem [12] Usikker", words_of(listed))
    (read,) = events(office, "troubled-messages-listed")
    assert read["reason"] == REASON
    assert [office.entry(n).id.hex() for n in "12"].count(read["entries"][0]) == 1
    assert len(read["entries"]) == 1
    form = soup_of(listed).select("form[action$='/avgjor']")
    again = [each for each in form if "Send på nytt" in each.get_text()]
    done = official.post("/utsending/usikre/avgjor", _fields(again[0]))
    assert "Meldingen er avgjort" in told(done)
    assert "Ingen meldinger er usikre" in words_of(done)
    with office.election.store.reading() as session:
        states = sorted(session.scalars(select(Message.state)))
    assert states == ["queued", "replaced", "sent"]


def test_a_decision_refused_since_the_member_has_voted_is_on_record(
    office: PostOffice, official: Browser
) -> None:
    """The refusal tells of the mark; what it undoes takes no look at it along."""
    office.open(*members(1))
    office.smtp.at(Stage.ACCEPTED, _hang_up_once(office))
    office.invite()
    (mail,) = office.smtp.messages_to("medlem1@example.no")
    office.mark(mail)
    listed = official.post("/utsending/usikre", {"reason": REASON})
    form = soup_of(listed).select("form[action$='/avgjor']")
    (again,) = [each for each in form if "Send på nytt" in each.get_text()]
    done = official.post("/utsending/usikre/avgjor", _fields(again))
    assert "Stemmeretten er brukt" in told(done)
    assert events(office, "doubt-settled") == []
    assert events(office, "resend-refused") == [
        {"entry": office.entry("1").id.hex(), "reason": REASON}
    ]


def test_a_choice_of_recipients_that_fails_sends_nothing_and_says_so(
    office: PostOffice, official: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.open(*members(2))
    sending_id = office.write()
    one = f"/utsending/{sending_id.hex()}"

    def fails_half_way(
        session: Session, election_id: str, kind: SendingKind, plan: Plan
    ) -> Iterator[Recipient]:
        yield next(choose_recipients(session, election_id, kind, plan))
        raise RuntimeError

    monkeypatch.setattr("register.sending.choose_recipients", fails_half_way)
    answer = official.post(f"{one}/start", {"told": "2"}, of=one)
    assert "Ingenting er sendt" in told(answer)
    office.send_all(sending_id)
    assert office.smtp.messages == []
    assert office.sending(sending_id).state == SendingState.DRAFT
    with office.election.store.reading() as session:
        assert session.scalars(select(Message)).all() == []
    assert events(office, "sending-started") == []
    # The draft is whole: once the fault is gone, it starts as any other.
    monkeypatch.undo()
    official.post(f"{one}/start", {"told": "2"}, of=one)
    office.send_all(sending_id)
    assert len(office.smtp.messages) == 2


def test_a_decision_that_is_none_changes_nothing(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(1))
    office.smtp.at(Stage.ACCEPTED, _hang_up_once(office))
    office.invite()
    answer = official.post(
        "/utsending/usikre/avgjor",
        {"message": "0" * 32, "decision": "rubbish", "reason": REASON},
    )
    assert "finnes ikke" in told(answer)


def test_a_look_up_is_on_record_before_anything_is_shown(
    office: PostOffice, official: Browser
) -> None:
    office.open(KARI, OLA)
    office.invite()
    nothing = official.post("/oppslag", {"member_number": "1001", "reason": ""})
    assert nothing.status_code == 422
    assert "Åsgård" not in nothing.get_data(as_text=True)
    assert events(office, "member-looked-up") == []
    found = official.post("/oppslag", {"member_number": "1001", "reason": REASON})
    seen = words_of(found)
    for words in ("Kari Åsgård", "Krets Øst", "kari@example.no", "Innbydelse", "Sendt"):
        assert words in seen
    assert "Stemmeretten er ikke brukt" in seen
    (event,) = events(office, "member-looked-up")
    assert isinstance(event, dict)
    assert event["reason"] == REASON
    assert event["member"] == office.entry("1001").member_digest.hex()


def test_a_look_up_of_somebody_not_on_the_roll_is_on_record_too(
    office: PostOffice, official: Browser
) -> None:
    office.open(KARI)
    answer = official.post("/oppslag", {"member_number": "7777", "reason": REASON})
    assert answer.status_code == 422
    assert "Ingen i manntallet har dette medlemsnummeret" in told(answer)
    assert len(events(office, "member-looked-up")) == 1


def test_a_new_link_is_sent_from_the_look_up(
    office: PostOffice, official: Browser
) -> None:
    office.open(KARI, OLA)
    office.invite()
    found = official.post("/oppslag", {"member_number": "1001", "reason": REASON})
    form = soup_of(found).select_one("form[action$='/ny-lenke']")
    assert form is not None
    fields = _fields(form)
    assert "En ny lenke er på vei" in told(official.post("/oppslag/ny-lenke", fields))
    with office.election.store.reading() as session:
        resend = session.scalars(select(Sending).where(Sending.kind == "resend")).one()
    office.send_all(resend.id)
    assert len(office.smtp.messages_to("kari@example.no")) == 2


def test_a_member_is_marked_on_paper_from_the_look_up_once(
    office: PostOffice, official: Browser
) -> None:
    office.open(KARI, OLA)
    found = official.post("/oppslag", {"member_number": "1001", "reason": REASON})
    form = soup_of(found).select_one("form[action$='/papir']")
    assert form is not None
    silent = official.post("/oppslag/papir", {**_fields(form), "reason": ""})
    assert "begrunnelse på 5 til 500 tegn" in told(silent)
    assert events(office, "marked-on-paper") == []
    done = official.post("/oppslag/papir", _fields(form))
    assert "krysset av på papir" in told(done)
    (marked,) = events(office, "marked-on-paper")
    assert marked == {"entry": office.entry("1001").id.hex(), "reason": REASON}
    assert "alt krysset av" in told(official.post("/oppslag/papir", _fields(form)))
    found = official.post("/oppslag", {"member_number": "1001", "reason": REASON})
    assert "Krysset av på papir" in words_of(found)
    assert soup_of(found).select_one("form[action$='/ny-lenke']") is None


def test_who_has_voted_gets_no_button_for_a_new_link(
    office: PostOffice, official: Browser
) -> None:
    office.open(KARI, OLA)
    office.invite()
    office.mark(office.smtp.messages_to("kari@example.no")[0])
    found = official.post("/oppslag", {"member_number": "1001", "reason": REASON})
    assert "Ingen ny lenke hjelper nå" in told(found)
    assert soup_of(found).select("form[action*='/oppslag/']") == []


def test_pages_are_valid_without_inline_script_or_style(
    office: PostOffice, official: Browser
) -> None:
    office.open(*members(3))
    draft = office.write()
    answers = [official.get(path) for path in GETS]
    answers.append(official.get(f"/utsending/{draft.hex()}"))
    answers.append(official.post("/oppslag", {"member_number": "1", "reason": REASON}))
    for answer in answers:
        text = answer.get_data(as_text=True)
        html5lib.HTMLParser(strict=True).parse(text)
        soup = BeautifulSoup(text, "html.parser")
        assert len(soup.select("h1")) == 1
        assert soup.select("style, [style], script:not([src])") == []
        assert answer.headers["Cache-Control"] == "no-store"
        ids = [tag["id"] for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids))


def test_no_page_lists_marks(office: PostOffice, official: Browser) -> None:
    office.open(*members(3))
    sending_id = office.invite()
    office.mark(office.smtp.messages[0])
    for path in (*GETS[:1], "/utsending", f"/utsending/{sending_id.hex()}"):
        seen = official.get(path).get_data(as_text=True)
        assert not [n for n in (1, 2, 3) if f"Fornavn{n}" in seen]
        assert "medlem1@" not in seen
    assert set(office.states(sending_id).values()) == {MessageState.SENT}


def _post_bytes(
    client: FlaskClient, path: str, fields: dict[str, str], data: bytes
) -> TestResponse:
    """Send a file as a browser does; the test client would spool it to the disk."""
    part = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = b"".join(
        part % (name.encode(), b"", value.encode()) for name, value in fields.items()
    )
    body += part % (b"file", b'; filename="x.csv"', data) + b"--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    return client.post(path, data=body, content_type=kind)


def _confirm(browser: Browser, preview: TestResponse) -> TestResponse:
    form = soup_of(preview).select_one("form[action$='/bekreft']")
    assert form is not None
    return browser.post("/manntall/bekreft", _fields(form))


def _fields(form: Tag) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in form.select("input[name], textarea[name]"):
        kind = tag.get("type")
        if kind == "checkbox" and not tag.has_attr("checked"):
            continue
        if tag["name"] != "csrf_token" and kind not in {"file", "submit"}:
            value = tag.get("value", "") if tag.name == "input" else tag.get_text()
            found[str(tag["name"])] = str(value)
    for tag in form.select("select[name]"):
        chosen = tag.select_one("option[selected]")
        found[str(tag["name"])] = str(chosen["value"]) if chosen else "-1"
    return found


def _fields_of(page: BeautifulSoup, selector: str) -> dict[str, str]:
    form = page.select_one(selector)
    assert form is not None
    return _fields(form)


def _sending_path(office: PostOffice) -> str:
    with office.election.store.reading() as session:
        return f"/utsending/{session.scalars(select(Sending.id)).one().hex()}"


def _hang_up_once(office: PostOffice) -> Callable[[], str]:
    def hang_up() -> str:
        office.smtp.behave()
        return ""

    return hang_up
