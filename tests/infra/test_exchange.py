from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from nacl.signing import SigningKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto.encoding import JsonValue
from infra import exchange
from infra.config import Settings, SideNotServed, load_settings
from infra.databases import create_schema
from infra.delivery import (
    Delivered,
    DeliveryFailed,
    deliver_documents,
    deliver_pending,
    receive_by_http,
    send_by_http,
)
from infra.exchange import (
    DocumentMalformed,
    ReceivedDocument,
    SignedDocument,
    UnknownKind,
    WrongSender,
    WrongSignature,
    accept_document,
    handles,
    pending_documents,
    post_document,
    read_document,
    sign_document,
    write_document,
)
from infra.exchange_views import exchange_blueprint
from infra.queues import enqueue, queue_of
from infra.runtime import Runtime, open_runtime
from infra.sides import Side
from infra.tables import AUDIT, INBOX, OUTBOX
from tests.conftest import Stores
from tests.services import free_port
from tests.serving import served

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ELECTION = "e" * 32
OTHER = "f" * 32
TOTALS: JsonValue = {"entitled": 1234, "group": "Østlandet"}

taken: list[tuple[str, object]] = []


class HandlerRefused(Exception):
    """What a handler of a room may raise."""


@handles("service", "test-totals")
def take_totals(session: Session, received: ReceivedDocument, runtime: Runtime) -> None:
    """Keep the document where a rolled-back transaction would lose it."""
    del runtime
    if received.body == {"refuse": True}:
        raise HandlerRefused
    session.add(
        AUDIT["service"](
            seq=len(taken) + 1,
            at=AT,
            actor="test",
            kind=received.kind,
            subject=received.subject,
            commitment=received.digest,
            previous=bytes(32),
            hash=bytes(32),
        )
    )
    taken.append((received.subject, received.body))


