"""One election in each phase, in one store: what the pages are looked at over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.encoding import JsonValue, encode_json
from infra.config import Settings, load_settings
from infra.databases import create_schema, open_store
from tests.voting.manifests import DELEGATES, TWO_THIRDS
from tests.voting.polling import running_verifier
from tests.web.staging import (
    AFTER,
    DURING,
    NOW,
    People,
    Stage,
    create_people,
)
from voting.drafts import DraftContest, with_contest
from voting.elections import cancel_election, change_draft, draft_of, get_election
from voting.long_work import WorkKind, ask_for
from voting.paper import PaperGroup, no_paper
from voting.phases import Phase
from voting.proposal_making import propose_hold, propose_paper, propose_schedule
from voting.sealed import get_sealed


@dataclass(frozen=True)
class Gallery:
    """Where it stands, and each election by a word for where it has come."""

    folder: Path
    environ: Mapping[str, str]
    people: People
    stages: Mapping[str, Stage]

    def id(self, name: str) -> str:
        """The election's id."""
        return self.stages[name].id


@contextmanager
def open_gallery(folder: Path) -> Iterator[Gallery]:
    """Build all of them."""
    environ = {
        "URNE_ENVIRONMENT": "test",
        "URNE_DATA_DIR": str(folder),
        "URNE_VERIFIER_SOCKET": str(folder / "v.sock"),
        "URNE_BATCH_SIZE": "1",
    }
    settings = load_settings(environ)
    store = open_store("service", settings.database_url("service"))
    create_schema(store)
    register = open_store("register", settings.database_url("register"))
    create_schema(register)
    register.dispose()
    with running_verifier(folder) as verifier:
        with store.begin() as session:
            people = create_people(session)

        def stage() -> Stage:
            return Stage(store, settings, verifier, people)

        yield Gallery(
            folder,
            environ,
            people,
            {name: build(stage()) for name, build in _BUILDERS.items()},
        )
    store.dispose()


def _empty(stage: Stage) -> Stage:
    stage.create("tom-kladd", "Landsmøtevalg 2027")
    with stage.writing() as session:
        election = get_election(session, stage.id)
        draft = replace(draft_of(election), contests=())
        change_draft(session, election, draft, actor="system", at=NOW)
    return stage


def _draft(stage: Stage) -> Stage:
    stage.create("kladd", "Uravstemning om ny hovedavtale mellom partene")
    stage.import_roll()
    stage.seat()
    with stage.writing() as session:
        election = get_election(session, stage.id)
        draft = draft_of(election)
        first = draft.contests[0].contest
        first = replace(
            first,
            question="Godtar du forslaget til ny hovedavtale?",
            decision=TWO_THIRDS,
        )
        draft = with_contest(draft, DraftContest(first), 0)
        draft = with_contest(draft, DraftContest(DELEGATES, ("Kommune", "Privat")))
        change_draft(session, election, draft, actor="system", at=NOW)
    return stage


def _keys(stage: Stage) -> Stage:
    _draft_named(stage, "nokler", "Uravstemning med seremoni i gang")
    stage.begin_ceremony()
    stage.post_keys(2)
    return stage


def _stopped(stage: Stage) -> Stage:
    _draft_named(stage, "stanset", "Uravstemning med stanset seremoni")
    stage.begin_ceremony()
    stage.deal_shares().complain(by=3, dealer=2)
    return stage


def _sealable(stage: Stage) -> Stage:
    _draft_named(stage, "forseglbar", "Uravstemning som kan forsegles")
    stage.begin_ceremony()
    stage.hold_ceremony()
    stage.freeze_roll()
    return stage


def _draft_named(stage: Stage, slug: str, title: str) -> None:
    stage.create(slug, title)
    stage.import_roll()
    stage.seat()


def _ready(stage: Stage) -> Stage:
    stage.to_ready("klar", "Uravstemning som venter på åpning")
    with stage.writing() as session:
        propose_schedule(
            session,
            stage.id,
            closes_at=AFTER,
            reason="Posten er forsinket i nord.",
            actor="system",
            at=NOW,
        )
    return stage


