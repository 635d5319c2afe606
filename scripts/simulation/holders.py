"""A key holder's tool in Python: the ceremony, docs/protocol.md §3.1.

Between the ceremony and the count a holder has nothing but the key file and its
passphrase, so that is all that this keeps as well. The count is in
`scripts.simulation.counting`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crypto.ceremony import (
    deal_share,
    open_all_shares,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
    spoken_words,
    verify_commit,
    verify_keys,
    verify_reveal,
)
from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    Commit,
    HolderKeys,
    Reveal,
)
from crypto.ceremony_record import verify_document
from crypto.keyfile import (
    HolderSecrets,
    KeyFileLabel,
    read_key_file,
    write_key_file,
)
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed
from scripts.simulation.web import HttpClient

WORDS_FILE: Final = Path(__file__).parents[2] / "static/js/crypto/words.json"


class OtherWords(Exception):
    """The holders read different words to each other: somebody is between them."""


class CeremonyWasStopped(Exception):
    """A holder has reported a bad share."""


@dataclass(slots=True)
class _InMemory:
    """What a holder's page has only while the ceremony lasts."""

    seed: SigningSeed
    sealing_key: SealingKey
    polynomial: Polynomial | None = None


class HolderClient:
    """One key holder, who knows the access key of a seat."""

    def __init__(self, origin: str, election: str, access_key: str) -> None:
        """`origin`: the service's; `access_key`: from the link of the key page."""
        self.election = election
        self.key_file = b""
        self.passphrase = ""
        self._http = HttpClient(origin)
        self._headers = {"Authorization": f"Bearer {access_key}"}
        self._path = f"/api/k/{election}"
        self._memory: _InMemory | None = None

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def desk(self) -> dict[str, Any]:
        """Ask where everything stands."""
        return dict(self.get())

    def get(self, path: str = "") -> Any:  # noqa: ANN401 - JSON
        """GET below the election, as this holder."""
        return self._http.get_json(self._path + path, self._headers)

    def post(self, path: str, value: object) -> Any:  # noqa: ANN401 - JSON
        """POST below the election, as this holder."""
        return self._http.post_json(self._path + path, value, self._headers)

    def read_secrets(self) -> tuple[KeyFileLabel, HolderSecrets]:
        """Open the key file; takes about 0.2 seconds and 64 MiB."""
        return read_key_file(self.key_file, self.passphrase)

    def post_keys(self) -> None:
        """Step 1: draw keys, and post their public halves."""
        desk = self.desk()
        seat = desk["seat"]
        self._memory = _InMemory(SigningSeed.generate(), SealingKey.generate())
        keys = post_keys(
            bytes.fromhex(desk["ceremony"]["ceremony"]),
            seat["index"],
            seat["name"],
            self._memory.seed,
            self._memory.sealing_key.public_key,
        )
        self.post("/keys", keys.entry)

    def words(self) -> tuple[str, ...]:
        """Step 2: what this holder reads aloud, all keys being checked."""
        assembly = self._assembly(self.desk())
        for keys in assembly.holders:
            verify_keys(assembly.ceremony, keys)
        return spoken_words(assembly, json.loads(WORDS_FILE.read_text("utf-8")))

    def commit(self) -> None:
        """Step 3: draw a polynomial, and commit to it."""
        desk, memory = self.desk(), self._now()
        assembly = self._assembly(desk)
        memory.polynomial = Polynomial.draw(assembly.threshold)
        index = desk["seat"]["index"]
        commit = post_commit(assembly, index, memory.polynomial, memory.seed)
        self.post("/commit", commit.entry)

    def reveal(self) -> None:
        """Step 4: reveal the points, all commitments being there."""
        desk, memory = self.desk(), self._now()
        assembly = self._assembly(desk)
        for value in desk["ceremony"]["commits"]:
            verify_commit(assembly, Commit.read(value))
        index = desk["seat"]["index"]
        reveal = post_reveal(assembly, index, _drawn(memory), memory.seed)
        self.post("/reveal", reveal.entry)

    def share(self) -> None:
        """Step 5: deal a share to everyone, all points being checked."""
        desk, memory = self.desk(), self._now()
        assembly = self._assembly(desk)
        commits = map(Commit.read, desk["ceremony"]["commits"])
        reveals = map(Reveal.read, desk["ceremony"]["reveals"])
        for commit, reveal in zip(commits, reveals, strict=True):
            verify_reveal(assembly, commit, reveal)
        dealer, polynomial = desk["seat"]["index"], _drawn(memory)
        dealt = [
            deal_share(assembly, dealer, each.index, polynomial, memory.seed).entry
            for each in assembly.holders
        ]
        self.post("/shares", dealt)

    def save(self, passphrase: str) -> None:
        """Steps 6 and 7: open the shares, sign the transcript, save the key file.

        Raises:
            CeremonyWasStopped: somebody has reported a bad share.
            BadShare: one of the own shares is bad.
            CryptoError: a message of somebody does not hold.

        """
        desk, memory = self.desk(), self._now()
        if desk["stopped"] is not None:
            raise CeremonyWasStopped
        document = CeremonyDocument.read(desk["ceremony"])
        outcome = verify_document(document)
        index = desk["seat"]["index"]
        share = open_all_shares(document, index, memory.sealing_key)
        signed = sign_transcript(outcome.transcript, index, memory.seed)
        self.post("/signature", signed.entry)
        label = KeyFileLabel(
            document.assembly.ceremony, index, desk["seat"]["name"], document.title
        )
        secrets = HolderSecrets(
            share, memory.seed, memory.sealing_key, outcome.transcript
        )
        self.keep(label, secrets, passphrase)
        self._memory = None

    def keep(
        self, label: KeyFileLabel, secrets: HolderSecrets, passphrase: str
    ) -> None:
        """Write the key file."""
        self.key_file = write_key_file(label, secrets, passphrase)
        self.passphrase = passphrase

    def rehearse(self) -> None:
        """Step 8: read the saved file back, and show that it holds the share."""
        label, secrets = self.read_secrets()
        rehearsal = rehearse(secrets.transcript, label.index, secrets.share)
        self.post("/rehearsal", rehearsal.entry)

    def _now(self) -> _InMemory:
        if self._memory is None:
            raise RuntimeError("this holder is not in a ceremony")
        return self._memory

    def _assembly(self, desk: Mapping[str, Any]) -> Assembly:
        ceremony = desk["ceremony"]
        return Assembly(
            bytes.fromhex(ceremony["ceremony"]),
            ceremony["threshold"],
            tuple(map(HolderKeys.read, ceremony["holders"])),
        )


def hold_ceremony(holders: Sequence[HolderClient], passphrase: str) -> tuple[str, ...]:
    """Hold the whole ceremony; return the words that all holders have read.

    Raises:
        OtherWords: they have not read the same.
        Refused: the service took a message of somebody for no good.

    """
    _each(holders, HolderClient.post_keys)
    read = {holder.words() for holder in holders}
    if len(read) != 1:
        raise OtherWords
    for round_ in (HolderClient.commit, HolderClient.reveal, HolderClient.share):
        _each(holders, round_)
    for holder in holders:
        holder.save(passphrase)
    _each(holders, HolderClient.rehearse)
    return read.pop()


def _each(
    holders: Sequence[HolderClient], step: Callable[[HolderClient], None]
) -> None:
    for holder in holders:
        step(holder)


def _drawn(memory: _InMemory) -> Polynomial:
    if memory.polynomial is None:
        raise RuntimeError("this holder has not committed")
    return memory.polynomial
