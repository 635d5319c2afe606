from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crypto.ceremony import (
    deal_share,
    open_all_shares,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
)
from crypto.ceremony_messages import HolderKeys
from crypto.encoding import JsonValue, encode_json
from crypto.hashing import digest
from crypto.integers import u16
from crypto.merkle import leaf_hash, root_of
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from crypto.times import parse_time
from infra.config import Settings
from tests.conftest import Stores
from tests.voting.whole_election import (
    AFTER,
    BEFORE,
    CLOSES,
    DURING,
    NAMES,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from tests.web.holder_site import (
    ROOT,
    SetClock,
    holder_app,
    holder_runtime,
    holder_settings,
    seat_everyone,
)
from voting.ceremony import load_ceremony
from voting.counting_room import load_tally
from voting.elections import get_election, start_ceremony
from voting.leaf_signatures import schedule_parts
from voting.paper import PaperGroup, PaperResults, paper_parts
from voting.partials import make_partial, partial_document
from voting.proposal_making import propose_hold, propose_paper, propose_schedule
from voting.views.holders import WRONG_KEYS_PER_QUARTER


@dataclass(slots=True)
class Desk:
    """An election behind its web application, and the holders' access keys."""

    election: WholeElection
    client: FlaskClient
    clock: SetClock
    keys: dict[int, str] = field(default_factory=dict)

    def at(self, path: str = "") -> str:
        """An address of the API."""
        return f"/api/k/{self.election.id}{path}"

    def get(self, path: str = "", index: int = 1) -> TestResponse:
        """Ask as one holder."""
        return self.client.get(self.at(path), headers=self.bearer(index))

    def post(self, path: str, value: Any, index: int = 1) -> TestResponse:  # noqa: ANN401
        """Send JSON as one holder."""
        return self.client.post(self.at(path), json=value, headers=self.bearer(index))

    def bearer(self, index: int) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.keys[index]}"}

    def state(self, index: int = 1) -> dict[str, Any]:
        """What a holder sees."""
        answer = self.get("", index)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.get_json()
        return found

    def seat(self) -> None:
        """Hand out new access keys."""
        self.keys = dict(seat_everyone(self.election))


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_stores: Stores) -> Settings:
    return holder_settings(tmp_path, redis_url, sqlite_stores.urls["service"])


@pytest.fixture
def desk(settings: Settings, sqlite_stores: Stores, tmp_path: Path) -> Iterator[Desk]:
    """An election in its ceremony, nothing posted yet."""
    with (
        a_new_election(sqlite_stores.service, settings, tmp_path) as election,
        holder_runtime(settings, clock := SetClock()) as runtime,
    ):
        with election.store.begin() as session:
            row = get_election(session, election.id)
            start_ceremony(session, row, actor=ORGANISER, at=BEFORE)
        found = Desk(election, holder_app(runtime).test_client(), clock)
        found.seat()
        yield found


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """An election that is closed, three ballots in its box."""
    desk.election.hold_ceremony()
    desk.election.freeze_roll()
    desk.election.seal()
    desk.election.open()
    desk.election.vote([YES, NO, YES])
    desk.election.close()
    desk.clock.instant = AFTER
    return desk


