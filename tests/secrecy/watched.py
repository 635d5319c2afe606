"""Every address that a voter's browser asks, asked once, and watched while it answers.

Watched is which side's store, Redis or keystore is reached for, what is logged, and
what the answer carries. Then each is asked again with a fault put in: code that reaches
for the other side as well.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pytest

import infra.databases
import infra.runtime
from crypto.knowledge import KNOWLEDGE_BYTES
from infra.databases import Store
from infra.runtime import Runtime
from infra.sides import Side, other_side
from infra.wall import touch
from register.shredding_jobs import shred_roll
from tests.secrecy.devices import Device, Exchange
from tests.secrecy.installation import SHREDDED, Installation, choice_of
from tests.secrecy.voted import all_that_is_logged

Asking = Callable[["Visitor"], Exchange]

FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Watched:
    """One request that was watched, and the same with the fault put in."""

    exchange: Exchange
    touched: frozenset[Side]
    log: str
    with_fault: Exchange
    log_with_fault: str


@dataclass(slots=True)
class Visitor:
    """A member with a browser, and the election that is visited."""

    held: Installation
    device: Device
    earlier: Device
    """Of a member whose ballot is on the board."""

    @property
    def slug(self) -> str:
        """The election's short name."""
        return self.device.slug

    def get(self, path: str) -> Exchange:
        """Ask the service for a page."""
        return self.held.line.ask("service", "GET", f"/s/{self.slug}{path}", b"")

    def last(self) -> Exchange:
        """Return what was asked and answered last."""
        return self.held.line.seen[-1]


def _identify(visitor: Visitor) -> Exchange:
    visitor.device.identify()
    return visitor.last()


def _right(visitor: Visitor) -> Exchange:
    visitor.device.take_right()
    return visitor.last()


def _cast(visitor: Visitor) -> Exchange:
    if not visitor.device.ballot:
        visitor.device.fill(choice_of(0))
    visitor.device.cast()
    return visitor.last()


def _status(visitor: Visitor) -> Exchange:
    visitor.device.receipts()
    return visitor.last()


def _search(visitor: Visitor) -> Exchange:
    sent = urlencode({"sporingskode": visitor.earlier.tracking_code}).encode()
    path = f"/s/{visitor.slug}/tavle"
    return visitor.held.line.ask("service", "POST", path, sent, type_=FORM)


def _own_inclusion(visitor: Visitor) -> Exchange:
    sent = f'{{"tracking":"{visitor.earlier.tracking.hex()}"}}'.encode()
    path = f"/s/{visitor.slug}/tavle/inklusjon"
    return visitor.held.line.ask("service", "POST", path, sent)


def _inclusion(visitor: Visitor) -> Exchange:
    return visitor.get(f"/tavle/inklusjon?sporing={visitor.earlier.tracking.hex()}")


WHILE_OPEN: Final[Mapping[str, Asking]] = {
    "voter.page": lambda visitor: visitor.get(""),
    "voter.manifest": lambda visitor: visitor.get("/manifest.json"),
    "register_voter.identify": _identify,
    "register_voter.right": _right,
    "voter.cast": _cast,
    "voter.status": _status,
    "board.page": lambda visitor: visitor.get("/tavle"),
    "board.search": _search,
    "board.batch": lambda visitor: visitor.get("/tavle/bunke/1"),
    "board.leaves": lambda visitor: visitor.get("/tavle/blader?fra=0&antall=9"),
    "board.checkpoint": lambda visitor: visitor.get("/tavle/sjekkpunkt"),
    "board.checkpoints": lambda visitor: visitor.get("/tavle/sjekkpunkter"),
    "board.inclusion": _inclusion,
    "board.own_inclusion": _own_inclusion,
    "board.consistency": lambda visitor: visitor.get("/tavle/konsistens?fra=1&til=3"),
}
"""In the order in which a member comes to them."""

WHEN_SHREDDED: Final[Mapping[str, Asking]] = {
    "protocol.show_public": lambda visitor: visitor.get("/protokoll"),
    "papers.download_record": lambda visitor: visitor.get("/valgprotokoll.zip"),
    "papers.download_protocol": lambda visitor: visitor.get("/protokoll.pdf"),
    "papers.download_annex": lambda visitor: visitor.get("/makuleringsattest.pdf"),
    "certificate.download": lambda visitor: visitor.get("/makuleringsattest.json"),
}

_POINT: Final = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
"""ristretto255's base point (RFC 9496, A.1), where any will do."""


def _of_no_survey(path: str, *, method: str = "GET", **sent: object) -> Asking:
    body = json.dumps(sent).encode() if sent else b""
    return lambda visitor: visitor.held.line.ask("service", method, path, body)


def _named_right(visitor: Visitor) -> Exchange:
    names = ("blinded", "credential", "fingerprint", "login")
    sent = {**dict.fromkeys(names, _POINT), "signature": "00" * 64}
    path = "/r/ingen-slik/right/named"
    return visitor.held.line.ask("register", "POST", path, json.dumps(sent).encode())


