"""Joint counts on the pages: agreed to by each union, shown when all are public."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from accounts.officials import create_official
from accounts.roles import Role
from accounts.tables import Official
from crypto.encoding import encode_json
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.clock import FixedClock
from infra.exchange import ReceivedDocument
from infra.tables import ServiceAudit
from tests.voting.printed_words import words_of
from tests.web.conftest import Office
from tests.web.official_site import Visitor
from tests.web.staging import AFTER, CLOSES, NO, NOW, PASSWORD, YES, Stage
from tests.web.unions import Unions, count
from voting.drafts import DraftIncomplete
from voting.elections import cancel_election, get_election
from voting.exchange_handlers import take_certificate
from voting.joint import (
    decode_declaration,
    decode_joint_file,
    encode_declaration,
    encode_joint_file,
    sign_joint,
)
from voting.joint_concluding import conclude_joint, list_unfinished
from voting.joint_counts import UnknownJoint, leave_joint
from voting.joint_jobs import finish_joint, queue_joint_counts
from voting.joint_tables import JointCount, JointSibling
from voting.publication import LaterThanAgreed, set_publication
from voting.sealing import service_seed
from voting.tables import Election
from voting.verification.__main__ import main

LATER = AFTER + timedelta(days=3)


@pytest.fixture
def unions(office: Office) -> Unions:
    first = office.stage
    second = replace(first, organisation="Forbund B", seeds=[], shares=[], issuers=[])
    first.organisation = "Forbund A"
    return Unions(office, first, second)


def test_from_the_proposal_to_the_joint_result(
    unions: Unions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, first, second = unions.office, unions.first, unions.second
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.to_ready("forbund-b", "Hovedoppgjøret, B")
    assert "som kan inviteres, heter «finnes-ikke»." in unions.propose("finnes-ikke")
    assert "nevnt to ganger" in unions.propose("forbund-a")
    assert "Forslaget er lagt fram" in unions.propose("https://x.example/s/forbund-b/")
    organiser = office.visit(office.people.organiser)
    assert "Se forslaget" in organiser.get(f"/valg/{second.id}").text
    assert "er med i en annen felles opptelling" in unions.propose()
    with first.writing() as session:
        at = CLOSES + timedelta(days=1)
        set_publication(session, second.id, at, actor="system", at=NOW)
    assert office.visit(None).get(f"/felles/{unions.joint_id()}").status == 404

    assert "Dere er med" in unions.agree(first)
    assert "har ikke godtatt ennå" in organiser.get(unions.page(first)).text
    assert "er avtalt" in unions.agree(second)
    page = unions.page(first)
    token_page = f"/valg/{first.id}/kopi"
    told = organiser.post(f"{page}/{unions.joint_id()}/avvis", page=token_page).text
    assert "Da kan ingen trekke seg" in told
    require_no_later_time(unions)

    assert "Samlet (ny fane)" in office.visit(None).get("/s/forbund-a").html
    count(first, "forbund-a")
    public = office.at(AFTER).visit(None)
    shown = public.get(f"/felles/{unions.joint_id()}")
    assert "Ingenting av resultatet vises før alle" in shown.text
    assert "vedtatt" not in shown.text
    for path in ("protokoll", "valgprotokoll.zip", "protokoll.pdf"):
        assert public.get(f"/s/forbund-a/{path}").status == 404
    held = public.get("/s/forbund-a/protokoll")
    assert "Ingenting av resultatet vises før alle forbundene" in held.text
    waiting = office.at(AFTER).visit(office.people.organiser)
    mine = waiting.get(f"/valg/{first.id}/protokoll")
    assert "sammen med de andre forbundenes" in mine.text
    assert waiting.get(f"/valg/{first.id}/protokoll.pdf").status == 404
    seated = office.at(AFTER).visit(office.people.committee[0])
    assert "Ja" in seated.get(f"/valg/{first.id}/protokoll").text

    count(second, "forbund-b")
    joint_id, runtime = unions.joint_id(), office.runtime
    finish_joint(replace(runtime, clock=FixedClock(AFTER)), joint_id)
    assert (
        office.at(AFTER).visit(None).get(f"/felles/{joint_id}/protokoll.json").status
        == 404
    ), "the second's embargo is not over"
    later = office.at(LATER)
    queue_joint_counts(later.runtime)
    finish_joint(later.runtime, joint_id)
    finish_joint(later.runtime, joint_id)
    require_joint_result(unions, later, tmp_path, capsys)
    require_each_keeps_to_its_own(unions, later)


def require_no_later_time(unions: Unions) -> None:
    """No union makes the others wait longer than they agreed to."""
    wrong = ((unions.second, timedelta(days=2)), (unions.first, timedelta(hours=1)))
    for stage, late in wrong:
        with pytest.raises(LaterThanAgreed), stage.writing() as session:
            set_publication(session, stage.id, CLOSES + late, actor="system", at=NOW)


def fetched(visitor: Visitor, path: str) -> bytes:
    """Return a file, and close it."""
    answer = visitor.get(path).response
    data = bytes(answer.data)
    answer.close()
    return data


def require_joint_result(
    unions: Unions, later: Office, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sum for everybody, on the page, as PDF, as data, and offline."""
    joint_id, public = unions.joint_id(), later.visit(None)
    shown = public.get(f"/felles/{joint_id}")
    assert shown.status == 200
    rows = [
        [cell.get_text() for cell in row.select("td, th")]
        for row in shown.soup.select("#forbund-1 tbody tr")
    ]
    assert rows == [["Forbund A", "7", "4", "1"], ["Forbund B", "7", "4", "1"]]
    assert "«Ja» er vedtatt" in shown.text
    assert "24" in shown.words(".figures")
    assert public.get("/s/forbund-a/protokoll").status == 200
    pdf = public.get(f"/felles/{joint_id}/protokoll.pdf?sprak=en").response.data
    record = fetched(public, "/s/forbund-a/valgprotokoll.zip")
    assert hashlib.sha256(record).hexdigest() in words_of(pdf).replace(" ", "")
    files = []
    for slug in ("forbund-b", "forbund-a"):
        path = folder / f"{slug}.zip"
        path.write_bytes(fetched(public, f"/s/{slug}/valgprotokoll.zip"))
        files.append(str(path))
    joint_file = folder / "felles.json"
    joint_file.write_bytes(
        public.get(f"/felles/{joint_id}/protokoll.json").response.data
    )
    arguments = ["--joint", *files, "--file", str(joint_file)]
    assert main(arguments) == 0
    assert "VERIFIED: every record and their sum." in capsys.readouterr().out
    require_other_sums_refused(unions, files, joint_file, capsys)
    value = json.loads(joint_file.read_bytes())
    value["protocol"]["contests"][0]["total"][0] += 1
    joint_file.write_bytes(encode_json(value))
    assert main(arguments) == 1
    assert "SignatureRefused" in capsys.readouterr().out


