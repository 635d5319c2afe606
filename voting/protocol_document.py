"""The protocol of an election: what the committee approves (docs/protocol.md §4.11).

Every byte of it follows from the rest of the record, so that whoever holds the record
can write it anew and compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crypto.encoding import JsonValue, encode_json
from crypto.hashing import digest
from crypto.times import format_time
from voting.board_order import BoardOrder
from voting.decision import Decision
from voting.leaves import AdditionLeaf, ScheduleLeaf
from voting.manifest_model import Fingerprint, Manifest
from voting.reconciliation import Discrepancy, find_discrepancies, require_countable
from voting.results import ContestResult, ElectionResult, UnitResult
from voting.tally import BoardHead

FORMAT: Final = "urne/v1/protocol"
BOUND_FILES: Final = ("ceremony", "checkpoints", "evidence", "paper", "partials")
"""Entries of the record that only the protocol binds as a whole."""


@dataclass(frozen=True, slots=True)
class ProtocolInputs:
    """What a protocol is written from."""

    manifest: Manifest
    fingerprint: Fingerprint
    board: BoardOrder
    """Read to its end."""
    head: BoardHead
    """Of the final checkpoint."""
    result: ElectionResult
    tally: bytes
    """Digest of the tally, 32 bytes."""
    files: Mapping[str, bytes]
    """Bytes of every entry of `BOUND_FILES`, without paper when there was none."""


def file_digest(name: str, encoded: bytes) -> bytes:
    """Return what the protocol names an entry of the record by, 32 bytes."""
    return digest("file", name.encode("ascii"), encoded)


def build_protocol(inputs: ProtocolInputs) -> bytes:
    """Write the protocol as canonical JSON.

    Raises:
        CountStopped: ballots without a right; of such an election there is none.
        KeyError: a file that it must name is not given.

    """
    discrepancies = find_discrepancies(inputs.result.groups)
    require_countable(discrepancies)
    opened, closed = inputs.board.opened, inputs.board.closed
    if opened is None or closed is None:
        raise ValueError("the board has not been read to its end")
    manifest, result = inputs.manifest, inputs.result
    return encode_json(
        {
            "accepted_risks": list(manifest.accepted_risks),
            "additions": [_addition(each) for each in inputs.board.additions],
            "checkpoint": inputs.head.document,
            "closed_at": format_time(closed.at),
            "contests": [_contest(each) for each in result.contests],
            "discrepancies": [_discrepancy(each) for each in discrepancies],
            "files": _files(inputs.files),
            "fingerprint": inputs.fingerprint.hex(),
            "format": FORMAT,
            "groups": _groups(result),
            "opened_at": format_time(opened.at),
            "schedules": [_schedule(each) for each in inputs.board.schedules],
            "tally": inputs.tally.hex(),
            "title": manifest.title,
            "turnout": {
                "entitled": result.turnout.entitled,
                "voted": result.turnout.voted,
            },
            "units": _units(result),
        }
    )


def _files(files: Mapping[str, bytes]) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {
        name: file_digest(name, files[name]).hex()
        for name in BOUND_FILES
        if name != "paper"
    }
    paper = files.get("paper")
    named["paper"] = None if paper is None else file_digest("paper", paper).hex()
    return named


def _groups(result: ElectionResult) -> list[JsonValue]:
    return [
        {
            "ballots": each.ballots,
            "entitled": each.entitled,
            "index": each.group,
            "marks": each.marks,
            "paper_ballots": each.paper_ballots,
            "paper_marks": each.paper_marks,
        }
        for each in result.groups
    ]


def _contest(result: ContestResult) -> dict[str, JsonValue]:
    return {
        "decision": _decision(result.decision),
        "entitled": result.turnout.entitled,
        "index": result.contest,
        "paper": list(result.paper),
        "slots": list(result.digital),
        "total": list(result.total),
        "voted": result.turnout.voted,
    }


def _decision(decision: Decision | None) -> JsonValue:
    if decision is None:
        return None
    return {
        "adopted": decision.adopted,
        "binding": decision.binding,
        "tie": decision.tie,
    }


def _units(result: ElectionResult) -> list[JsonValue]:
    unopened = [UnitResult(unit, ()) for unit in result.unopened]
    units = sorted([*result.units, *unopened], key=lambda each: each.unit.groups)
    return [_unit(each) for each in units]


def _unit(result: UnitResult) -> dict[str, JsonValue]:
    return {
        "ballots": result.unit.ballots,
        "contests": [list(slots) for slots in result.totals],
        "groups": list(result.unit.groups),
        "style": result.unit.style,
    }


def _addition(leaf: AdditionLeaf) -> dict[str, JsonValue]:
    return {"group": leaf.group, "number": leaf.number, "reason": leaf.reason}


def _schedule(leaf: ScheduleLeaf) -> dict[str, JsonValue]:
    return {
        "closes_at": format_time(leaf.closes_at),
        "number": leaf.number,
        "opens_at": format_time(leaf.opens_at),
        "reason": leaf.reason,
    }


def _discrepancy(found: Discrepancy) -> dict[str, JsonValue]:
    return {"group": found.group, "kind": found.kind.value, "number": found.number}
