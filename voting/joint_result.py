"""The result of a joint count: a pure function of its elections' protocols (§9).

A union's sums are shown apart where enough votes stand behind them. Those with fewer
are joined, with the next smallest if it takes that, by the rule for voter groups
(`voting.units`). What a union's own protocol would tell of a sum that is shown joined
is kept from the public too (`voting.joint_publication`): nobody takes one from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto.encoding import JsonValue, decode_json, encode_json
from voting.approvals import protocol_digest
from voting.contests import Contest
from voting.decision import Decision
from voting.documents import Item, read_array, read_integer, read_object
from voting.joint import Declaration, declaration_digest, encode_declaration
from voting.manifest_model import Fingerprint, Manifest
from voting.results import decide_contest
from voting.turnout import Turnout
from voting.units import plan_units

FORMAT: Final = "urne/v1/joint-protocol"
_LARGEST_PROTOCOL: Final = 64 * 1024 * 1024
_MOST: Final = 2**32 - 1
_UNION: Final = (
    "fingerprint",
    "organisation",
    "protocol",
    "record",
    "sealed",
    "title",
    "turnout",
)

Votes = tuple[tuple[int, ...], ...]
"""By contest and slot."""


@dataclass(frozen=True, slots=True)
class SiblingResult:
    """What one union brings to a joint count, from its approved protocol."""

    manifest: Manifest
    fingerprint: Fingerprint
    protocol: bytes
    """Digest of its protocol, 32 bytes."""
    record: bytes
    """SHA-256 of its record as a file, 32 bytes."""
    turnout: Turnout
    sealed: int
    """Digital ballots whose sum is never opened: fewer than the threshold."""
    behind: int
    """Ballots behind its sums: digital ones that were opened, and those on paper."""
    votes: Votes


@dataclass(frozen=True, slots=True)
class Part:
    """Unions whose votes are shown as one sum."""

    unions: tuple[int, ...]
    """Places in the declaration, rising."""
    ballots: int
    votes: Votes


@dataclass(frozen=True, slots=True)
class JointContest:
    """The votes of one contest over all unions."""

    contest: Contest
    total: tuple[int, ...]
    turnout: Turnout
    sealed: int
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class JointResult:
    """All that the joint protocol says in numbers."""

    unions: tuple[SiblingResult, ...]
    parts: tuple[Part, ...]
    contests: tuple[JointContest, ...]
    """None where all votes together are fewer than the threshold."""

    def is_shown_alone(self, place: int) -> bool:
        """Tell whether a union's own numbers may be public.

        So too if it has no sums: then there is nothing in them to be taken away.
        """
        if not self.unions[place].behind:
            return True
        return any(part.unions == (place,) for part in self.parts)


def read_sibling(
    manifest: Manifest, fingerprint: Fingerprint, protocol: bytes, record: bytes
) -> SiblingResult:
    """Read what a protocol (§4.11) brings; `record`: SHA-256 of the file.

    Raises:
        NonCanonicalEncoding, DocumentRefused: it is no protocol.

    """
    value = decode_json(protocol, limit=_LARGEST_PROTOCOL)
    if not isinstance(value, dict):
        value = {}
    names = ("contests", "groups", "turnout", "units")
    fields = read_object({name: value.get(name) for name in names}, names)
    turnout = read_object(fields.of("turnout"), ("entitled", "voted"), path="turnout")
    units = [_read_unit(item) for item in fields.array("units")]
    paper = sum(_read_paper(item) for item in fields.array("groups"))
    return SiblingResult(
        manifest=manifest,
        fingerprint=fingerprint,
        protocol=protocol_digest(protocol),
        record=record,
        turnout=Turnout(turnout.integer("voted", 0), turnout.integer("entitled", 0)),
        sealed=sum(ballots for ballots, opened in units if not opened),
        behind=sum(ballots for ballots, opened in units if opened) + paper,
        votes=tuple(_read_total(item) for item in fields.array("contests")),
    )


def read_records(protocol: bytes) -> tuple[bytes, ...]:
    """Return the digests of the records that a joint protocol names, in order.

    Raises:
        NonCanonicalEncoding, DocumentRefused: it is none.

    """
    value = decode_json(protocol)
    unions = value.get("unions") if isinstance(value, dict) else None
    listed = read_array("unions", unions)
    return tuple(each.fields(*_UNION).hexadecimal("record") for each in listed)


def plan_parts(behind: Sequence[int], threshold: int) -> tuple[tuple[int, ...], ...]:
    """Return which unions are shown together, by the ballots behind their sums.

    A union without sums is in no part. Parts that stay under the threshold are left
    out: nothing of them is shown.
    """
    counted = {place: ballots for place, ballots in enumerate(behind) if ballots}
    planned = plan_units(dict.fromkeys(counted, 0), counted, threshold)
    return tuple(unit.groups for unit in planned if unit.ballots >= threshold)


def reckon_joint(unions: Sequence[SiblingResult]) -> JointResult:
    """Add up what the unions bring, in the declaration's order; integers only."""
    threshold = unions[0].manifest.rules.suppression_threshold
    parts = tuple(
        Part(
            places,
            sum(unions[place].behind for place in places),
            _added([unions[place].votes for place in places]),
        )
        for places in plan_parts([each.behind for each in unions], threshold)
    )
    turnout = Turnout(
        sum(each.turnout.voted for each in unions),
        sum(each.turnout.entitled for each in unions),
    )
    contests = unions[0].manifest.contests if parts else ()
    sealed = sum(each.sealed for each in unions)
    return JointResult(
        tuple(unions),
        parts,
        tuple(
            _reckon_contest(contest, [part.votes for part in parts], turnout, sealed)
            for contest in contests
        ),
    )