def require_other_sums_refused(
    unions: Unions,
    files: list[str],
    joint_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Records left out, or twice, and a declaration of afterwards do not pass."""
    assert main(["--joint", *files]) == 0
    assert "only the sum is checked" in capsys.readouterr().out
    for chosen in (files[:1], [files[0], files[0]]):
        assert main(["--joint", *chosen, "--file", str(joint_file)]) == 1
        assert "Alike: FAILED" in capsys.readouterr().out
    told = decode_joint_file(joint_file.read_bytes())
    late = encode_declaration(
        replace(decode_declaration(told.declaration), declared_at=AFTER)
    )
    signature = sign_joint(service_seed(unions.first.settings), "joint", late)
    backdated = replace(told, declaration=late, declaration_signature=signature)
    other = joint_file.with_name("other.json")
    other.write_bytes(encode_joint_file(backdated))
    assert main(["--joint", *files, "--file", str(other)]) == 1
    assert "had opened when the count was declared" in capsys.readouterr().out
    other.write_text("{}", "utf-8")
    assert main(["--joint", *files, "--file", str(other)]) == 2


def require_each_keeps_to_its_own(unions: Unions, later: Office) -> None:
    """An official of one union sees another's numbers on the joint page alone."""
    with unions.first.writing() as session:
        made = create_official(
            session,
            name="Anne A",
            email="anne@forbund-a.example",
            password=PASSWORD,
            roles=[Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR],
            profile=CHEAPEST_FOR_TESTS,
        )
        session.get_one(Official, made.id).union = "Forbund A"
    anne = later.visit(made)
    listed = anne.get("/valg").text
    assert "Hovedoppgjøret, A" in listed
    assert "Hovedoppgjøret, B" not in listed
    assert anne.get(f"/valg/{unions.first.id}/protokoll").status == 200
    for page in ("", "/protokoll", "/protokoll.pdf", "/opptelling", "/felles"):
        assert anne.get(f"/valg/{unions.second.id}{page}").status == 404
    assert "Forbund B" in anne.get(f"/valg/{unions.first.id}/felles").text
    assert "Forbund B" in anne.get(f"/felles/{unions.joint_id()}").text


def test_what_is_shown_joined_is_not_shown_apart(unions: Unions) -> None:
    first, second = unions.first, unions.second
    unions.to_declared()
    count(first, "forbund-a")
    count(second, "forbund-b")
    later = unions.office.at(LATER)
    finish_joint(later.runtime, unions.joint_id())
    with first.writing() as session:
        row = session.get_one(JointSibling, (first.id, unions.joint_id()))
        row.shown_alone = False
    public = later.visit(None)
    assert public.get("/s/forbund-b/protokoll").status == 200
    assert "talt sammen med andres" in public.get("/s/forbund-a/protokoll").text
    for path in ("protokoll", "valgprotokoll.zip", "protokoll.pdf"):
        assert public.get(f"/s/forbund-a/{path}").status == 404
    own = later.visit(unions.office.people.organiser)
    assert own.get(f"/valg/{first.id}/protokoll.pdf").status == 200


def test_a_cancelled_election_frees_the_others(unions: Unions) -> None:
    first, second = unions.first, unions.second
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.create("forbund-b", "Hovedoppgjøret, B")
    unions.propose()
    assert "Dere kan godta når deres eget valg er forseglet" in unions.agree(second)
    unions.agree(first)
    second.import_roll()
    second.seat()
    second.begin_ceremony()
    second.hold_ceremony()
    second.freeze_roll()
    require_sealed_with_a_near_time(second)
    unions.agree(second)
    with first.writing() as session:
        cancel_election(
            session,
            first.settings,
            get_election(session, second.id),
            reason="Feil i manntallet.",
            actor="system",
            at=NOW,
        )
    count(first, "forbund-a")
    public = unions.office.at(LATER).visit(None)
    assert public.get("/s/forbund-a/protokoll").status == 200
    assert "ingen felles opptelling" in public.get(f"/felles/{unions.joint_id()}").text


def require_sealed_with_a_near_time(stage: Stage) -> None:
    """Seal it, but not while it is published long after a closing that was moved."""
    election = update(Election).where(Election.id == stage.id)
    with stage.writing() as session:
        session.execute(election.values(publish_at=CLOSES + timedelta(days=91)))
    with pytest.raises(DraftIncomplete) as refused:
        stage.seal()
    assert refused.value.code == "published-too-late"
    with stage.writing() as session:
        session.execute(election.values(publish_at=CLOSES + timedelta(days=90)))
    stage.seal()


def test_elections_that_differ_are_refused_and_all_may_say_no(unions: Unions) -> None:
    first, second = unions.first, unions.second
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.organisation = first.organisation
    second.to_ready("forbund-b", "Hovedoppgjøret, B")
    unions.propose()
    organiser = unions.office.visit(unions.office.people.organiser)
    assert "samme organisasjon" not in organiser.get(unions.page(first)).text
    unions.agree(first)
    assert "samme organisasjon" in organiser.get(unions.page(second)).text
    assert "samme organisasjon" in unions.agree(second)
    assert "Det blir ingen felles opptelling." in unions.answer(second, "avvis")
    assert "Legg fram forslaget" in organiser.get(unions.page(first)).text


def test_a_late_approval_does_not_bring_a_broken_count_back(unions: Unions) -> None:
    """Else the second's votes were what is left of the sum without the first's."""
    first, second = unions.first, unions.second
    unions.to_declared()
    count(first, "forbund-a")
    bring_few_to_the_committee(second)
    later, joint_id = unions.office.at(LATER), unions.joint_id()
    public = later.visit(None)
    assert public.get("/s/forbund-a/protokoll").status == 404
    certificate = ReceivedDocument(
        "shredded", second.id, {"certificate": {}}, bytes(32)
    )
    with second.writing() as session:
        take_certificate(session, certificate, later.runtime)
    assert public.get("/s/forbund-a/protokoll").status == 200
    second.sign("approval", 1, 2, LATER)
    assert second.sign("approval", 1, 3, LATER)
    with second.writing() as session:
        waited = list_unfinished(session, LATER)
        assert not conclude_joint(session, first.settings, joint_id, LATER)
        row = session.get_one(JointCount, joint_id)
        assert (waited, row.protocol, row.broken_at) == ([], None, LATER)
        kinds = select(ServiceAudit.kind).where(ServiceAudit.subject == first.id)
        assert list(session.scalars(kinds)).count("joint-broken") == 1
    assert "ingen felles opptelling" in public.get(f"/felles/{joint_id}").text
    for file in ("json", "pdf"):
        assert public.get(f"/felles/{joint_id}/protokoll.{file}").status == 404
    own = public.get("/s/forbund-b/protokoll")
    assert own.status == 200, "by its own rules: few votes are opened by nobody"
    for kept in ("Utfallet kan ikke sies", "3 stemmesedler er ikke åpnet"):
        assert kept in own.text
    anyway = update(JointCount).values(protocol=b"{}", protocol_signature=bytes(64))
    with pytest.raises(IntegrityError), second.writing() as session:
        session.execute(anyway)


def bring_few_to_the_committee(stage: Stage) -> None:
    """Count fewer ballots than are ever opened; nobody approves yet."""
    stage.open()
    for selection in (YES, NO, YES):
        stage.cast(0, selection)
    stage.close()
    stage.hand_in_marks((3, 0, 0))
    stage.prove()
    stage.start_count()
    stage.hand_in_partial(1)
    stage.hand_in_partial(3)


def test_an_invitation_shows_nothing_and_binds_nobody(unions: Unions) -> None:
    office, first, second = unions.office, unions.first, unions.second
    third, fourth = replace(second, organisation="Forbund C"), replace(second)
    first.create("forbund-a", "Hovedoppgjøret, A")
    second.create("forbund-b", "En hemmelig avstemning")
    third.create("forbund-c", "Hovedoppgjøret, C")
    fourth.create("avlyst", "Avlyst")
    with fourth.writing() as session:
        row = get_election(session, fourth.id)
        settings, at = fourth.settings, NOW
        cancel_election(session, settings, row, reason="Feil.", actor="system", at=at)
    gone, unknown = unions.propose("avlyst"), unions.propose("finnes-ikke")
    assert gone.replace("avlyst", "") == unknown.replace("finnes-ikke", "")
    assert "Forslaget er lagt fram" in unions.propose()
    organiser = office.visit(office.people.organiser)
    proposers = organiser.get(unions.page(first)).text
    assert "forbund-b" in proposers
    assert "Forbund B" not in proposers
    assert "hemmelig" not in proposers
    page, again = unions.page(third), {"title": "En til", "others": "forbund-b"}
    assert "Forslaget er lagt fram" in organiser.post(page, **again).text
    invited = organiser.get(unions.page(second)).text
    for shown in ("Samlet", "En til", "Forbund A", "Forbund C", "eget forslag"):
        assert shown in invited
    with second.writing() as session:
        rows = select(JointSibling).where(JointSibling.election_id == second.id)
        one, other = session.scalars(rows).all()
        for elsewhere in {one.joint_id, other.joint_id}:
            with pytest.raises(UnknownJoint):
                leave_joint(session, fourth.id, elsewhere, actor="system", at=NOW)
        one.agreed_by = "system"
        session.flush()
        other.agreed_by = "system"
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