def _open(stage: Stage) -> Stage:
    stage.to_ready("aapen", "Uravstemning som er åpen")
    stage.open()
    hours: JsonValue = [
        {"count": 20 * (number + 1), "hour": f"2027-02-15T{8 + number:02}:00:00Z"}
        for number in range(5)
    ]
    with stage.writing() as session:
        get_election(session, stage.id).turnout = encode_json(hours)
    return stage


def _closed(stage: Stage) -> Stage:
    stage.to_closed("stengt", "Uravstemning som er stengt")
    return stage


def _waiting(stage: Stage) -> Stage:
    stage.to_ready("venter", "Uravstemning som gjøres klar til opptelling")
    stage.open()
    stage.vote()
    stage.close()
    return stage


def _paper(stage: Stage) -> Stage:
    stage.to_ready("papir", "Uravstemning med papirstemmer")
    stage.open()
    stage.vote()
    stage.close()
    stage.hand_in_marks((10, 3, 0), (4, 1, 0))
    stage.prove()
    with stage.writing() as session:
        manifest = get_sealed(session, stage.id).manifest
        empty = no_paper(manifest)
        groups = (PaperGroup(3, 1, 1), PaperGroup(2, 0, 0), *empty.groups[2:])
        results = replace(empty, groups=groups, styles=(((3, 1, 0),),))
        propose_paper(session, stage.id, results, actor="system", at=AFTER)
    stage.sign("paper", 1, 1)
    return stage


def _counting(stage: Stage) -> Stage:
    stage.to_closed("telles", "Uravstemning som telles")
    stage.start_count()
    stage.hand_in_partial(2)
    return stage


def _counted(stage: Stage) -> Stage:
    stage.to_counted("talt", "Uravstemning som er talt opp")
    stage.sign("approval", 1, 2)
    return stage


def _approved(stage: Stage) -> Stage:
    stage.to_approved("godkjent", "Uravstemning som er godkjent")
    with stage.writing() as session:
        propose_hold(
            session,
            stage.id,
            until=AFTER.replace(day=25, month=3),
            reason="Klage nr. 3 er ikke avgjort.",
            actor="system",
            at=AFTER,
        )
    return stage


def _shredded(stage: Stage) -> Stage:
    stage.to_approved("makulert", "Uravstemning med makulert manntall")
    certificate: JsonValue = {
        "checks": [
            {"name": "no name", "passed": True, "what": "41 files, 120034 bytes"},
            {"name": "no rows", "passed": True, "what": "0 rows"},
            {"name": "key destroyed", "passed": True, "what": "k1"},
        ],
        "counts": {"marks": 13, "roll_entries": 73, "voting_codes": 80},
        "election": stage.id,
        "fingerprint": "00" * 32,
        "format": "urne/v1/certificate",
        "not_seen": ["hosting-snapshots", "storage-remnants"],
        "protocol": "00" * 32,
        "reason": "approved",
        "shredded_at": "2027-04-01T03:00:00Z",
        "signature": "00" * 64,
        "void_in_backups_at": "2027-04-08T03:00:00Z",
    }
    with stage.writing() as session:
        election = get_election(session, stage.id)
        election.certificate = encode_json(certificate)
        election.phase = Phase.SHREDDED
        ask_for(session, stage.id, WorkKind.ANNEX, actor="system")
    stage.do_work()
    return stage


def _cancelled(stage: Stage) -> Stage:
    stage.to_ready("avlyst", "Uravstemning som ble avlyst")
    with stage.writing() as session:
        cancel_election(
            session,
            stage.settings,
            get_election(session, stage.id),
            reason="Partene ble enige.",
            actor="system",
            at=DURING,
        )
    return stage


_BUILDERS = {
    "empty": _empty,
    "draft": _draft,
    "keys": _keys,
    "stopped": _stopped,
    "sealable": _sealable,
    "ready": _ready,
    "open": _open,
    "waiting": _waiting,
    "closed": _closed,
    "paper": _paper,
    "counting": _counting,
    "counted": _counted,
    "approved": _approved,
    "shredded": _shredded,
    "cancelled": _cancelled,
}


def settings_of(gallery: Gallery, redis_url: str) -> Settings:
    """The settings of a site over the gallery."""
    return load_settings({**gallery.environ, "REDIS_URL": redis_url})
