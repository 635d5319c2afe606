"""The holder's tool decrypts one verified sum and nothing else, whoever asks."""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import decode_json, encode_json
from crypto.group import mul_base
from crypto.hashing import digest
from crypto.integers import u64
from crypto.keyfile import read_key_file
from crypto.sealing import seal
from crypto.signing import SigningSeed, sign, verify_signature
from crypto.statements import hold_parts
from crypto.times import parse_time
from infra.config import Settings
from infra.databases import open_store
from infra.token_verifier import TokenVerifier
from tests.conftest import Stores
from tests.javascript.holder_vault import (
    PASSPHRASE,
    Vault,
    a_vault,
    key_file,
    record_of,
    sealed_of,
)
from tests.javascript.places import Refused
from tests.voting.whole_election import (
    AFTER,
    NO,
    ORGANISER,
    YES,
    WholeElection,
    a_new_election,
)
from tests.web.holder_site import holder_settings
from voting import counting as voting_counting
from voting.board import latest_checkpoint
from voting.ceremony import list_seats
from voting.counting import sort_ballots, sum_units
from voting.counting_room import accept_partial
from voting.holder_desk import read_desk
from voting.leaf_signatures import schedule_parts
from voting.lifecycle import read_board_so_far
from voting.paper import PaperGroup, PaperResults, encode_paper, paper_parts
from voting.tables import Tally as TallyRow
from voting.tally import BoardHead, Tally, encode_tally, tally_digest
from voting.verifier_process import IssuerKeys, VerifierServer

ACTS = {
    "begin",
    "check",
    "commit",
    "confirm",
    "count",
    "deal",
    "digest",
    "forget",
    "inspect",
    "judge",
    "keyFile",
    "openShare",
    "rehearse",
    "report",
    "resume",
    "reveal",
    "sign",
    "speed",
    "suggest",
    "unlock",
    "verifyRecord",
    "words",
}
CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a leaf is missing": (lambda r: r["leaves"].pop(3), "CheckpointRefused"),
    "two leaves have changed places": (
        lambda r: r["leaves"].insert(3, r["leaves"].pop(4)),
        "CheckpointRefused",
    ),
    "a ballot is another": (
        lambda r: r["leaves"][4].update(ballot=r["leaves"][3]["ballot"]),
        "CheckpointRefused",
    ),
    "the checkpoint is not signed": (
        lambda r: r.update(checkpoint=r["checkpoint"].replace("\n\n", "x\n\n")),
        "MalformedNote|BadSignature",
    ),
    "there are no leaves": (lambda r: r.update(leaves=[]), "CheckpointRefused"),
    "the tally is of one ballot": (
        lambda r: r["tally"]["units"][0].update(ballots=1),
        "TallyDiffers",
    ),
    "the tally holds one voter's ciphertext": (
        lambda r: r["tally"]["units"][0]["contests"][0].__setitem__(
            0, r["tally"]["units"][0]["contests"][0][1]
        ),
        "TallyDiffers",
    ),
    "the tally has one unit more": (
        lambda r: r["tally"]["units"].append(r["tally"]["units"][0]),
        "TallyDiffers",
    ),
    "the evidence is of nothing": (
        lambda r: [group.update(batches=[]) for group in r["evidence"]["groups"]],
        "ProofRefused",
    ),
}


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_stores: Stores) -> Settings:
    return holder_settings(tmp_path, redis_url, sqlite_stores.urls["service"])


@pytest.fixture
def voted(
    sqlite_stores: Stores, settings: Settings, tmp_path: Path
) -> Iterator[WholeElection]:
    """An open election of two groups; two ballots are in."""
    with a_new_election(sqlite_stores.service, settings, tmp_path) as election:
        election.hold_ceremony()
        election.freeze_roll()
        election.seal()
        election.open()
        election.vote([YES, NO])
        yield election


@pytest.fixture
def counting(voted: WholeElection) -> WholeElection:
    """A closed election with a tally: one unit of two groups, six ballots."""
    voted.vote([YES, YES])
    voted.vote([NO, YES], group=1)
    voted.close()
    voted.start_count()
    return voted


@pytest.fixture
def vault() -> Iterator[Vault]:
    with a_vault() as opened:
        yield opened


def unlock(vault: Vault, election: WholeElection, index: int = 1) -> bytes:
    file = key_file(election, index)
    sealed = sealed_of(election)
    vault.ask("unlock", file=file, passphrase=PASSPHRASE, sealed=sealed, index=index)
    return file


