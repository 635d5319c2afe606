"""What the service's sweep and its document handlers do in the cases that go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import update

from crypto.encoding import JsonValue, encode_base64
from crypto.group import SecretScalar, mul_base
from crypto.sealing import seal
from infra.config import load_settings
from infra.databases import Rewritten, Store, rewrite_store
from infra.exchange import accept_document, sign_document
from infra.runtime import Runtime
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    BEFORE,
    DURING,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from voting import jobs
from voting.box import count_waiting
from voting.elections import cancel_election, get_election
from voting.exchange_handlers import RollFixed
from voting.jobs import sweep_service
from voting.tables import BoardLeaf, TokenEvidence


@dataclass(slots=True)
class MovedClock:
    """A clock that a test moves."""

    instant: datetime = BEFORE

    def now(self) -> datetime:
        return self.instant


@dataclass(slots=True)
class Service:
    """The service's side of an installation, with one election."""

    runtime: Runtime
    clock: MovedClock
    election: WholeElection

    def sweep(self, at: datetime) -> None:
        self.clock.instant = at
        sweep_service(self.runtime)

    def send(self, kind: str, body: JsonValue) -> bool:
        """Let the register sign a document, and the service take it in."""
        settings = self.runtime.settings
        document = sign_document(settings, "register", kind, self.election.id, body)
        return accept_document(self.runtime, "service", document)

    def cancel(self) -> None:
        with self.election.store.begin() as session:
            cancel_election(
                session,
                self.runtime.settings,
                get_election(session, self.election.id),
                reason="Feil i spørsmålet",
                actor=ORGANISER,
                at=DURING,
            )

    @property
    def key_files(self) -> list[Path]:
        folder = self.runtime.settings.verifier_socket.parent / "verifier"
        return list((folder / self.election.id).glob("*"))


@pytest.fixture
def service(stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Service]:
    settings = load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "URNE_VERIFIER_SOCKET": str(tmp_path / "v.sock"),
            "REDIS_URL": redis_url,
        }
    )
    clock = MovedClock()
    with a_new_election(stores.service, settings, tmp_path) as election:
        runtime = Runtime(
            settings,
            clock,
            {"register": stores.register, "service": stores.service},
            {"service": redis.Redis.from_url(settings.redis_url("service"))},
        )
        yield Service(runtime, clock, election)
        runtime.connections["service"].close()


def totals(election: WholeElection, *keys: SecretScalar) -> JsonValue:
    public = election.verifier.public_key()
    groups: list[JsonValue] = [
        {
            "entitled": 50,
            "issuer_key": mul_base(key).encoded.hex(),
            "label": label,
            "sealed_issuer_key": encode_base64(seal(public, key.encoded)),
        }
        for label, key in zip(election.groups, keys, strict=True)
    ]
    return {"groups": groups, "roll_commitment": "ab" * 32}


def test_a_second_roll_replaces_no_key_that_votes_rely_on(service: Service) -> None:
    election = service.election
    keys = [SecretScalar.random() for _ in election.groups]
    election.hold_ceremony()
    assert service.send("roll-totals", totals(election, *keys))
    others = [SecretScalar.random() for _ in election.groups]
    with pytest.raises(RollFixed):
        service.send("roll-totals", totals(election, *others))
    election.seal()
    with pytest.raises(RollFixed):
        service.send("roll-totals", totals(election, *others))
    election.issuers, election.marks = keys, [0, 0]
    election.open()
    election.vote([YES])


def test_a_cancelled_election_takes_no_keys_and_holds_nothing_back(
    service: Service,
) -> None:
    service.cancel()
    keys = [SecretScalar.random() for _ in service.election.groups]
    assert service.send("roll-totals", totals(service.election, *keys))
    assert service.key_files == []


def test_cancelling_leaves_neither_issuer_keys_nor_an_order_of_casting(
    service: Service,
) -> None:
    election = service.election
    election.hold_ceremony()
    election.freeze_roll()
    election.seal()
    election.open()
    election.vote([YES])
    assert len(service.key_files) == 2
    service.cancel()
    service.sweep(DURING)
    assert service.key_files == []
    with election.store.reading() as session:
        assert count_waiting(session, election.id) == 0
    service.sweep(DURING)


def test_tokens_that_cannot_be_proven_do_not_have_the_store_rewritten_again_and_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = service.election
    election.hold_ceremony()
    election.freeze_roll()
    election.seal()
    election.open()
    election.vote([YES, NO, YES])
    rewritten: list[Store] = []

    def rewrite(store: Store) -> Rewritten:
        rewritten.append(store)
        return rewrite_store(store)

    monkeypatch.setattr(jobs, "rewrite_store", rewrite)
    service.sweep(AFTER)
    assert len(rewritten) == 1
    with election.store.begin() as session:
        session.delete(session.get_one(TokenEvidence, election.id))
        # A damaged board: its first ballot says that it stands in a later batch.
        leaf = session.query(BoardLeaf).filter(BoardLeaf.tracking.is_not(None)).first()
        assert leaf is not None
        damaged = leaf.body.replace(b'"batch":1,', b'"batch":9,')
        session.execute(
            update(BoardLeaf)
            .where(BoardLeaf.position == leaf.position)
            .values(body=damaged)
        )
    for _ in range(3):
        with pytest.raises(Exception, match="batch"):
            service.sweep(AFTER)
    assert len(rewritten) == 1