def encode_joint_protocol(declaration: Declaration, result: JointResult) -> bytes:
    """Write the joint protocol as canonical JSON (docs/protocol.md §9)."""
    first = result.unions[0].manifest
    return encode_json(
        {
            "contests": [_contest(each) for each in result.contests],
            "declaration": declaration_digest(encode_declaration(declaration)).hex(),
            "format": FORMAT,
            "joint": declaration.joint,
            "parts": [_part(each) for each in result.parts],
            "practice": first.practice,
            "threshold": first.rules.suppression_threshold,
            "title": declaration.title,
            "turnout": _turnout(
                Turnout(
                    sum(each.turnout.voted for each in result.unions),
                    sum(each.turnout.entitled for each in result.unions),
                )
            ),
            "unions": [_union(each) for each in result.unions],
        }
    )


def _reckon_contest(
    contest: Contest, votes: Sequence[Votes], turnout: Turnout, sealed: int
) -> JointContest:
    rows = [each[contest.index] for each in votes]
    total = tuple(map(sum, zip(*rows, strict=True)))
    decision = decide_contest(contest, total, turnout, sealed)
    return JointContest(contest, total, turnout, sealed, decision)


def _added(votes: Sequence[Votes]) -> Votes:
    return tuple(
        tuple(map(sum, zip(*rows, strict=True))) for rows in zip(*votes, strict=True)
    )


def _read_unit(item: Item) -> tuple[int, bool]:
    fields = item.fields("ballots", "contests", "groups", "style")
    return fields.integer("ballots", 0), bool(fields.array("contests"))


def _read_paper(item: Item) -> int:
    names = ("ballots", "entitled", "index", "marks", "paper_ballots", "paper_marks")
    return item.fields(*names).integer("paper_ballots", 0)


def _read_total(item: Item) -> tuple[int, ...]:
    names = ("decision", "entitled", "index", "paper", "slots", "total", "voted")
    listed = item.fields(*names).array("total")
    return tuple(read_integer(each.path, each.value, 0, _MOST) for each in listed)


def _contest(result: JointContest) -> dict[str, JsonValue]:
    decision = result.decision
    return {
        "decision": None
        if decision is None
        else {
            "adopted": decision.adopted,
            "binding": decision.binding,
            "tie": decision.tie,
        },
        "index": result.contest.index,
        "sealed": result.sealed,
        "total": list(result.total),
    }


def _part(part: Part) -> dict[str, JsonValue]:
    return {
        "ballots": part.ballots,
        "unions": list(part.unions),
        "votes": [list(row) for row in part.votes],
    }


def _turnout(turnout: Turnout) -> dict[str, JsonValue]:
    return {"entitled": turnout.entitled, "voted": turnout.voted}


def _union(union: SiblingResult) -> dict[str, JsonValue]:
    return {
        "fingerprint": union.fingerprint.hex(),
        "organisation": union.manifest.organisation,
        "protocol": union.protocol.hex(),
        "record": union.record.hex(),
        "sealed": union.sealed,
        "title": union.manifest.title,
        "turnout": _turnout(union.turnout),
    }