def test_the_vault_has_these_acts_and_no_other(vault: Vault) -> None:
    assert set(vault.ask("acts")) == ACTS
    for act in ("count", "report", "sign", "words", "check", "keyFile", "openShare"):
        with pytest.raises(Refused, match=r"NothingOpened|TypeError"):
            vault.ask(act, **record_like())


def record_like() -> dict[str, Any]:
    return {"checkpoint": "", "leaves": [], "tally": {}, "document": {}, "task": {}}


def test_what_the_tool_counted_the_server_takes(
    counting: WholeElection, vault: Vault
) -> None:
    counted: dict[str, Any] = {}
    for index in (1, 3):
        unlock(vault, counting, index)
        counted = vault.ask("count", **record_of(counting))
        with counting.store.begin() as session:
            is_counted = accept_partial(
                session,
                counting.id,
                index=index,
                value=counted["partial"],
                actor=ORGANISER,
                at=AFTER,
            )
        assert is_counted is (index == 3)
    assert counted["units"] == [{"ballots": 6, "groups": [0, 1], "style": 0}]
    stages = {stage for stage, _ in vault.ask("stages")}
    assert stages == {"ballots", "passphrase", "sums"}


def test_the_key_file_remembers_the_one_tally(
    voted: WholeElection, vault: Vault, tmp_path: Path
) -> None:
    with split_off(voted, tmp_path / "other") as other:
        for election, more in ((voted, [YES, NO, NO]), (other, [NO, YES])):
            election.vote(more)
            election.close()
            election.start_count()
        before = unlock(vault, voted)
        kept = vault.ask("count", **record_of(voted))["file"]
        assert read_key_file(before, PASSPHRASE)[1].tallied is None
        tally = digest("tally", encode_json(record_of(voted)["tally"]))
        assert read_key_file(kept, PASSPHRASE)[1].tallied == tally
        asked = {"file": kept, "passphrase": PASSPHRASE, "index": 1}
        told = vault.ask("unlock", **asked, sealed=sealed_of(voted))
        assert told["hasCounted"] is True
        assert vault.ask("count", **record_of(voted))["file"] == kept
        # The server shows its other face: every signature on it is right.
        with pytest.raises(Refused, match="OtherTally"):
            vault.ask("count", **record_of(other))


