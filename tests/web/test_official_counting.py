"""From the deadline to the shredded roll: what officials do, and what is told."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from crypto.encoding import JsonValue
from infra.exchange import ReceivedDocument
from infra.queues import queue_of
from tests.web.conftest import Office
from tests.web.official_site import Answer
from tests.web.staging import AFTER, CLOSES, DURING, YES
from tests.web.test_official_pages import require_sound
from voting.elections import get_election
from voting.exchange_handlers import take_turnout
from voting.overview import read_overview
from voting.phases import Phase
from voting.proposals import OpenProposal, list_proposals
from voting.record import read_record
from voting.verification.runner import verify_record
from voting.work_jobs import WORK_JOB
from voting.work_tables import LongWork

ON_TIME = {"until": "2027-03-03T12:00", "reason": "Posten er forsinket i nord."}
PAPER = {
    "gruppe-0-apnet": "3",
    "gruppe-0-forkastet": "1",
    "gruppe-0-uapnet": "0",
    "gruppe-1-apnet": "2",
    "gruppe-1-forkastet": "0",
    "gruppe-1-uapnet": "1",
    "gruppe-2-apnet": "0",
    "gruppe-2-forkastet": "0",
    "gruppe-2-uapnet": "0",
    "seddel-0-0-0": "3",
    "seddel-0-0-1": "1",
    "seddel-0-0-2": "0",
}


def proposals(office: Office, kind: str) -> list[OpenProposal]:
    with office.runtime.store("service").reading() as session:
        found = list_proposals(session, office.election().id)
        return [each for each in found if each.kind == kind]


def enter_paper(office: Office, **changes: str) -> Answer:
    member = office.visit(office.people.committee[0])
    return member.post(f"{office.here}/papir", **{**PAPER, **changes})


def test_deadline_is_moved_by_two_signatures(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/frist"
    shown = organiser.post(path, **ON_TIME)
    require_sound(shown)
    assert "Venter på underskrifter" in shown.text
    assert ON_TIME["reason"] in shown.text
    assert office.election().closes_at == CLOSES
    assert not office.stage.sign("schedule", 1, 1, DURING)
    assert "Skrevet under av Aase Aa." in organiser.get(path).text
    assert office.stage.sign("schedule", 1, 3, DURING)
    assert office.election().closes_at == CLOSES + timedelta(days=2, hours=2)
    assert "Gjelder" in organiser.get(path).text
    assert office.posted_kinds()[-1] == "schedule"


def test_deadline_never_moves_back_nor_without_a_reason(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    organiser = office.visit(office.people.organiser)
    path = f"{office.here}/frist"
    earlier = organiser.post(path, **{**ON_TIME, "until": "2027-02-27T12:00"})
    assert "Den nye fristen må være senere" in earlier.text
    assert organiser.post(path, until=ON_TIME["until"], reason=" ").status == 422
    late = office.at(CLOSES + timedelta(seconds=1))
    refused = late.visit(office.people.organiser).post(path, page="/valg", **ON_TIME)
    assert "Det er ikke tid for dette nå." in refused.text
    assert proposals(office, "schedule") == []


def test_proposal_is_withdrawn_once(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    member = office.visit(office.people.committee[2])
    path = f"{office.here}/frist"
    member.post(path, **ON_TIME)
    withdraw = f"{office.here}/forslag/schedule/1/trekk"
    assert "Forslaget er trukket." in member.post(withdraw, page=path).text
    assert [each.state for each in proposals(office, "schedule")] == ["withdrawn"]
    again = member.post(withdraw, page=path)
    assert "Forslaget er alt avgjort eller trukket." in again.text


def close(office: Office) -> Office:
    office.stage.to_ready("valget", "Valget")
    office.stage.open()
    office.stage.vote()
    office.stage.close()
    return office.at(AFTER)


def test_paper_is_looked_over_then_laid_before_the_committee(office: Office) -> None:
    closed = close(office)
    review = enter_paper(closed, trinn="se-over")
    require_sound(review)
    assert review.title == "Se over papirresultatet"
    assert proposals(office, "paper") == []
    laid = enter_paper(closed, trinn="legg-fram")
    assert "4 gyldige stemmesedler på papir" in laid.text
    (proposed,) = proposals(office, "paper")
    assert (proposed.number, proposed.state) == (1, "open")


def test_second_entry_takes_the_place_of_the_first(office: Office) -> None:
    closed = close(office)
    enter_paper(closed, trinn="legg-fram")
    office.stage.sign("paper", 1, 1)
    filled = closed.visit(office.people.committee[1]).get(f"{office.here}/papir")
    assert filled.soup.select_one("#seddel-0-0-0")["value"] == "3"  # type: ignore[index]
    enter_paper(closed, trinn="legg-fram", **{"seddel-0-0-0": "2", "seddel-0-0-1": "2"})
    states = [(each.number, each.state) for each in proposals(office, "paper")]
    assert states == [(1, "withdrawn"), (2, "open")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seddel-0-0-0": "4"}, "går ikke opp"),
        ({"seddel-0-0-2": "1"}, "går ikke opp"),
        ({"gruppe-1-forkastet": "3"}, "flere forkastede"),
        ({"gruppe-1-apnet": "-1"}, "Skriv et helt tall fra 0."),
        ({"gruppe-1-apnet": ""}, "Skriv et tall; 0 når det er ingen."),
        ({"gruppe-1-apnet": "to"}, ""),
        ({"seddel-0-0-0": "9" * 5000}, ""),
    ],
)
def test_paper_that_does_not_add_up_is_refused(
    office: Office, changes: dict[str, str], words: str
) -> None:
    closed = close(office)
    refused = enter_paper(closed, trinn="legg-fram", **changes)
    assert refused.status == 422
    require_sound(refused)
    assert words in refused.text
    assert proposals(office, "paper") == []


def test_count_waits_for_marks_and_tokens_and_paper(office: Office) -> None:
    closed = close(office)
    organiser = closed.visit(office.people.organiser)
    path = f"{office.here}/opptelling"
    waiting = organiser.get(path)
    assert "Urnen gjøres klar" in waiting.text
    early = organiser.post(f"{path}/start", page="/valg/ny")
    assert "Registeret har ikke gitt sine siste tall" in early.text
    office.stage.hand_in_marks((10, 3, 0), (2, 0, 0))
    early = organiser.post(f"{path}/start", page="/valg/ny")
    assert "Stemmerettene er ikke kontrollert" in early.text
    office.stage.prove()
    shown = organiser.get(path)
    assert "Papirresultatet mangler" in shown.text
    early = organiser.post(f"{path}/start", page="/valg/ny")
    assert "Noen medlemmer har stemt på papir." in early.text
    assert "2 flere avkryssinger på papir enn åpnede konvolutter" in shown.text


def test_more_ballots_than_marks_stop_the_count_and_say_so(office: Office) -> None:
    closed = close(office)
    office.stage.hand_in_marks((8, 3, 0))
    office.stage.prove()
    organiser = closed.visit(office.people.organiser)
    path = f"{office.here}/opptelling"
    shown = organiser.get(path)
    require_sound(shown)
    assert "Opptellingen er stanset" in shown.text
    assert "Kommune: 1 stemmeseddel mer enn avkryssinger" in shown.text
    refused = organiser.post(f"{path}/start", page="/valg/ny")
    assert "det er flere stemmer enn avkryssinger" in refused.text
    assert office.election().phase == Phase.CLOSED


def test_too_few_ballots_are_told_before_the_count(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    office.stage.open()
    office.stage.cast(0, YES)
    office.stage.close()
    office.stage.hand_in_marks((1, 0, 0))
    office.stage.prove()
    shown = (
        office.at(AFTER).visit(office.people.organiser).get(f"{office.here}/opptelling")
    )
    assert "har til sammen færre enn 5 stemmer" in shown.text
    assert "Start opptellingen" in shown.text


def count(office: Office) -> Office:
    closed = close(office)
    office.stage.hand_in_marks()
    office.stage.prove()
    return closed


def test_officials_start_the_count_and_the_committee_ends_it(office: Office) -> None:
    closed = count(office)
    member = closed.visit(office.people.committee[0])
    path = f"{office.here}/opptelling"
    started = member.post(f"{path}/start", page=path)
    require_sound(started)
    assert "Opptellingen er startet." in started.text
    assert "Summene regnes ut" in started.text
    assert "Åpne nøkkelsiden" not in started.text
    come = member.get(f"{path}/fremdrift").response.get_json()
    assert come["bar"] == {"max": 0, "text": "Venter på tur", "value": 0}
    assert come["state"] == started.soup.select_one("[data-follows]")["data-seen"]  # type: ignore[index]
    queued = queue_of(office.runtime, "service").jobs
    assert WORK_JOB in [each.func_name for each in queued]
    office.stage.do_work()
    come = member.get(f"{path}/fremdrift").response.get_json()
    assert come == {"bar": None, "state": "closed-started"}
    ready = member.get(path)
    assert "Åpne nøkkelsiden" in ready.text
    assert "0 av 2" in ready.text
    assert not office.stage.hand_in_partial(2)
    assert "1 av 2" in member.get(path).text
    assert office.stage.hand_in_partial(3)
    assert "Resultatet står i protokollen." in member.get(path).text
    paper = member.post(
        f"{office.here}/papir", page="/valg", **PAPER, trinn="legg-fram"
    )
    assert "Det er ikke tid for dette nå." in paper.text


def test_work_under_way_is_told_with_its_numbers(office: Office) -> None:
    closed = count(office)
    member = closed.visit(office.people.committee[0])
    path = f"{office.here}/opptelling"
    member.post(f"{path}/start", page=path)
    with office.stage.writing() as session:
        row = session.get_one(LongWork, (office.stage.id, "tally"))
        row.stage, row.done, row.total = "board", 12_000, 400_000
        row.trouble = "OperationalError"
    shown = member.get(path)
    require_sound(shown)
    assert "Leser oppslagstavlen: 12 000 av 400 000" in shown.text
    assert "Det prøves igjen av seg selv" in shown.text
    overview = member.get(office.here)
    assert "Summene regnes ut. Det går av seg selv." in overview.text


def test_work_that_was_stopped_says_why_and_can_be_asked_for_anew(
    office: Office,
) -> None:
    closed = count(office)
    member = closed.visit(office.people.committee[0])
    path = f"{office.here}/opptelling"
    member.post(f"{path}/start", page=path)
    with office.stage.writing() as session:
        row = session.get_one(LongWork, (office.stage.id, "tally"))
        row.refusal = "CountStopped"
    stopped = member.get(path)
    require_sound(stopped)
    assert "Opptellingen er stanset" in stopped.text
    assert "ta kontakt med revisor" in stopped.text
    assert "Summene regnes ut" in member.post(f"{path}/start", page=path).text


def approve(office: Office) -> Office:
    closed = count(office)
    office.stage.start_count()
    for index in (1, 2):
        office.stage.hand_in_partial(index)
    for index in (1, 3):
        office.stage.sign("approval", 1, index)
    office.stage.do_work()
    return closed


def test_protocol_tells_what_was_counted(office: Office) -> None:
    approved = approve(office)
    shown = approved.visit(None).get("/s/valget/protokoll")
    assert shown.status == 200
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")][:3]
        for row in shown.soup.select("#stemmer-1 tbody tr")
    ]
    assert rows == [
        ["Ja", "7", "58,3 %".replace(" ", "\xa0")],
        ["Nei", "4", "33,3 %".replace(" ", "\xa0")],
        ["Blank", "1", "8,3 %".replace(" ", "\xa0")],
    ]
    assert "«Ja» er vedtatt. Resultatet er bindende." in shown.text
    assert "Aase Aa har skrevet under" in shown.text
    assert "Bo Berg har ikke skrevet under" in shown.text
    assert "Set-Cookie" not in shown.response.headers


def test_record_is_handed_out_and_verifies(office: Office) -> None:
    approved = approve(office)
    everybody = approved.visit(None)
    first, second = (everybody.get("/s/valget/valgprotokoll.zip") for _ in range(2))
    assert first.status == 200
    assert first.response.mimetype == "application/zip"
    named = first.response.headers["Content-Disposition"]
    assert named == "attachment; filename=valgprotokoll-valget.zip"
    handed = first.response.get_data()
    report = verify_record(read_record(io.BytesIO(handed)))
    assert [each.name for each in report.results if not each.passed] == []
    assert len(report.results) == 12
    assert second.response.get_data() == handed
    for answer in (first, second):
        answer.response.close()
    with zipfile.ZipFile(io.BytesIO(handed)) as archive:
        assert "approvals.json" in archive.namelist()
    folder = office.runtime.settings.data_dir / "records"
    assert [file.suffix for file in folder.iterdir()] == [".zip"]


def test_approval_page_counts_signatures(office: Office) -> None:
    closed = count(office)
    office.stage.start_count()
    for index in (1, 2):
        office.stage.hand_in_partial(index)
    member = closed.visit(office.people.committee[0])
    path = f"{office.here}/godkjenning"
    assert "0 av 2" in member.get(path).text
    office.stage.sign("approval", 1, 1)
    assert "1 av 2" in member.get(path).text
    assert "Åpne nøkkelsiden" not in member.get(path).text
    other = closed.visit(office.people.committee[1])
    assert "Åpne nøkkelsiden" in other.get(path).text
    office.stage.sign("approval", 1, 2)
    assert "Protokollen er godkjent" in member.get(path).text


def test_objection_is_filed_by_a_member_and_read_by_all(office: Office) -> None:
    closed = count(office)
    office.stage.start_count()
    for index in (1, 2):
        office.stage.hand_in_partial(index)
    member, path = (
        closed.visit(office.people.committee[0]),
        f"{office.here}/godkjenning",
    )
    here = f"{path}/innsigelse"
    empty = member.post(here, page=path, text=" ")
    assert empty.status == 422
    require_sound(empty)
    assert "Skriv hva innsigelsen er." in empty.text
    long = member.post(here, page=path, text="x" * 4_001)
    assert long.status == 422
    filed = member.post(here, page=path, text="Se <script>over</script>\x00\r\nigjen.")
    require_sound(filed)
    assert "Innsigelsen er ført, og står i protokollen." in filed.text
    assert "<script>over" not in filed.html
    assert "Aase Aa 1. mars 2027 kl. 10.11 Se <script>over</script>" in filed.text
    # The fourth of the officials' committee has no seat in this one.
    other = closed.visit(office.people.committee[3])
    assert other.get(path).status == 403
    assert other.post(here, page="/valg", text="Også jeg").status == 403
    organiser = closed.visit(office.people.organiser)
    token = organiser.get("/valg/ny").soup.select_one("[name=csrf_token]")
    assert token is not None
    sent = {"csrf_token": token["value"], "text": "x"}
    assert organiser.send(here, sent).status == 403
    for index in (1, 2):
        office.stage.sign("approval", 1, index)
    public = closed.visit(None).get("/s/valget/protokoll")
    require_sound(public)
    assert "Se <script>over</script>" in public.text
    late = member.post(here, page="/valg", text="For sent")
    assert "Innsigelser kan føres fra" in late.text


def test_protocol_is_handed_out_as_pdf_in_each_language(office: Office) -> None:
    closed = count(office)
    office.stage.start_count()
    for index in (1, 2):
        office.stage.hand_in_partial(index)
    for index in (1, 3):
        office.stage.sign("approval", 1, index)
    organiser, everybody = closed.visit(office.people.organiser), closed.visit(None)
    page = organiser.get(f"{office.here}/protokoll")
    require_sound(page)
    assert "Papirene gjøres ferdige" in page.text
    assert everybody.get("/s/valget/protokoll.pdf").status == 404
    assert everybody.get("/s/valget/valgprotokoll.zip").status == 503
    office.stage.do_work()
    page = organiser.get(f"{office.here}/protokoll")
    assert "Papirene gjøres ferdige" not in page.text
    assert "Protokollen som PDF, nynorsk oversettelse" in page.text
    shown = everybody.get("/s/valget/protokoll").text
    assert "PDF, bokmål Protokollen som PDF, nynorsk oversettelse" in shown
    seen = set()
    for language in ("nb", "nn", "en"):
        answer = everybody.get(f"/s/valget/protokoll.pdf?sprak={language}")
        assert answer.response.mimetype == "application/pdf"
        named = answer.response.headers["Content-Disposition"]
        assert named == f"attachment; filename=protokoll-valget-{language}.pdf"
        seen.add(answer.response.get_data())
        again = organiser.get(f"{office.here}/protokoll.pdf?sprak={language}")
        assert again.response.get_data() in seen
    assert len(seen) == 3
    assert "Arkivpakken (BagIt)" in page.text
    packed = organiser.get(f"{office.here}/arkivpakke.zip").response
    with zipfile.ZipFile(io.BytesIO(packed.get_data())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert "arkivpakke-valget/data/valgprotokoll.zip" in names
    assert "arkivpakke-valget/manifest-sha256.txt" in names
    nobody = everybody.get(f"{office.here}/arkivpakke.zip")
    assert nobody.status == 302
    for wrong in ("se", "../nb", "%00"):
        assert everybody.get(f"/s/valget/protokoll.pdf?sprak={wrong}").status == 404


def set_embargo(office: Office, **data: str) -> Answer:
    organiser = office.visit(office.people.organiser)
    return organiser.post(f"{office.here}/kunngjoring", **data)


def test_result_is_the_committees_until_its_time(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    shown = set_embargo(office, when="tid", at="2027-03-02T12:00")
    require_sound(shown)
    assert "blir kjent for alle 2. mars 2027 kl. 12.00" in shown.text
    office.stage.open()
    office.stage.vote()
    office.stage.close()
    office.stage.hand_in_marks()
    office.stage.prove()
    office.stage.start_count()
    for index in (1, 2):
        office.stage.hand_in_partial(index)
    waiting = office.at(AFTER)
    path = f"{office.here}/protokoll"
    for reader in (office.people.committee[0], office.people.auditor):
        assert "er vedtatt" in waiting.visit(reader).get(path).text
    for other in (office.people.organiser,):
        for page in (path, f"{office.here}/godkjenning"):
            told = waiting.visit(other).get(page)
            require_sound(told)
            assert "Kommer 2. mars 2027 kl. 12.00" in told.text
            assert "vedtatt" not in told.html
    for index in (1, 3):
        office.stage.sign("approval", 1, index)
    office.stage.do_work()
    everybody = waiting.visit(None)
    told = everybody.get("/s/valget/protokoll")
    require_sound(told)
    assert told.status == 404
    assert "Resultatet kommer 2. mars 2027 kl. 12.00" in told.text
    assert "vedtatt" not in told.html
    for file in ("valgprotokoll.zip", "protokoll.pdf"):
        assert everybody.get(f"/s/valget/{file}").status == 404
    for file in ("protokoll.pdf", "arkivpakke.zip"):
        kept = f"{office.here}/{file}"
        assert waiting.visit(office.people.organiser).get(kept).status == 404
        assert waiting.visit(office.people.committee[0]).get(kept).status == 200
    assert waiting.visit(office.people.auditor).get(f"{path}.pdf").status == 200
    over = office.at(datetime(2027, 3, 2, 11, tzinfo=UTC))
    everybody = over.visit(None)
    assert "er vedtatt" in everybody.get("/s/valget/protokoll").text
    for file in ("valgprotokoll.zip", "protokoll.pdf"):
        answer = everybody.get(f"/s/valget/{file}")
        assert answer.status == 200
        answer.response.close()
    assert "er vedtatt" in over.visit(office.people.organiser).get(path).text


def test_time_of_publication_stands_once_the_count_has_begun(office: Office) -> None:
    closed = count(office)
    path = f"{office.here}/kunngjoring"
    for wrong in ({"when": "tid"}, {"when": "tid", "at": "x"}, {"when": "nei"}):
        refused = set_embargo(closed, **wrong)
        assert refused.status == 422
        require_sound(refused)
    past = set_embargo(closed, when="tid", at="2027-01-01T12:00")
    assert "Tiden er alt passert." in past.text
    far = set_embargo(closed, when="tid", at="2027-05-30T11:01")
    assert "senest 90 dager etter at valget stenger" in far.text
    assert office.election().publish_at is None
    set_embargo(closed, when="tid", at="2027-03-02T12:00")
    assert set_embargo(closed, when="straks").status == 200
    assert office.election().publish_at is None
    organiser = closed.visit(office.people.organiser)
    token = organiser.get(path).soup.select_one("[name=csrf_token]")
    assert token is not None
    organiser.post(f"{office.here}/opptelling/start", page=f"{office.here}/opptelling")
    sent = {"csrf_token": token["value"], "when": "tid", "at": "2027-03-02T12:00"}
    late = organiser.send(path, sent)
    assert "Da kan tiden for kunngjøringen ikke endres." in late.text
    assert office.election().publish_at is None
    assert "kan det ikke endres" in organiser.get(path).text


def test_hold_is_proposed_for_thirty_days_at_most(office: Office) -> None:
    approved = approve(office)
    organiser = approved.visit(office.people.organiser)
    path = f"{office.here}/makulering"
    assert "31. mars 2027" in organiser.get(path).text
    for until in ("2027-04-20T12:00", "2027-02-20T12:00"):
        refused = organiser.post(path, until=until, reason="Klage 3")
        assert "høyst 30 dager om gangen" in refused.text
    assert proposals(office, "hold") == []
    shown = organiser.post(path, until="2027-03-20T12:00", reason="Klage 3")
    assert "Makuleringen venter til 20. mars 2027" in shown.text
    (proposed,) = proposals(office, "hold")
    office.stage.sign("hold", proposed.number, 1)
    office.stage.sign("hold", proposed.number, 2)
    assert office.posted_kinds()[-1] == "hold"
    assert "Utsatt til 20. mars 2027" in organiser.get(path).text


def test_turnout_of_the_register_is_shown_by_the_hour(office: Office) -> None:
    office.stage.to_ready("valget", "Valget")
    office.stage.open()
    body: JsonValue = {"hours": [{"count": 40, "hour": "2027-02-16T09:00:00Z"}]}
    document = ReceivedDocument("turnout", office.stage.id, body, bytes(32))
    with office.runtime.store("service").begin() as session:
        take_turnout(session, document, office.runtime)
    shown = office.at(DURING).visit(office.people.auditor).get(office.here)
    rows = [
        row.get_text(" ", strip=True) for row in shown.soup.select("#timer tbody tr")
    ]
    assert rows == ["16. februar 2027 kl. 10.00 40"]


def test_overview_tells_when_the_roll_goes(office: Office) -> None:
    approve(office)
    settings = office.runtime.settings
    with office.runtime.store("service").reading() as session:
        election = get_election(session, office.stage.id)
        overview = read_overview(session, settings, election)
    assert overview.shred_due == AFTER + timedelta(days=30)
    assert overview.last_ballot_at == CLOSES + timedelta(minutes=10)
    assert overview.roll is not None
    assert overview.roll.members == 73