@handles("register", "test-schedule")
def take_schedule(
    session: Session, received: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep what came."""
    del session, runtime
    taken.append((received.subject, received.body))


@pytest.fixture(autouse=True)
def _empty_hands() -> Iterator[None]:
    taken.clear()
    yield
    taken.clear()


@pytest.fixture
def both(settings: Settings, stores: Stores) -> Iterator[Runtime]:
    """One process that serves both sides, on either database."""
    opened = open_runtime(replace(settings, database_urls=stores.urls))
    yield opened
    opened.close()


def _post(
    runtime: Runtime, side: Side, kind: str, body: JsonValue, subject: str = ELECTION
) -> bytes:
    with runtime.store(side).begin() as session:
        return post_document(
            session,
            runtime.settings,
            kind=kind,
            subject=subject,
            body=body,
            at=AT,
        )


def test_a_posted_document_is_carried_over_by_call(both: Runtime) -> None:
    digest = _post(both, "register", "test-totals", TOTALS)
    _post(both, "service", "test-schedule", {"closes_at": "2026-06-01T12:00:00Z"})
    assert deliver_pending(both, "register") == Delivered(1, 0)
    assert deliver_pending(both, "service") == Delivered(1, 0)
    assert taken[0] == (ELECTION, TOTALS)
    assert taken[1] == (ELECTION, {"closes_at": "2026-06-01T12:00:00Z"})
    with both.store("register").reading() as session:
        row = session.get_one(OUTBOX["register"], digest)
        assert row.delivered_at is not None
        assert pending_documents(session) == []
    with both.store("service").reading() as session:
        assert session.get(INBOX["service"], digest) is not None
    assert deliver_pending(both, "register") == Delivered(0, 0)


def test_a_document_is_posted_with_the_change_or_not_at_all(both: Runtime) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), both.store("register").begin() as session:  # noqa: PT012
        post_document(
            session,
            both.settings,
            kind="test-totals",
            subject=ELECTION,
            body=TOTALS,
            at=AT,
        )
        raise Undone
    assert deliver_pending(both, "register") == Delivered(0, 0)
    assert taken == []


def test_a_document_is_taken_once_however_often_it_comes(both: Runtime) -> None:
    document = sign_document(both.settings, "register", "test-totals", ELECTION, TOTALS)
    assert accept_document(both, "service", document) is True
    assert accept_document(both, "service", document) is False
    _post(both, "register", "test-totals", TOTALS)
    _post(both, "register", "test-totals", TOTALS)
    assert deliver_pending(both, "register") == Delivered(1, 0)
    assert len(taken) == 1


def test_a_document_that_comes_twice_at_once_is_taken_once(both: Runtime) -> None:
    document = sign_document(both.settings, "register", "test-totals", ELECTION, TOTALS)
    answers: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(accept_document(both, "service", document))
        )
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 9 + [True]
    assert len(taken) == 1


def test_a_refused_document_holds_back_its_own_subject_alone(both: Runtime) -> None:
    refused = _post(both, "register", "test-totals", {"refuse": True})
    _post(both, "register", "test-totals", {"later": 1})
    _post(both, "register", "test-totals", {"other": 1}, subject=OTHER)
    assert deliver_pending(both, "register") == Delivered(1, 2)
    assert taken == [(OTHER, {"other": 1})]
    with both.store("register").reading() as session:
        row = session.get_one(OUTBOX["register"], refused)
        assert row.refusal == "HandlerRefused"
    with both.store("service").reading() as session:
        assert session.get(INBOX["service"], refused) is None


def test_documents_of_one_subject_arrive_in_order(both: Runtime) -> None:
    for number in range(30):
        _post(both, "register", "test-totals", {"number": number})
    deliver_pending(both, "register")
    assert [body for _, body in taken] == [{"number": n} for n in range(30)]


def _changed(document: SignedDocument, **change: object) -> SignedDocument:
    return replace(document, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"body": b'{"entitled":1}'}, WrongSignature, id="body"),
        pytest.param({"subject": OTHER}, WrongSignature, id="subject"),
        pytest.param({"kind": "test-schedule"}, WrongSignature, id="kind"),
        pytest.param({"signature": bytes(64)}, WrongSignature, id="signature"),
        pytest.param({"signature": b""}, WrongSignature, id="no-signature"),
        pytest.param({"sender": "service"}, WrongSender, id="sender"),
    ],
)
def test_a_changed_document_is_refused(
    runtime: Runtime, change: dict[str, object], refusal: type[Exception]
) -> None:
    document = sign_document(
        runtime.settings, "register", "test-totals", ELECTION, TOTALS
    )
    with pytest.raises(refusal):
        accept_document(runtime, "service", _changed(document, **change))
    assert taken == []


def test_the_right_signature_of_the_wrong_side_is_refused(runtime: Runtime) -> None:
    own = sign_document(runtime.settings, "service", "test-totals", ELECTION, TOTALS)
    with pytest.raises(WrongSender):
        accept_document(runtime, "service", own)
    with pytest.raises(WrongSignature):
        accept_document(runtime, "service", _changed(own, sender="register"))


def test_a_kind_that_nobody_handles_is_refused(runtime: Runtime) -> None:
    document = sign_document(
        runtime.settings, "register", "test-unknown", ELECTION, TOTALS
    )
    with pytest.raises(UnknownKind):
        accept_document(runtime, "service", document)


def test_a_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match="already"):
        handles("service", "test-totals")(take_schedule)


def test_a_document_reads_back_as_it_was_written(runtime: Runtime) -> None:
    document = sign_document(
        runtime.settings, "register", "test-totals", ELECTION, TOTALS
    )
    wire = write_document(document)
    assert read_document(wire) == document
    assert write_document(read_document(wire)) == wire


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda wire: b" " + wire, id="space"),
        pytest.param(lambda wire: wire[:-1], id="cut"),
        pytest.param(lambda wire: b"[" + wire + b"]", id="list"),
        pytest.param(lambda wire: wire.replace(b'"kind"', b'"sort"'), id="field"),
        pytest.param(lambda wire: wire[:-1] + b',"x":1}', id="more"),
        pytest.param(lambda wire: wire.replace(b'"register"', b'"nobody"'), id="side"),
        pytest.param(lambda wire: wire.replace(b'"register"', b"7"), id="type"),
        pytest.param(lambda wire: wire.replace(b"totals", b"TOTALS"), id="name"),
        pytest.param(lambda wire: wire.replace(b'=="', b'="'), id="base64"),
    ],
)
def test_bytes_that_no_side_wrote_are_refused(
    runtime: Runtime, spoil: Callable[[bytes], bytes]
) -> None:
    wire = write_document(
        sign_document(runtime.settings, "register", "test-totals", ELECTION, TOTALS)
    )
    with pytest.raises(DocumentMalformed):
        receive_by_http(runtime, "service", spoil(wire))


@contextmanager
def _serving(runtime: Runtime, port: int) -> Iterator[None]:
    app = Flask("utveksling")
    app.register_blueprint(exchange_blueprint(runtime))
    with served(app, port):
        yield


@pytest.fixture
def two_processes(
    tmp_path: Path, redis_url: str, stores: Stores
) -> Iterator[dict[Side, Runtime]]:
    """The sides as two operators run them: own settings, own secrets, own port."""
    ports = {"register": free_port(), "service": free_port()}
    environ = {
        "URNE_ENVIRONMENT": "test",
        "REDIS_URL": redis_url,
        "REGISTER_DATABASE_URL": stores.urls["register"],
        "SERVICE_DATABASE_URL": stores.urls["service"],
        "URNE_REGISTER_URL": f"http://127.0.0.1:{ports['register']}",
        "URNE_SERVICE_URL": f"http://127.0.0.1:{ports['service']}",
    }
    keys = {
        side: load_settings(
            environ | {"URNE_SIDES": side, "URNE_DATA_DIR": str(tmp_path / side)}
        ).verify_key(side)
        for side in ("register", "service")
    }
    environ["URNE_REGISTER_VERIFY_KEY"] = keys["register"].hex()
    environ["URNE_SERVICE_VERIFY_KEY"] = keys["service"].hex()
    opened = {
        side: open_runtime(
            load_settings(
                environ | {"URNE_SIDES": side, "URNE_DATA_DIR": str(tmp_path / side)}
            )
        )
        for side in ("register", "service")
    }
    yield opened  # type: ignore[misc]
    for each in opened.values():
        each.close()


def _port(runtime: Runtime, side: Side) -> int:
    return int(runtime.settings.public_url(side).rpartition(":")[2])


def test_two_processes_hand_over_by_http(two_processes: dict[Side, Runtime]) -> None:
    register, service = two_processes["register"], two_processes["service"]
    with pytest.raises(SideNotServed):
        register.store("service")
    _post(register, "register", "test-totals", TOTALS)
    assert deliver_pending(register, "register") == Delivered(0, 1)
    with register.store("register").reading() as session:
        assert pending_documents(session)[0].refusal == "DeliveryFailed"
    with _serving(service, _port(service, "service")):
        assert deliver_pending(register, "register") == Delivered(1, 0)
        assert deliver_pending(register, "register") == Delivered(0, 0)
    with _serving(register, _port(register, "register")):
        _post(service, "service", "test-schedule", {"closes_at": "x"})
        assert deliver_pending(service, "service") == Delivered(1, 0)
    assert taken == [(ELECTION, TOTALS), (ELECTION, {"closes_at": "x"})]


def test_an_answer_that_was_lost_is_made_good_by_the_next_round(
    two_processes: dict[Side, Runtime],
) -> None:
    register, service = two_processes["register"], two_processes["service"]
    _post(register, "register", "test-totals", TOTALS)

    def taken_but_unanswered(document: SignedDocument) -> None:
        send_by_http(service.settings.public_url("service") + "/utveksling", document)
        raise DeliveryFailed

    with _serving(service, _port(service, "service")):
        lost = deliver_pending(register, "register", taken_but_unanswered)
        assert lost == Delivered(0, 1)
        assert deliver_pending(register, "register") == Delivered(1, 0)
    assert len(taken) == 1


def test_a_stranger_gets_a_refusal_by_name(
    two_processes: dict[Side, Runtime],
) -> None:
    service = two_processes["service"]
    wire = write_document(
        sign_document(
            two_processes["register"].settings,
            "register",
            "test-totals",
            ELECTION,
            TOTALS,
        )
    )
    app = Flask("utveksling")
    app.register_blueprint(exchange_blueprint(service))
    client = app.test_client()
    stranger = SigningKey.generate()
    forged = write_document(
        replace(read_document(wire), signature=stranger.sign(b"x").signature)
    )
    answer = client.post("/utveksling", data=forged, content_type="application/json")
    assert (answer.status_code, answer.json) == (403, {"error": "WrongSignature"})
    answer = client.post("/utveksling", data=b"{}", content_type="application/json")
    assert (answer.status_code, answer.json) == (400, {"error": "DocumentMalformed"})
    assert client.post("/utveksling", data=wire).status_code == 415
    huge = b"x" * (exchange.LARGEST_ON_THE_WIRE + 1)
    answer = client.post("/utveksling", data=huge, content_type="application/json")
    assert answer.status_code == 413
    answer = client.post("/utveksling", data=wire, content_type="application/json")
    assert answer.status_code == 204
    assert len(taken) == 1


def test_a_redirect_is_not_followed(two_processes: dict[Side, Runtime]) -> None:
    register = two_processes["register"]
    document = sign_document(
        register.settings, "register", "test-totals", ELECTION, TOTALS
    )
    app = Flask("redirecting")
    hits: list[str] = []

    @app.route("/<path>", methods=["GET", "POST"])
    def elsewhere(path: str) -> tuple[str, int, dict[str, str]]:
        hits.append(path)
        return "", 307, {"Location": "/elsewhere"}

    with served(app) as address, pytest.raises(DeliveryFailed):
        send_by_http(f"{address}/utveksling", document)
    assert hits == ["utveksling"]


def test_the_delivery_job_carries_what_its_side_has_posted(runtime: Runtime) -> None:
    for side in ("register", "service"):
        create_schema(runtime.store(side))
    _post(runtime, "register", "test-totals", TOTALS)
    deliver_documents(runtime, "service")
    assert taken == []
    deliver_documents(runtime, "register")
    assert len(taken) == 1
    enqueue(
        queue_of(runtime, "register"), "infra.delivery.deliver_documents", "register"
    )


def test_a_document_does_not_show_its_body(runtime: Runtime) -> None:
    document = sign_document(
        runtime.settings, "register", "test-totals", ELECTION, TOTALS
    )
    assert "stlandet" not in repr(document)


def test_the_outbox_keeps_no_row_twice(both: Runtime) -> None:
    first = _post(both, "register", "test-totals", TOTALS)
    assert _post(both, "register", "test-totals", TOTALS) == first
    with both.store("register").reading() as session:
        assert len(session.scalars(select(OUTBOX["register"])).all()) == 1