@contextmanager
def split_off(election: WholeElection, folder: Path) -> Iterator[WholeElection]:
    """The same election a second time: what a server with two faces can show."""
    original = election.store.engine.url.database
    assert original is not None
    folder.mkdir()
    with (
        sqlite3.connect(original) as source,
        sqlite3.connect(folder / "service") as copied,
    ):
        source.backup(copied)
    source.close()
    copied.close()
    store = open_store("service", f"sqlite:///{folder / 'service'}")
    server = VerifierServer(folder / "v.sock", IssuerKeys.at(folder / "verifier"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    verifier = TokenVerifier(folder / "v.sock")
    boxes = [seal(verifier.public_key(), key.encoded) for key in election.issuers]
    verifier.install_keys(election.id, boxes)
    yield replace(election, store=store, verifier=verifier, marks=[*election.marks])
    server.shutdown()
    server.server_close()
    store.dispose()


def test_nothing_but_the_verified_sum_is_opened(
    counting: WholeElection, vault: Vault
) -> None:
    unlock(vault, counting)
    record = record_of(counting)
    for change, (make, expected) in CHANGES.items():
        changed = copy.deepcopy(record)
        make(changed)
        assert changed != record, change
        with pytest.raises(Refused, match=expected):
            vault.ask("count", **changed)


def test_a_key_file_opens_no_other_election(
    counting: WholeElection, vault: Vault
) -> None:
    file = key_file(counting, 1)
    sealed = sealed_of(counting)
    cheaper = copy.deepcopy(sealed)
    cheaper["manifest"]["ceremony"] = "00" * 32
    stranger = copy.deepcopy(sealed)
    seed = SigningSeed.generate()
    stranger["manifest"]["holders"][1]["signing_key"] = seed.public_key.hex()
    other_key = copy.deepcopy(sealed)
    point = mul_base(counting.shares[0]).encoded.hex()
    other_key["manifest"]["election_key"] = point
    other_key["manifest"]["holders"][0]["share_key"] = sealed["manifest"][
        "election_key"
    ]
    for wrong in (cheaper, stranger, other_key):
        with pytest.raises(Refused, match="OtherCeremony"):
            vault.ask("unlock", file=file, passphrase=PASSPHRASE, sealed=wrong, index=1)
        with pytest.raises(Refused, match="NothingOpened"):
            vault.ask("count", **record_of(counting))


def test_a_key_file_opens_at_its_own_seat_alone(
    counting: WholeElection, vault: Vault
) -> None:
    sealed = sealed_of(counting)
    files = {
        "another seat": (key_file(counting, 2), 1),
        "another's share": (key_file(counting, 1, share=counting.shares[1]), 1),
        "another's signing key": (key_file(counting, 1, seed=counting.seeds[1]), 1),
    }
    for file, index in files.values():
        with pytest.raises(Refused, match="OtherKeyFile"):
            vault.ask(
                "unlock", file=file, passphrase=PASSPHRASE, sealed=sealed, index=index
            )
    with pytest.raises(Refused, match="WrongPassphrase"):
        vault.ask(
            "unlock",
            file=key_file(counting, 1),
            passphrase="en annen",
            sealed=sealed,
            index=1,
        )


def test_weaker_rules_make_another_election_in_which_no_ballot_holds(
    counting: WholeElection, vault: Vault
) -> None:
    sealed = copy.deepcopy(sealed_of(counting))
    sealed["manifest"]["rules"]["suppression_threshold"] = 1
    file = key_file(counting, 1)
    vault.ask("unlock", file=file, passphrase=PASSPHRASE, sealed=sealed, index=1)
    with pytest.raises(Refused, match="CheckpointRefused"):
        vault.ask("count", **record_of(counting))


def test_a_unit_under_the_threshold_is_not_opened(
    voted: WholeElection, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    voted.close()
    monkeypatch.setattr(voting_counting, "opened_units", lambda units, _: units)
    start_count_regardless(voted)
    unlock(vault, voted)
    with pytest.raises(Refused, match="TallyDiffers"):
        vault.ask("count", **record_of(voted))


def start_count_regardless(election: WholeElection) -> None:
    """Reckon a tally of however few ballots, as an unscrupulous server would."""
    with election.store.begin() as session:
        sealed = election.sealed()
        board = read_board_so_far(session, sealed)
        sums = sum_units(sealed.manifest, sort_ballots(board.ballots))
        latest = latest_checkpoint(session, election.id)
        head = BoardHead(latest.size, latest.root)
        encoded = encode_tally(Tally(sealed.fingerprint, head, sums))
        digested = tally_digest(encoded)
        session.add(
            TallyRow(election_id=election.id, document=encoded, digest=digested)
        )


def open_file(vault: Vault, election: WholeElection) -> None:
    file, sealed = key_file(election, 1), sealed_of(election)
    asked = {"name": "k", "file": file, "passphrase": PASSPHRASE, "index": 1}
    vault.ask("open", **asked, sealed=sealed)


def test_many_ballots_need_two_signed_reports(
    counting: WholeElection, vault: Vault
) -> None:
    open_file(vault, counting)
    record = record_of(counting)
    reports = []
    for index in (2, 3):
        unlock(vault, counting, index)
        told = {k: record[k] for k in ("checkpoint", "evidence", "leaves")}
        reports.append(vault.ask("report", **told)["report"])

    def counted(*given: bytes) -> Any:  # noqa: ANN401 - JSON
        above = {**record, "reports": list(given)}
        return vault.ask("countAbove", name="k", most=5, record=above)

    for too_few in ((), reports[:1], (reports[0], reports[0])):
        with pytest.raises(Refused, match="ReportsMissing"):
            counted(*too_few)
    assert counted(*reports)["tally"] == record["tally"]
    for false in false_reports(counting, record):
        with pytest.raises(Refused, match="ReportRefused"):
            counted(reports[0], false)
    changed = copy.deepcopy(record)
    changed["leaves"].pop(3)
    with pytest.raises(Refused, match="CheckpointRefused"):
        vault.ask(
            "countAbove", name="k", most=2, record={**changed, "reports": reports}
        )


def false_reports(election: WholeElection, record: dict[str, Any]) -> list[bytes]:
    """Reports of another board, by nobody, of a failure."""
    fingerprint = election.sealed().fingerprint
    head = record["tally"]["checkpoint"]
    root = bytes.fromhex(head["root"])

    def report(seed: SigningSeed, root: bytes, size: int, **changes: object) -> bytes:
        signature = sign(seed, "report", fingerprint, root, u64(size))
        document = {
            "fingerprint": fingerprint.hex(),
            "format": "urne/v1/report",
            "index": 3,
            "passed": True,
            "root": root.hex(),
            "signature": signature.hex(),
            "size": size,
        }
        return encode_json({**document, **changes})  # type: ignore[dict-item]

    own = election.seeds[2]
    return [
        report(own, bytes(32), head["size"]),
        report(own, root, head["size"] - 1),
        report(SigningSeed.generate(), root, head["size"]),
        report(own, root, head["size"], passed=False),
        report(own, root, head["size"], index=1),
        report(own, root, head["size"], fingerprint="00" * 32),
        report(own, root, head["size"], more=1),
        b"{}",
        b"",
    ]


def test_what_a_holder_signs_the_server_takes(
    counting: WholeElection, vault: Vault
) -> None:
    assert counting.hand_in_partial(1) is False
    assert counting.hand_in_partial(3) is True
    with counting.store.begin() as session:
        seat = list_seats(session, counting.id)[0]
        task = read_desk(session, seat)["tasks"]
    assert isinstance(task, list)
    approval: Any = task[0]
    assert vault.ask("digest", protocol=approval["protocol"]) == approval["digest"]
    unlock(vault, counting)
    signature = bytes.fromhex(vault.ask("sign", task=approval)["signature"])
    fingerprint = counting.sealed().fingerprint
    key = counting.seeds[0].public_key
    parts = (fingerprint, bytes.fromhex(approval["digest"]))
    verify_signature(key, signature, "approval", *parts)
    later: dict[str, Any] = {
        "kind": "schedule",
        "number": 1,
        "opens_at": "2027-03-01T08:00:00Z",
        "closes_at": "2027-03-09T18:00:00Z",
        "reason": "Posten er forsinket på Røst",
    }
    signature = bytes.fromhex(vault.ask("sign", task=later)["signature"])
    moments = (parse_time(later["opens_at"]), parse_time(later["closes_at"]))
    verify_signature(
        key,
        signature,
        "schedule",
        *schedule_parts(fingerprint, 1, *moments, str(later["reason"])),
    )
    until = {"kind": "hold", "number": 2, "until": "2027-05-01T00:00:00Z"}
    hold = {**until, "reason": "Klage"}
    signature = bytes.fromhex(vault.ask("sign", task=hold)["signature"])
    verify_signature(
        key,
        signature,
        "hold",
        *hold_parts(fingerprint, 2, until["until"], "Klage"),  # type: ignore[arg-type]
    )
    results = PaperResults(
        groups=(PaperGroup(3, 1, 0), PaperGroup(0, 0, 2)),
        styles=(((1, 1, 0),),),
        signatures=(),
    )
    document = decode_json(encode_paper(results))
    paper = {"kind": "paper", "number": 1, "document": document}
    signature = bytes.fromhex(vault.ask("sign", task=paper)["signature"])
    verify_signature(key, signature, "paper", *paper_parts(fingerprint, results))


def test_nothing_else_is_signed(counting: WholeElection, vault: Vault) -> None:
    unlock(vault, counting)
    until = "2027-05-01T00:00:00Z"
    refused: list[tuple[dict[str, Any], str]] = [
        ({"kind": "partial", "number": 1}, "NothingToSign"),
        ({"kind": "ceremony/transcript"}, "NothingToSign"),
        ({"kind": "toString"}, "NothingToSign"),
        ({"kind": "report"}, "NothingToSign"),
        ({"kind": "approval", "protocol": {"fingerprint": "0"}}, "OtherProtocol"),
        ({"kind": "hold", "number": 1, "until": "i morgen"}, "NonCanonicalEncoding"),
        ({"kind": "hold", "number": 70000, "until": until}, "RangeError"),
    ]
    for task, expected in refused:
        with pytest.raises(Refused, match=expected):
            vault.ask("sign", task=task)


def test_who_has_counted_approves_no_result_of_another_tally(
    counting: WholeElection, vault: Vault
) -> None:
    unlock(vault, counting)
    kept = vault.ask("count", **record_of(counting))["file"]
    sealed = sealed_of(counting)
    vault.ask("unlock", file=kept, passphrase=PASSPHRASE, sealed=sealed, index=1)
    fingerprint = counting.sealed().fingerprint.hex()
    protocol = {"fingerprint": fingerprint, "tally": "00" * 32}
    with pytest.raises(Refused, match="OtherTally"):
        vault.ask("sign", task={"kind": "approval", "protocol": protocol})
