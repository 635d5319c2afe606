"""Joint counts on the pages: agreed to by each union, shown when all are public."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.officials import create_official
from accounts.roles import Role
from accounts.tables import Official
from crypto.encoding import encode_json
from crypto.passwords import CHEAPEST_FOR_TESTS
from infra.clock import FixedClock
from tests.voting.printed_words import words_of
from tests.web.conftest import Office
from tests.web.official_site import Visitor
from tests.web.staging import AFTER, CLOSES, NOW, PASSWORD, Stage
from voting.elections import cancel_election, get_election
from voting.joint import (
    decode_declaration,
    decode_joint_file,
    encode_declaration,
    encode_joint_file,
    sign_joint,
)
from voting.joint_counts import find_joint
from voting.joint_jobs import finish_joint, queue_joint_counts
from voting.joint_tables import JointSibling
from voting.publication import set_publication
from voting.sealing import service_seed
from voting.verification.__main__ import main

LATER = AFTER + timedelta(days=3)


@dataclass(frozen=True)
class Unions:
    """Two unions on one service, each with an election of its own."""

    office: Office
    first: Stage
    second: Stage

    def page(self, stage: Stage) -> str:
        return f"/valg/{stage.id}/felles"

    def joint_id(self) -> str:
        with self.first.store.reading() as session:
            joint = find_joint(session, self.first.id)
            assert joint is not None
            return joint.row.id

    def propose(self, slugs: str = "forbund-b") -> str:
        organiser = self.office.visit(self.office.people.organiser)
        page = self.page(self.first)
        return organiser.post(page, title="Samlet", others=slugs).text

    def agree(self, stage: Stage) -> str:
        organiser = self.office.visit(self.office.people.organiser)
        page = self.page(stage)
        return organiser.post(f"{page}/godta", page=page).text


@pytest.fixture
def unions(office: Office) -> Unions:
    first = office.stage
    second = replace(first, organisation="Forbund B", seeds=[], shares=[], issuers=[])
    first.organisation = "Forbund A"
    return Unions(office, first, second)


def count(stage: Stage, slug: str) -> None:
    """Bring a sealed election to its approval."""
    stage.open()
    stage.vote()
    stage.close()
    stage.hand_in_marks()
    stage.prove()
    stage.start_count()
    stage.hand_in_partial(1)
    assert stage.hand_in_partial(3)
    stage.sign("approval", 1, 2)
    assert stage.sign("approval", 1, 3)
    stage.do_work()
    assert slug


def test_from_the_proposal_to_the_joint_result(
    unions: Unions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, first, second = unions.office, unions.first, unions.second
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.to_ready("forbund-b", "Hovedoppgjøret, B")
    assert "Ingen avstemning heter «finnes-ikke»." in unions.propose("finnes-ikke")
    assert "nevnt to ganger" in unions.propose("forbund-a")
    assert "Forslaget er lagt fram" in unions.propose("https://x.example/s/forbund-b/")
    organiser = office.visit(office.people.organiser)
    assert "Se forslaget" in organiser.get(f"/valg/{second.id}").text
    assert "er med i en felles opptelling fra før" in unions.propose()
    assert office.visit(None).get(f"/felles/{unions.joint_id()}").status == 404

    assert "Dere er med" in unions.agree(first)
    assert "har ikke godtatt ennå" in organiser.get(unions.page(first)).text
    assert "er avtalt" in unions.agree(second)
    page = unions.page(first)
    token_page = f"/valg/{first.id}/kopi"
    assert (
        "Da kan ingen trekke seg"
        in organiser.post(f"{page}/avvis", page=token_page).text
    )

    assert "Samlet (ny fane)" in office.visit(None).get("/s/forbund-a").html
    count(first, "forbund-a")
    with first.writing() as session:
        at = CLOSES + timedelta(days=1)
        set_publication(session, second.id, at, actor="system", at=NOW)
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
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.to_ready("forbund-b", "Hovedoppgjøret, B")
    unions.propose()
    unions.agree(first)
    unions.agree(second)
    count(first, "forbund-a")
    count(second, "forbund-b")
    later = unions.office.at(LATER)
    finish_joint(later.runtime, unions.joint_id())
    with first.writing() as session:
        session.get_one(JointSibling, first.id).shown_alone = False
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
    second.seal()
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


def test_elections_that_differ_are_refused_and_all_may_say_no(unions: Unions) -> None:
    first, second = unions.first, unions.second
    first.to_ready("forbund-a", "Hovedoppgjøret, A")
    second.organisation = first.organisation
    second.to_ready("forbund-b", "Hovedoppgjøret, B")
    unions.propose()
    organiser = unions.office.visit(unions.office.people.organiser)
    assert "samme organisasjon" in organiser.get(unions.page(first)).text
    unions.agree(first)
    assert "samme organisasjon" in unions.agree(second)
    page = unions.page(second)
    told = organiser.post(f"{page}/avvis", page=page).text
    assert "Det blir ingen felles opptelling." in told
    assert "Legg fram forslaget" in organiser.get(unions.page(first)).text