@dataclass(slots=True)
class Holders:
    """Three holders who do in Python what the page does in the browser."""

    desk: Desk
    seeds: list[SigningSeed]
    sealing: list[SealingKey]
    polynomials: list[Polynomial]

    @classmethod
    def drawn(cls, desk: Desk) -> Holders:
        return cls(
            desk,
            [SigningSeed.generate() for _ in NAMES],
            [SealingKey.generate() for _ in NAMES],
            [Polynomial.draw(2) for _ in NAMES],
        )

    def ceremony_id(self) -> bytes:
        return bytes.fromhex(self.desk.state()["ceremony"]["ceremony"])

    def keys(self, i: int) -> JsonValue:
        key = self.sealing[i - 1].public_key
        return post_keys(
            self.ceremony_id(), i, NAMES[i - 1], self.seeds[i - 1], key
        ).entry

    def until_shares(self) -> None:
        for i in (1, 2, 3):
            self.post("/keys", i, self.keys(i))
        with self.desk.election.store.begin() as session:
            row = get_election(session, self.desk.election.id)
            assembly = load_ceremony(session, row, 2).assembly()
        for i in (1, 2, 3):
            made = post_commit(assembly, i, self.polynomials[i - 1], self.seeds[i - 1])
            self.post("/commit", i, made.entry)
        for i in (1, 2, 3):
            shown = post_reveal(assembly, i, self.polynomials[i - 1], self.seeds[i - 1])
            self.post("/reveal", i, shown.entry)
        for i in (1, 2, 3):
            f, seed = self.polynomials[i - 1], self.seeds[i - 1]
            dealt = [deal_share(assembly, i, j, f, seed).entry for j in (1, 2, 3)]
            self.post("/shares", i, dealt)

    def post(self, path: str, i: int, value: JsonValue) -> None:
        answer = self.desk.post(path, value, i)
        assert answer.status_code == 200, answer.get_json()


