"""A key holder's tool in Python: the count and the signatures, docs/protocol.md §3.5.

It is no oracle: it decrypts the one tally that it has reckoned itself, over the public
board, every ballot of which it has verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.keyfile import HolderSecrets, KeyFileLabel
from crypto.signing import sign
from scripts.simulation.holders import HolderClient
from scripts.simulation.web import HttpClient
from voting.approvals import approval_parts, protocol_digest
from voting.partials import make_partial, partial_document
from voting.record import RecordParts, split_board
from voting.tally import tally_digest
from voting.verification.facts import Facts
from voting.verification.runner import CHECKS, CheckResult, run_check

CHECKED: Final = frozenset(
    {
        *("Ceremony", "Manifest", "Board", "Ballots"),
        *("Tokens", "Marks", "Paper", "Tally"),
    }
)
"""The checks of docs/protocol.md §7 that can be made before anything is opened."""

LEAVES_AT_ONCE: Final = 1_000

_LARGEST: Final = 64 * 1024 * 1024


class CountRefused(Exception):
    """The tool does not decrypt: the text says which check failed, and why."""


class ApprovalRefused(Exception):
    """The protocol is not about the tally that this holder has decrypted."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A key file that was opened, and what it is held against."""

    label: KeyFileLabel
    secrets: HolderSecrets
    facts: Facts


def count(holder: HolderClient, board: HttpClient) -> bool:
    """Verify and reckon everything anew, then hand in the partial decryptions.

    `board` asks the service as anybody may. Tells whether the result is there now.

    Raises:
        CountRefused: something does not hold; nothing was decrypted.
        OtherTally: the key file has decrypted another tally.

    """
    told = holder.get("/count")
    opened = _open(holder, told, board)
    tally, manifest = opened.facts.tally, opened.facts.manifest
    partial = make_partial(
        manifest,
        tally,
        index=opened.label.index,
        share=opened.secrets.share,
        signing_seed=opened.secrets.signing_seed,
    )
    # Remembered before anyone sees a decryption.
    remembered = opened.secrets.with_tally(tally_digest(opened.facts.parts.tally))
    holder.keep(opened.label, remembered, holder.passphrase)
    return bool(holder.post("/partial", partial_document(partial))["counted"])


def approve(holder: HolderClient) -> bool:
    """Sign the protocol that lies on the desk; tells whether it is approved now.

    Raises:
        ApprovalRefused: there is none, or it is about something else.

    """
    task = _task(holder, "approval")
    label, secrets = holder.read_secrets()
    protocol: JsonValue = task["protocol"]
    digest = protocol_digest(encode_json(protocol))
    fingerprint = bytes.fromhex(task["fingerprint"])
    if digest.hex() != task["digest"] or not isinstance(protocol, dict):
        raise ApprovalRefused("another digest")
    if protocol["fingerprint"] != task["fingerprint"]:
        raise ApprovalRefused("another election")
    decrypted = secrets.tallied
    if decrypted is not None and protocol["tally"] != decrypted.hex():
        raise ApprovalRefused("another tally")
    parts = approval_parts(fingerprint, digest)
    return _sign(holder, label, secrets, task, parts)


def _sign(
    holder: HolderClient,
    label: KeyFileLabel,
    secrets: HolderSecrets,
    task: dict[str, Any],
    parts: tuple[bytes, ...],
) -> bool:
    if label.index in task["signed_by"]:
        return False
    signature = sign(secrets.signing_seed, task["kind"], *parts)
    sent = {
        "kind": task["kind"],
        "number": task["number"],
        "signature": signature.hex(),
    }
    return bool(holder.post("/sign", sent)["effective"])


def _task(holder: HolderClient, kind: str) -> dict[str, Any]:
    for task in holder.desk()["tasks"]:
        if task["kind"] == kind:
            return dict(task)
    raise ApprovalRefused(f"there is nothing to sign of the kind {kind}")


def _open(holder: HolderClient, told: dict[str, Any], board: HttpClient) -> _Opened:
    label, secrets = holder.read_secrets()
    facts = Facts(_parts(told, _read_board(told, board)))
    if facts.ceremony.transcript != secrets.transcript:
        raise CountRefused("another ceremony than that of the key file")
    results = [
        run_check(number, name, check, facts)
        for number, (name, check) in enumerate(CHECKS, 1)
        if name in CHECKED
    ]
    _require_passed(results)
    return _Opened(label, secrets, facts)


def _require_passed(results: list[CheckResult]) -> None:
    failed = [f"{each.name}: {each.reason}" for each in results if not each.passed]
    if failed:
        raise CountRefused("; ".join(failed))


def _read_board(told: dict[str, Any], board: HttpClient) -> list[bytes]:
    path = f"/s/{told['manifest']['slug']}/tavle/blader"
    leaves: list[bytes] = []
    while len(leaves) < told["size"]:
        query = f"?fra={len(leaves)}&antall={LEAVES_AT_ONCE}"
        part = decode_json(board.get_bytes(path + query), limit=_LARGEST)
        if not isinstance(part, list) or not part:
            raise CountRefused("the board ends before its checkpoint")
        leaves.extend(encode_json(leaf) for leaf in part)
    return leaves


def _parts(told: dict[str, Any], leaves: list[bytes]) -> RecordParts:
    paper = told["paper"]
    return RecordParts(
        manifest=encode_json(told["manifest"]),
        ceremony=encode_json(told["ceremony"]),
        board=tuple(split_board(leaves)),
        checkpoints=encode_json([told["checkpoint"]]),
        evidence=encode_json(told["evidence"]),
        tally=encode_json(told["tally"]),
        # What does not exist yet; none of the checks asks for it.
        partials=b"",
        protocol=b"",
        approvals=b"",
        paper=None if paper is None else encode_json(paper),
    )
