"""A holder's vault in Node, asked act by act, and what it is asked with."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crypto.encoding import JsonValue, decode_json
from crypto.group import SecretScalar
from crypto.keyfile import HolderSecrets, KeyFileLabel, write_key_file
from crypto.sealing import SealingKey
from crypto.signing import SigningSeed
from tests.javascript.places import HERE, Refused, node_path
from tests.voting.whole_election import NAMES, WholeElection
from voting.board import every_leaf
from voting.ceremony import load_ceremony
from voting.elections import get_election
from voting.holder_desk import read_count, read_sealed

PASSPHRASE = "sju ville svaner over sjøen"


@dataclass(frozen=True, slots=True)
class Vault:
    """One vault, alive as long as its process."""

    process: subprocess.Popen[str]

    def ask(self, act: str, **details: Any) -> Any:  # noqa: ANN401 - JSON
        """Have one act done; raises Refused with the name of the refusal."""
        line = json.dumps({"act": act, "details": details}, default=_bytes)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline(), object_hook=_revived)
        if "refusal" in told:
            raise Refused(f"{told['refusal']}: {told['detail']}")
        return told.get("answer")


@contextmanager
def a_vault() -> Iterator[Vault]:
    """Start a vault in Node."""
    with subprocess.Popen(
        [node_path(), HERE / "holder_vault.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Vault(process)
        assert process.stdin is not None
        process.stdin.close()


def key_file(
    election: WholeElection,
    index: int,
    *,
    share: SecretScalar | None = None,
    seed: SigningSeed | None = None,
) -> bytes:
    """The key file of one holder of an election whose ceremony was held in Python."""
    with election.store.begin() as session:
        row = get_election(session, election.id)
        document = load_ceremony(session, row, 2).document()
    label = KeyFileLabel(
        document.assembly.ceremony, index, NAMES[index - 1], document.title
    )
    secrets = HolderSecrets(
        share or election.shares[index - 1],
        seed or election.seeds[index - 1],
        SealingKey.generate(),
        document.transcript,
    )
    return write_key_file(label, secrets, PASSPHRASE)


def sealed_of(election: WholeElection) -> dict[str, Any]:
    """Manifest and ceremony, as the server tells them."""
    with election.store.begin() as session:
        found: dict[str, Any] = read_sealed(session, election.id)
    return found


def record_of(election: WholeElection) -> dict[str, Any]:
    """What a count needs, as the server tells it."""
    with election.store.begin() as session:
        told = read_count(session, election.id)
        leaves: list[JsonValue] = [
            decode_json(leaf) for leaf in every_leaf(session, election.id)
        ]
    kept = {name: told[name] for name in ("checkpoint", "evidence", "tally")}
    return {**kept, "leaves": leaves, "reports": []}


def _bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError
    return {"$bytes": base64.b64encode(value).decode()}


def _revived(value: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return base64.b64decode(value["$bytes"]) if "$bytes" in value else value
