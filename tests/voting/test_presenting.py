"""Rows and sentences of the officials' pages, made from data alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto.encoding import JsonValue, encode_json
from tests.voting.manifests import AGREEMENT, DELEGATES, TWO_THIRDS, a_manifest
from voting.board_statements import Statements
from voting.decision import Base, Decision
from voting.documents import DocumentRefused
from voting.draft_editing import Basics, Defaults, new_draft, yes_no_contest
from voting.drafts import DraftContest, with_contest
from voting.leaves import CodesKind, CodesLeaf
from voting.overview import (
    CeremonyProgress,
    CountProgress,
    Overview,
    Roll,
    RollGroup,
    SeatProgress,
)
from voting.phases import Phase
from voting.presenting.ballot_preview import marks_words, preview_ballots
from voting.presenting.certificate_page import read_certificate
from voting.presenting.discrepancy_words import explain_discrepancy
from voting.presenting.manifest_review import review_manifest
from voting.presenting.missing import list_missing
from voting.presenting.rule_words import (
    grounds_sentence,
    outcome_sentence,
    rule_sentences,
)
from voting.presenting.step import COMMITTEE, EVERYBODY, ORGANISER, StepState
from voting.presenting.steps import list_steps, next_step, waiting_step
from voting.proposals import OpenProposal
from voting.reconciliation import STOPPING, Discrepancy, DiscrepancyKind

OPENS = datetime(2027, 3, 1, 7, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=14)
CHOICES = ("Ja", "Nei")
ALL_DONE, NONE_DONE = (True,) * 6, (False,) * 6


def ceremony(*done: tuple[bool, ...], started: bool = True) -> CeremonyProgress:
    seats = tuple(
        SeatProgress(index, f"Holder {index}", f"{index:032x}", rounds)
        for index, rounds in enumerate(done, start=1)
    )
    return CeremonyProgress(seats, started=started, bad_share=None)


def an_overview(phase: Phase = Phase.DRAFT, **changes: object) -> Overview:
    basics = Basics("Forbundet", "nb", False, OPENS, CLOSES)
    draft = with_contest(
        new_draft(basics, Defaults(20, 20)), DraftContest(yes_no_contest("Avtalen"))
    )
    values: dict[str, object] = {
        "id": "0" * 32,
        "slug": "avtalen",
        "title": "Avtalen",
        "phase": phase,
        "draft": draft,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "roll": Roll((RollGroup("Øst", 3), RollGroup("Vest", 1_200)), frozen=True),
        "ceremony": ceremony(ALL_DONE, ALL_DONE, ALL_DONE),
        "statements": Statements(),
        "ballots": 0,
        "count": CountProgress(False, False, False, ()),
        "proposals": (),
        "approved_at": None,
        "retention": timedelta(days=30),
        "shredded": False,
        "turnout": (),
    }
    return Overview(**{**values, **changes})  # type: ignore[arg-type]


def states(overview: Overview) -> str:
    return " ".join(step.state for step in list_steps(overview))


def text_of(overview: Overview, number: int) -> str:
    return list_steps(overview)[number - 1].text


@pytest.mark.parametrize(
    ("overview", "expected"),
    [
        (
            an_overview(roll=None, ceremony=ceremony(started=False)),
            "done now now later later later later later later",
        ),
        (
            an_overview(Phase.KEYS, ceremony=ceremony(ALL_DONE, NONE_DONE, NONE_DONE)),
            "done done now later later later later later later",
        ),
        (
            an_overview(Phase.KEYS),
            "done done done now later later later later later",
        ),
        (
            an_overview(Phase.READY),
            "done done done done now by-itself later later later",
        ),
        (
            an_overview(Phase.OPEN),
            "done done done done now by-itself later later later",
        ),
        (
            an_overview(Phase.CLOSED),
            "done done done done done done by-itself later later",
        ),
        (
            an_overview(Phase.CLOSED, count=CountProgress(True, True, False, ())),
            "done done done done done done now later later",
        ),
        (
            an_overview(Phase.COUNTED),
            "done done done done done done done now later",
        ),
        (
            an_overview(Phase.APPROVED, approved_at=CLOSES),
            "done done done done done done done done by-itself",
        ),
        (
            an_overview(Phase.SHREDDED, approved_at=CLOSES, shredded=True),
            "done done done done done done done done done",
        ),
        (
            an_overview(Phase.CANCELLED),
            "later later later later later later later later by-itself",
        ),
    ],
)
def test_steps_follow_the_phase(overview: Overview, expected: str) -> None:
    assert states(overview) == expected


def test_next_step_is_the_readers_own_where_there_is_one() -> None:
    overview = an_overview(
        Phase.KEYS, roll=None, ceremony=ceremony(ALL_DONE, NONE_DONE, NONE_DONE)
    )
    steps = list_steps(overview)
    first, own = next_step(steps), next_step(steps, {COMMITTEE, EVERYBODY})
    assert first is not None
    assert (first.title, first.who) == ("Manntall", ORGANISER)
    assert own is not None
    assert (own.title, own.who) == ("Komité og nøkler", COMMITTEE)


def test_stopped_ceremony_comes_first_and_names_the_dealer() -> None:
    stopped = replace(
        ceremony(ALL_DONE, ALL_DONE, ALL_DONE), bad_share=("Bo Berg", "Cato Dahl")
    )
    overview = an_overview(Phase.KEYS, roll=None, ceremony=stopped)
    step = next_step(list_steps(overview), {COMMITTEE})
    assert step is not None
    assert step.state is StepState.STOPPED
    assert "Bo Berg" in step.text
    assert not stopped.is_complete


def test_nobody_is_asked_while_it_goes_by_itself() -> None:
    sent = CodesLeaf(0, CodesKind.INVITATION, 1_203, bytes(32), bytes(64))
    overview = an_overview(Phase.OPEN, statements=Statements(codes=[sent]), ballots=1)
    steps = list_steps(overview)
    assert next_step(steps) is None
    waiting = waiting_step(steps)
    assert waiting is not None
    assert "1 stemmeseddel på oppslagstavlen" in waiting.text
    assert "Stenger av seg selv 15. mars 2027 kl. 08.00." in waiting.text
    assert text_of(overview, 5) == "1\xa0203 stemmekoder er sendt."


def test_numbers_are_written_in_norwegian() -> None:
    overview = an_overview()
    assert text_of(overview, 2).startswith("1\xa0203 medlemmer i 2 velgergrupper.")
    assert text_of(overview, 1).startswith("1 sak på")


def test_hold_moves_the_shredding_only_when_signed() -> None:
    until = (CLOSES + timedelta(days=45)).strftime("%Y-%m-%dT%H:%M:%SZ")
    document: JsonValue = {"reason": "Klage", "until": until}
    hold = OpenProposal("hold", 0, document, "open", (1,))
    waiting = an_overview(Phase.APPROVED, approved_at=CLOSES, proposals=(hold,))
    assert waiting.shred_due == CLOSES + timedelta(days=30)
    held = replace(waiting, proposals=(replace(hold, state="signed"),))
    assert held.shred_due == CLOSES + timedelta(days=45)


def test_what_is_missing_is_listed_and_nothing_when_all_is_there() -> None:
    before = OPENS - timedelta(days=1)
    assert list_missing(an_overview(Phase.KEYS), before) == []
    lacking = an_overview(
        roll=Roll((RollGroup("Øst", 3),), frozen=False),
        ceremony=ceremony(NONE_DONE, NONE_DONE, NONE_DONE, started=False),
    )
    draft = replace(
        lacking.draft,
        contests=(DraftContest(yes_no_contest("Avtalen"), ("Nord",)),),
        threshold=3,
    )
    told = [each.text for each in list_missing(replace(lacking, draft=draft), before)]
    assert told == [
        "Antallet som må til for å telle, passer ikke til komiteen.",
        (
            "En velgergruppe i manntallet har ingen sak å stemme i."
            " Rett hvem som stemmer i sakene."
        ),
        "Manntallet er ikke frosset.",
        "Nøkkelseremonien er ikke ferdig: alle i komiteen må ha øvd.",
    ]
    late = list_missing(an_overview(Phase.KEYS), CLOSES)
    assert [each.text for each in late] == [
        "Tiden for stenging er passert. Velg en senere tid."
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "mer enn halvparten"),
        ({"strict": False}, "minst halvparten"),
        ({"numerator": 2, "denominator": 3}, "mer enn to tredeler"),
        ({"numerator": 5, "denominator": 9}, "mer enn 5/9"),
        ({"base": Base.ALL}, "Blanke stemmer regnes med"),
        ({"turnout_numerator": 0}, "bindende uansett"),
        ({"turnout_strict": True}, "bindende når mer enn to tredeler"),
        ({"choice": 1}, "«Nei» er vedtatt"),
    ],
)
def test_rule_says_what_it_is(changes: dict[str, int], expected: str) -> None:
    rule = replace(TWO_THIRDS, **changes)  # type: ignore[arg-type]
    assert expected in " ".join(rule_sentences(rule, CHOICES))


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(True, True, False), "«Ja» er vedtatt. Resultatet er bindende."),
        (Decision(True, False, False), "«Ja» er vedtatt. Resultatet er rådgivende."),
        (Decision(False, True, False), "«Ja» er ikke vedtatt. Resultatet er bindende."),
        (Decision(False, True, True), "det ble nøyaktig halvparten av stemmene."),
        (None, "Utfallet kan ikke sies"),
    ],
)
def test_outcome_is_told(decision: Decision | None, expected: str) -> None:
    assert expected in outcome_sentence(AGREEMENT, decision)
    assert outcome_sentence(DELEGATES, decision) == ""


def test_grounds_leave_blank_votes_out_unless_the_rule_counts_them() -> None:
    assert grounds_sentence(AGREEMENT, (6, 4, 2), 12, 40).startswith("6 av 10 stemmer")
    rule = replace(TWO_THIRDS, base=Base.ALL)
    counted = replace(AGREEMENT, decision=rule)
    told = grounds_sentence(counted, (6, 4, 2), 12, 40)
    assert told.startswith("6 av 12 stemmer (50,0\xa0%) var for. 12 av 40")


def test_every_discrepancy_has_words_and_says_whether_it_stops() -> None:
    for kind in DiscrepancyKind:
        words = explain_discrepancy(Discrepancy(0, kind, 1_234), "Øst")
        assert words.group == "Øst"
        assert "1\xa0234" in words.what
        assert len(words.meaning) > 20
        assert words.stops == (kind in STOPPING)


def test_review_tells_all_that_is_sealed() -> None:
    review = review_manifest(a_manifest())
    assert review.entitled == 120
    assert [contest.title for contest in review.contests] == [
        "Tariffavtalen",
        "Utsendinger",
    ]
    assert review.contests[0].choices == ("Ja", "Nei", "Blank stemme")
    assert review.contests[0].voters == "Alle velgergrupper"
    assert review.contests[1].voters == "Krets 1"
    assert review.groups[1] == ("Krets 1", 40, "Tariffavtalen, Utsendinger")
    assert dict(review.rules)["Risiko som driften har godtatt"].startswith("manntallet")


def test_preview_shows_one_ballot_when_all_vote_on_the_same() -> None:
    everybody = DraftContest(AGREEMENT)
    (only,) = preview_ballots([everybody], ["Øst", "Vest"])
    assert only.groups == ()
    some = DraftContest(replace(DELEGATES, index=1), ("Vest", "Nord"))
    east, west = preview_ballots([everybody, some], ["Øst", "Vest"])
    assert (east.groups, len(east.contests)) == (("Øst",), 1)
    assert (west.groups, len(west.contests)) == (("Vest", "Nord"), 2)
    assert preview_ballots([], [])[0].contests == ()


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (1, 1, "Sett ett kryss."),
        (2, 2, "Sett 2 kryss."),
        (1, 3, "Sett inntil 3 kryss."),
        (2, 3, "Sett fra 2 til 3 kryss."),
    ],
)
def test_marks_are_told(least: int, most: int, expected: str) -> None:
    assert marks_words(replace(DELEGATES, min=least, max=most)) == expected


def certificate(**changes: JsonValue) -> bytes:
    document: dict[str, JsonValue] = {
        "checks": [{"name": "no salt", "passed": True, "what": "3 files"}],
        "counts": {"roll_entries": 3, "something_new": 1},
        "election": "0" * 32,
        "fingerprint": None,
        "format": "urne/v1/certificate",
        "not_seen": ["storage-remnants", "something-new"],
        "protocol": None,
        "reason": "never-approved",
        "shredded_at": "2027-04-01T03:00:00Z",
        "signature": "00" * 64,
        "void_in_backups_at": "2027-04-08T03:00:00Z",
    }
    return encode_json({**document, **changes})


def test_certificate_is_told_in_words_and_unknown_names_as_they_are() -> None:
    page = read_certificate(certificate())
    assert page is not None
    assert page.passed
    assert page.counts == (("innførsler i manntallet", 3), ("something_new", 1))
    assert page.checks[0].name == "Lette etter, og fant ikke: salt"
    assert page.not_seen == ("rester på lagringsbrikker", "something-new")
    assert page.reason == "Resultatet ble aldri godkjent, og siste dato er nådd."
    failed: JsonValue = [{"name": "no name", "passed": False, "what": "1 file"}]
    found = read_certificate(certificate(checks=failed))
    assert found is not None
    assert not found.passed
    assert read_certificate(None) is None


def test_what_is_no_certificate_is_refused() -> None:
    wrong: list[dict[str, JsonValue]] = [
        {"format": "urne/v1/manifest"},
        {"counts": []},
        {"checks": [1]},
    ]
    for changes in wrong:
        with pytest.raises(DocumentRefused):
            read_certificate(certificate(**changes))