def test_a_ceremony_is_held_over_the_api(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    first = desk.state(2)
    assert first["seat"] == {"index": 2, "name": NAMES[1]}
    assert first["holders"] == list(NAMES)
    assert first["threshold"] == 2
    assert first["election"]["phase"] == "keys"
    assert first["ceremony"]["holders"] == []
    assert first["tasks"] == []
    assert first["count"] is first["stopped"] is None
    holders.until_shares()
    state = desk.state()
    assert [share["recipient"] for share in state["ceremony"]["shares"]] == [
        1,
        2,
        3,
    ] * 3
    with desk.election.store.begin() as session:
        row = get_election(session, desk.election.id)
        document = load_ceremony(session, row, 2).document()
    # What the page hashes is what was answered.
    assert encode_json(state["ceremony"]) == encode_json(document.document)
    for i in (1, 2, 3):
        made = sign_transcript(document.transcript, i, holders.seeds[i - 1])
        holders.post("/signature", i, made.entry)
    for i in (1, 2, 3):
        share = open_all_shares(document, i, holders.sealing[i - 1])
        holders.post("/rehearsal", i, rehearse(document.transcript, i, share).entry)
    state = desk.state(3)
    assert len(state["signatures"]) == len(state["rehearsals"]) == 3


def test_a_round_waits_for_the_one_before(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    holders.post("/keys", 1, holders.keys(1))
    answer = desk.post("/commit", {"commitment": "00" * 32}, 1)
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "RoundNotOpen"
    assert "Vent på de andre" in answer.get_json()["message"]


def test_nobody_posts_for_another_holder(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    answer = desk.post("/keys", holders.keys(2), 1)
    assert (answer.status_code, answer.get_json()["error"]) == (422, "MessageRefused")
    assert desk.state()["ceremony"]["holders"] == []


def test_other_keys_afterwards_are_refused_and_the_same_are_taken(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    for _ in range(2):
        holders.post("/keys", 1, holders.keys(1))
    answer = desk.post("/keys", Holders.drawn(desk).keys(1), 1)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "MessageConflict")


@pytest.mark.parametrize("value", [{}, [], "x", 5, {"index": 1}], ids=repr)
def test_what_is_no_message_is_refused(desk: Desk, value: object) -> None:
    answer = desk.post("/keys", value)
    assert answer.status_code == 422
    assert answer.get_json()["error"] == "MessageRefused"


def test_what_is_no_strict_json_is_refused(desk: Desk) -> None:
    headers = {**desk.bearer(1), "Content-Type": "application/json"}
    for body in (b'{"a":1,"a":2}', b"[1.5]", b"{", b"\xff"):
        answer = desk.client.post(desk.at("/keys"), data=body, headers=headers)
        assert (answer.status_code, answer.get_json()["error"]) == (
            400,
            "JsonMalformed",
        )
    answer = desk.client.post(desk.at("/keys"), data=b"{}", headers=desk.bearer(1))
    assert answer.status_code == 415
    big = b'"' + b"a" * 300_000 + b'"'
    answer = desk.client.post(desk.at("/keys"), data=big, headers=headers)
    assert answer.status_code == 413


def test_a_bad_share_stops_the_ceremony(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    holders.until_shares()
    parts = (holders.ceremony_id(), u16(2), u16(3))
    signature = sign(holders.seeds[2], "ceremony/bad-share", *parts)
    complaint = {"dealer": 2, "signature": signature.hex()}
    assert desk.post("/bad-share", complaint, 1).status_code == 422
    assert desk.state()["stopped"] is None
    assert desk.post("/bad-share", complaint, 3).status_code == 200
    stopped = desk.state()["stopped"]
    assert (stopped["dealer"], stopped["by"]) == (2, 3)
    answer = desk.post("/signature", {"index": 1, "signature": "00" * 64})
    assert answer.get_json()["error"] == "CeremonyStopped"


def test_a_complaint_must_have_its_form(desk: Desk) -> None:
    Holders.drawn(desk).until_shares()
    answer = desk.post("/bad-share", {"dealer": 2})
    assert (answer.status_code, answer.get_json()["error"]) == (422, "MessageRefused")


@pytest.mark.parametrize("path", ["", "/sealed", "/count", "/leaves?fra=0&antall=1"])
def test_nothing_is_told_without_the_key_of_a_seat(desk: Desk, path: str) -> None:
    wrong = ["", "Bearer", f"Bearer {'0' * 26}", f"Basic {desk.keys[1]}", "Bearer Ø"]
    for header in wrong:
        answer = desk.client.get(
            desk.at(path), headers={"Authorization": header} if header else {}
        )
        assert answer.status_code == 401
        assert answer.get_json()["error"] == "SeatUnknown"
    other = f"/api/k/{'0' * 32}{path}"
    assert desk.client.get(other, headers=desk.bearer(1)).status_code == 401


@pytest.mark.parametrize(
    "path", ["/keys", "/bad-share", "/partial", "/sign", "/shares", "/rehearsal"]
)
def test_nothing_is_taken_without_the_key_of_a_seat(desk: Desk, path: str) -> None:
    value = {"kind": "hold", "number": 1, "signature": ""}
    answer = desk.client.post(desk.at(path), json=value)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "SeatUnknown")


def test_a_new_access_key_voids_the_one_before(desk: Desk) -> None:
    before = desk.bearer(1)
    desk.seat()
    assert desk.client.get(desk.at(), headers=before).status_code == 401
    assert desk.get().status_code == 200


def test_guessing_of_keys_is_slowed_and_holders_are_not(desk: Desk) -> None:
    wrong = {"Authorization": f"Bearer {'0' * 26}"}
    for _ in range(WRONG_KEYS_PER_QUARTER):
        assert desk.client.get(desk.at(), headers=wrong).status_code == 401
    answer = desk.client.get(desk.at(), headers=wrong)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert desk.get().status_code == 200


def test_a_page_from_any_origin_may_ask_and_no_cookie_is_involved(desk: Desk) -> None:
    origin = {"Origin": "null"}
    asked = desk.client.options(
        desk.at("/keys"), headers={**origin, "Access-Control-Request-Method": "POST"}
    )
    assert asked.status_code == 200
    allowed = asked.headers["Access-Control-Allow-Headers"]
    assert allowed == "Authorization, Content-Type"
    told = [asked, desk.get(), desk.post("/commit", {})]
    told.append(desk.client.get(desk.at(), headers=origin))
    for answer in told:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_rounds_of_a_ceremony_have_an_address(desk: Desk) -> None:
    assert desk.post("/share", {}).status_code in {404, 405}
    assert desk.post("/tally", {}).status_code in {404, 405}


def test_the_board_comes_in_parts_that_hash_to_the_root(closed: Desk) -> None:
    assert closed.get("/count").get_json()["error"] == "CountNotStarted"
    closed.election.start_count()
    count = closed.get("/count").get_json()
    assert count["leaves_url"] == closed.at("/leaves")
    leaves: list[JsonValue] = []
    while len(leaves) < count["size"]:
        part = closed.get(f"/leaves?fra={len(leaves)}&antall=2").get_json()
        assert 1 <= len(part) <= 2
        leaves += part
    hashes = [leaf_hash(encode_json(leaf)) for leaf in leaves]
    assert root_of(hashes).hex() == count["root"]
    assert count["root"] in str(count["tally"])
    assert closed.get(f"/leaves?fra={len(leaves)}&antall=9").get_json() == []
    for wrong in ("fra=-1&antall=1", "fra=0", "antall=1", "fra=x&antall=1"):
        assert closed.get(f"/leaves?{wrong}").status_code == 400


def test_manifest_and_ceremony_are_handed_out_as_they_are_hashed(closed: Desk) -> None:
    sealed = closed.get("/sealed").get_json()
    manifest = sealed["manifest"]
    fingerprint = digest("fingerprint", encode_json(manifest))
    assert fingerprint == closed.election.sealed().fingerprint
    document = encode_json(sealed["ceremony"]["document"])
    assert digest("ceremony/transcript", document).hex() == manifest["ceremony"]
    assert len(sealed["ceremony"]["rehearsals"]) == len(NAMES)


def a_partial(desk: Desk, index: int) -> JsonValue:
    election = desk.election
    with election.store.reading() as session:
        tally = load_tally(session, election.id)
    made = make_partial(
        election.sealed().manifest,
        tally,
        index=index,
        share=election.shares[index - 1],
        signing_seed=election.seeds[index - 1],
    )
    return partial_document(made)


def test_the_second_of_two_needed_partials_opens_the_tally(closed: Desk) -> None:
    refused = closed.post("/partial", {"index": 1})
    assert (refused.status_code, refused.get_json()["error"]) == (
        409,
        "CountNotStarted",
    )
    closed.election.start_count()
    assert closed.state()["count"]["ballots"] == 3
    refused = closed.post("/partial", {"index": 1})
    assert (refused.status_code, refused.get_json()["error"]) == (422, "MessageRefused")
    refused = closed.post("/partial", a_partial(closed, 2), 1)
    assert refused.get_json()["error"] == "NotTheOwnPartial"
    first = closed.post("/partial", a_partial(closed, 1), 1)
    assert first.get_json() == {"counted": False}
    assert closed.state()["count"]["partials"] == [1]
    second = closed.post("/partial", a_partial(closed, 3), 3)
    assert second.get_json() == {"counted": True}
    assert closed.state()["election"]["phase"] == "closed"
    closed.election.do_work()
    state = closed.state()
    assert state["election"]["phase"] == "counted"
    assert [task["kind"] for task in state["tasks"]] == ["approval"]


def test_a_partial_that_was_changed_is_refused(closed: Desk) -> None:
    closed.election.start_count()
    changed: Any = a_partial(closed, 1)
    changed["decryptions"][0] = changed["decryptions"][1]
    refused = closed.post("/partial", changed, 1)
    assert refused.status_code == 422
    assert closed.state()["count"]["partials"] == []


def sign_as(desk: Desk, index: int, kind: str, number: int, *parts: bytes) -> Any:  # noqa: ANN401
    signature = sign(desk.election.seeds[index - 1], kind, *parts).hex()
    value = {"kind": kind, "number": number, "signature": signature}
    return desk.post("/sign", value, index)


def test_the_protocol_is_approved_by_signatures(closed: Desk) -> None:
    closed.election.count()
    task = closed.state()["tasks"][0]
    assert task["needed"] == 2
    protocol = digest("protocol", encode_json(task["protocol"]))
    assert protocol.hex() == task["digest"]
    fingerprint = bytes.fromhex(task["fingerprint"])
    other = sign_as(closed, 1, "approval", 1, fingerprint, bytes(32))
    assert (other.status_code, other.get_json()["error"]) == (422, "SignatureRefused")
    first = sign_as(closed, 1, "approval", 1, fingerprint, protocol)
    assert first.get_json() == {"effective": False}
    assert closed.state(2)["tasks"][0]["signed_by"] == [1]
    second = sign_as(closed, 2, "approval", 1, fingerprint, protocol)
    assert second.get_json() == {"effective": True}
    assert closed.state()["election"]["phase"] == "approved"
    late = sign_as(closed, 3, "approval", 1, fingerprint, protocol)
    assert (late.status_code, late.get_json()["error"]) == (409, "UnknownProposal")


def test_paper_results_are_signed(closed: Desk) -> None:
    results = PaperResults(
        groups=(PaperGroup(0, 0, 0), PaperGroup(0, 0, 0)),
        styles=(((0, 0, 0),),),
        signatures=(),
    )
    election = closed.election
    with election.store.begin() as session:
        number = propose_paper(session, election.id, results, actor=ORGANISER, at=AFTER)
    task = closed.state()["tasks"][0]
    assert (task["kind"], task["number"], task["needed"]) == ("paper", number, 2)
    document = {k: v for k, v in task["document"].items() if k != "signatures"}
    fingerprint = election.sealed().fingerprint
    assert paper_parts(fingerprint, results) == (fingerprint, encode_json(document))
    for index in (1, 2):
        parts = (fingerprint, encode_json(document))
        assert sign_as(closed, index, "paper", number, *parts).status_code == 200
    assert closed.state()["tasks"] == []


def test_a_later_deadline_is_signed(desk: Desk) -> None:
    election = desk.election
    for step in (
        election.hold_ceremony,
        election.freeze_roll,
        election.seal,
        election.open,
    ):
        step()
    with election.store.begin() as session:
        number = propose_schedule(
            session,
            election.id,
            closes_at=CLOSES + timedelta(days=1),
            reason="Posten er forsinket",
            actor=ORGANISER,
            at=DURING,
        )
    desk.clock.instant = DURING
    task = desk.state()["tasks"][0]
    assert (task["kind"], task["reason"]) == ("schedule", "Posten er forsinket")
    parts = schedule_parts(
        election.sealed().fingerprint,
        number,
        parse_time(task["opens_at"]),
        parse_time(task["closes_at"]),
        task["reason"],
    )
    for index in (2, 3):
        assert sign_as(desk, index, "schedule", number, *parts).status_code == 200
    assert election.sealed().closes_at == CLOSES + timedelta(days=1)


def test_a_hold_is_shown_with_its_end_and_reason(closed: Desk) -> None:
    closed.election.count()
    closed.election.approve()
    with closed.election.store.begin() as session:
        propose_hold(
            session,
            closed.election.id,
            until=AFTER + timedelta(days=20),
            reason="En klage er ikke avgjort",
            actor=ORGANISER,
            at=AFTER,
        )
    task = closed.state()["tasks"][0]
    assert (task["kind"], task["reason"]) == ("hold", "En klage er ikke avgjort")
    assert parse_time(task["until"]) == AFTER + timedelta(days=20)


def test_a_holder_whose_keys_were_read_back_is_the_same(desk: Desk) -> None:
    holders = Holders.drawn(desk)
    holders.post("/keys", 2, holders.keys(2))
    found = desk.state(1)["ceremony"]["holders"]
    assert HolderKeys.read(found[0]).signing_key == holders.seeds[1].public_key


def test_the_page_is_served_as_it_is_saved_and_under_its_own_policy(desk: Desk) -> None:
    html = (ROOT / "static/single/holder.html").read_bytes()
    shown = desk.client.get(f"/nokkel/{desk.election.id}")
    saved = desk.client.get("/nokkel/urne-nokkelside.html")
    assert shown.data == saved.data == html
    assert "attachment" in saved.headers["Content-Disposition"]
    for answer in (shown, saved):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        own = policy.removesuffix("; frame-ancestors 'none'")
        assert f'content="{own}"' in html.decode()
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("place", ["x", "0" * 31, "../konto", "DIGESTS.json"])
def test_no_other_place_is_a_holders_page(desk: Desk, place: str) -> None:
    assert desk.client.get(f"/nokkel/{place}").status_code == 404
