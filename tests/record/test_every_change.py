"""No value of a record can be changed without a check noticing.

Each file has a check of its own that must notice by itself; what binds the files to
each other, the protocol and its approvals, comes on top of that.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

import pytest

from crypto.encoding import decode_json, encode_json
from crypto.errors import NonCanonicalEncoding
from tests.record.builder import Built, build, plain_plan, revoting_plan
from tests.record.changes import Change, changes_of
from voting.record import RecordParts
from voting.verification.facts import Facts
from voting.verification.runner import CHECKS, run_check, verify_record

BOARD = "board"
FILES = (
    "manifest",
    "ceremony",
    BOARD,
    "checkpoints",
    "evidence",
    "tally",
    "partials",
    "protocol",
    "approvals",
    "paper",
)
OWN_CHECK = {
    "manifest": "Manifest",
    "ceremony": "Ceremony",
    BOARD: "Board",
    "checkpoints": "Board",
    "evidence": "Tokens",
    "tally": "Tally",
    "partials": "Decryption",
    "protocol": "Protocol",
    "approvals": "Approval",
    "paper": "Paper",
}
# Fewer checkpoints, and fewer partial decryptions than all, could each be a record of
# their own: that these are the ones, the protocol says.
BOUND_BY_PROTOCOL = {("checkpoints", "drop"), ("partials", "drop")}
# Two changes a place in the short run; every one in the long.
SAMPLE = 2


@cache
def the_record(revoting: bool = False) -> Built:
    """A record, built once."""
    return build(revoting_plan() if revoting else plain_plan())


def encoded_file(parts: RecordParts, name: str) -> bytes:
    """The bytes of one file; of the board its only one."""
    if name == BOARD:
        assert len(parts.board) == 1
        return parts.board[0]
    encoded = getattr(parts, name)
    assert isinstance(encoded, bytes)
    return encoded


def with_file(parts: RecordParts, name: str, encoded: bytes) -> RecordParts:
    """The record with one file exchanged."""
    if name == BOARD:
        return replace(parts, board=(encoded,))
    exchanged: dict[str, Any] = {name: encoded}
    return replace(parts, **exchanged)


def refusing_check(parts: RecordParts, names: tuple[str, ...]) -> str | None:
    """The first of these checks that refuses a record, or none."""
    facts = Facts(parts)
    checks = dict(CHECKS)
    for name in ("Files", *names):
        if not run_check(0, name, checks[name], facts).passed:
            return name
    return None


def require_refused(parts: RecordParts, name: str, change: Change) -> None:
    """Fail unless the file's own check, or what binds the file, notices a change."""
    try:
        encoded = encode_json(change.value)
    except NonCanonicalEncoding:  # nobody can write it
        return
    where = (name, change.kind)
    own = ("Protocol",) if where in BOUND_BY_PROTOCOL else (OWN_CHECK[name],)
    refused = refusing_check(with_file(parts, name, encoded), own)
    assert refused, f"{name}: {change.path} {change.kind} goes unnoticed"


def changes_in(parts: RecordParts, name: str) -> Iterator[Change]:
    """Every change of a file."""
    value = decode_json(encoded_file(parts, name), limit=2**26)
    return changes_of(value)


def sampled(found: Iterator[Change]) -> list[Change]:
    """Some of each kind of place, others in each run of a new record."""
    places: dict[str, list[Change]] = {}
    for change in found:
        places.setdefault(change.place, []).append(change)
    return list(
        chain.from_iterable(
            sorted(changes, key=lambda change: _rank(change.path))[:SAMPLE]
            for changes in places.values()
        )
    )


def _rank(path: object) -> bytes:
    return hashlib.sha256(repr(path).encode()).digest()


@pytest.mark.parametrize("revoting", [False, True])
def test_an_untouched_record_is_verified(revoting: bool) -> None:
    report = verify_record(the_record(revoting).parts)
    assert [result for result in report.results if not result.passed] == []
    assert len(report.results) == 12


@pytest.mark.parametrize("name", FILES)
def test_changes_of_every_kind_are_noticed(name: str) -> None:
    parts = the_record().parts
    changes = sampled(changes_in(parts, name))
    assert len(changes) >= 15
    for change in changes:
        require_refused(parts, name, change)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("revoting", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_every_single_change_is_noticed(name: str, revoting: bool) -> None:
    parts = the_record(revoting).parts
    if name == "paper" and parts.paper is None:
        assert revoting
        return
    for change in changes_in(parts, name):
        require_refused(parts, name, change)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_election_is_noticed(name: str) -> None:
    parts, other = the_record().parts, build(plain_plan((5, 6, 0, 6))).parts
    mixed = with_file(parts, name, encoded_file(other, name))
    assert not verify_record(mixed).passed


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [b"", b"null", b"[]", b"{}", b"\xff", b"[1]"])
def test_a_file_of_another_form_is_a_failed_check_and_no_crash(
    name: str, damage: bytes
) -> None:
    report = verify_record(with_file(the_record().parts, name, damage))
    failed = {result.name for result in report.results if not result.passed}
    assert OWN_CHECK[name] in failed
    assert len(report.results) == 12


def test_white_space_is_noticed_in_every_file() -> None:
    parts = the_record().parts
    for name in FILES:
        spaced = encoded_file(parts, name) + b"\n"
        assert refusing_check(with_file(parts, name, spaced), ()) == "Files"


def test_paper_that_was_taken_out_is_noticed() -> None:
    parts = replace(the_record().parts, paper=None)
    assert refusing_check(parts, ("Protocol",)) == "Protocol"


def test_one_failed_check_hides_no_other() -> None:
    parts = the_record().parts
    value = decode_json(parts.approvals)
    assert isinstance(value, dict)
    damaged = replace(
        parts,
        approvals=encode_json({**value, "approved_at": "2027-04-01T00:00:00Z"}),
        paper=None,
    )
    failed = {each.name for each in verify_record(damaged).results if not each.passed}
    assert failed == {"Approval", "Protocol"}