_RESPONSE: Final = {
    "credential": _POINT,
    "fingerprint": "00" * 32,
    "signature": "00" * KNOWLEDGE_BYTES,
}
_NO_JOINT: Final = "/felles/" + "0" * 32

WHERE_NOTHING_IS: Final[Mapping[str, Asking]] = {
    "register_voter.named_right": _named_right,
    "answer_api.manifest": _of_no_survey("/u/ingen-slik/manifest.json"),
    "answer_api.definition": _of_no_survey("/u/ingen-slik/definisjon.json"),
    "answer_api.wording": _of_no_survey("/u/ingen-slik/ordlyd.json"),
    "answer_api.answer": _of_no_survey(
        "/api/u/ingen-slik/answer",
        method="POST",
        answers={},
        group=0,
        token=_POINT,
        **_RESPONSE,
    ),
    "answer_api.status": _of_no_survey(
        "/api/u/ingen-slik/status", method="POST", **_RESPONSE
    ),
    "answering.page": _of_no_survey("/u/ingen-slik"),
    "answering.answer": _of_no_survey("/u/ingen-slik", method="POST"),
    "answering.receipt": _of_no_survey("/u/ingen-slik/takk"),
    "survey_results.show_shared": _of_no_survey("/u/ingen-slik/resultater"),
    "survey_log.page": _of_no_survey("/undersokelser/tavle"),
    "survey_log.leaves": _of_no_survey("/undersokelser/tavle/blader?fra=0"),
    "survey_log.checkpoint": _of_no_survey("/undersokelser/tavle/sjekkpunkt"),
    "survey_log.inclusion": _of_no_survey(
        f"/undersokelser/tavle/inklusjon?avtrykk={'00' * 32}"
    ),
    "survey_log.consistency": _of_no_survey(
        "/undersokelser/tavle/konsistens?fra=1&til=1"
    ),
    "joint.show_public": _of_no_survey(_NO_JOINT),
    "joint.download": _of_no_survey(f"{_NO_JOINT}/protokoll.json"),
    "joint.download_printed": _of_no_survey(f"{_NO_JOINT}/protokoll.pdf"),
}
"""Of surveys and joint counts, which this installation has none of: what a request
reaches for is seen all the same. tests/surveys and tests/web ask where some are."""

EVERY: Final = {**WHILE_OPEN, **WHEN_SHREDDED, **WHERE_NOTHING_IS}


def visit_everything(held: Installation) -> dict[str, Watched]:
    """Hold an election of few, and have every address of voters asked and watched."""
    held.invite()
    held.open()
    *early, late = held.members
    earlier = held.vote(early)
    held.sweep()
    visitor = Visitor(held, held.device(late), earlier[0])
    asked = {**WHILE_OPEN, **WHERE_NOTHING_IS}
    found = {name: _watch(visitor, asking) for name, asking in asked.items()}
    held.close()
    held.count()
    held.approve()
    held.move_to(SHREDDED)
    shred_roll(held.runtime("register"), held.election.id)
    held.deliver()
    held.election.do_work(held.now)
    for name, asking in WHEN_SHREDDED.items():
        found[name] = _watch(visitor, asking)
    return found


def _watch(visitor: Visitor, asking: Asking) -> Watched:
    assert visitor.device.manifest.slug  # fetched, so that it is not what is watched
    with all_that_is_logged() as log, _touches() as touched:
        exchange = asking(visitor)
    with all_that_is_logged() as log_with_fault, _reaching_for_both_sides():
        with_fault = _asked_again(visitor, exchange)
    return Watched(
        exchange,
        frozenset(touched),
        log.getvalue(),
        with_fault,
        log_with_fault.getvalue(),
    )


def _asked_again(visitor: Visitor, exchange: Exchange) -> Exchange:
    type_ = FORM if exchange.sent.startswith(b"sporingskode") else "application/json"
    return visitor.held.line.ask(
        exchange.side, exchange.method, exchange.path, exchange.sent, type_=type_
    )


@contextmanager
def _touches() -> Iterator[set[Side]]:
    touched: set[Side] = set()

    def noting(side: Side) -> None:
        touched.add(side)
        touch(side)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(infra.databases, "touch", noting)
        patch.setattr(infra.runtime, "touch", noting)
        yield touched


@contextmanager
def _reaching_for_both_sides() -> Iterator[None]:
    real = Runtime.store

    def careless(runtime: Runtime, side: Side) -> Store:
        with real(runtime, other_side(side)).reading():
            return real(runtime, side)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runtime, "store", careless)
        yield


def header(exchange: Exchange, name: str) -> str:
    """Return a header of an answer; empty where it has none."""
    values = [value for key, value in exchange.headers if key.lower() == name.lower()]
    return ", ".join(values)


def is_ok(exchange: Exchange) -> bool:
    """Tell whether what was asked for came."""
    return exchange.status == http.client.OK
