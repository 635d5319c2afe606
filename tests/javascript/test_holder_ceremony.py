"""A holder's part in the ceremony, the server and the other holders not believed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from crypto.ceremony import (
    deal_share,
    post_commit,
    post_keys,
    post_reveal,
    sign_transcript,
    verify_rehearsal,
    verify_transcript_signature,
)
from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    HolderKeys,
    Rehearsal,
    Reveal,
    TranscriptSignature,
)
from crypto.ceremony_openings import (
    ShareOpening,
    is_right_opening,
    open_in_public,
    sign_complaint,
    verify_opening,
)
from crypto.ceremony_record import verify_document
from crypto.encoding import JsonValue
from crypto.group import mul_base
from crypto.integers import u16
from crypto.keyfile import read_key_file
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, verify_signature
from tests.javascript.holder_vault import PASSPHRASE, Vault, a_vault
from tests.javascript.places import Refused

CEREMONY = bytes(range(16))
NAMES = ("Kari Nordmann", "Ola Hansen", "Siri Berg")
SEAT = {"ceremony": CEREMONY.hex(), "index": 1, "name": NAMES[0]}
OTHERS = (2, 3)


@dataclass(slots=True)
class Table:
    """The vault's holder, number 1, and the two others, played in Python."""

    vault: Vault
    draft: str = ""
    words: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    seeds: dict[int, SigningSeed] = field(default_factory=dict)
    sealing: dict[int, SealingKey] = field(default_factory=dict)
    polynomials: dict[int, Polynomial] = field(default_factory=dict)

    def until_words(self) -> None:
        """Everybody posts keys, and the vault shows its words."""
        begun = self.vault.ask("begin", seat=SEAT, passphrase=PASSPHRASE)
        self.draft = begun["draft"]
        holders = [begun["entry"]]
        for i in OTHERS:
            self.seeds[i] = SigningSeed.generate()
            self.sealing[i] = SealingKey.generate()
            self.polynomials[i] = Polynomial.draw(2)
            key = self.sealing[i].public_key
            made = post_keys(CEREMONY, i, NAMES[i - 1], self.seeds[i], key)
            holders.append(made.entry)
        self.document = {
            "ceremony": CEREMONY.hex(),
            "commits": [],
            "format": "urne/v1/ceremony",
            "holders": holders,
            "reveals": [],
            "shares": [],
            "threshold": 2,
            "title": "Lønnsoppgjør 2027",
        }
        self.words = self.vault.ask("words", document=self.document)["words"]

    def until_commits(self) -> None:
        """The words are compared, and everybody commits."""
        self.until_words()
        told = self.vault.ask("confirm", document=self.document, words=self.words)
        self.draft = told["draft"]
        others = [
            post_commit(self.assembly, i, self.polynomials[i], self.seeds[i]).entry
            for i in OTHERS
        ]
        self.document["commits"] = [told["entry"], *others]

    def until_reveals(self) -> None:
        """Everybody reveals."""
        self.until_commits()
        own = self.vault.ask("reveal", document=self.document)["entry"]
        others = [
            post_reveal(self.assembly, i, self.polynomials[i], self.seeds[i]).entry
            for i in OTHERS
        ]
        self.document["reveals"] = [own, *others]

    def until_shares(self, *, bad_dealer: int | None = None) -> None:
        """Everybody deals; one may deal from another polynomial."""
        self.until_reveals()
        shares = list(self.vault.ask("deal", document=self.document)["entries"])
        for i in OTHERS:
            shares += [self._share(i, j, bad_dealer) for j in (1, 2, 3)]
        self.document["shares"] = shares

    @property
    def assembly(self) -> Assembly:
        """All keys, as Python reads them."""
        holders = tuple(map(HolderKeys.read, self.document["holders"]))
        return Assembly(CEREMONY, 2, holders)

    def transcript(self) -> CeremonyDocument:
        """The document, as Python reads it."""
        return CeremonyDocument.read(self.document)

    def _share(self, i: int, j: int, bad_dealer: int | None) -> JsonValue:
        # Sealed and bound to what was revealed, but of another polynomial.
        dealt = deal_share(self.assembly, i, j, self.polynomials[i], self.seeds[i])
        if i != bad_dealer:
            return dealt.entry
        other = deal_share(self.assembly, i, j, Polynomial.draw(2), self.seeds[i])
        return resigned(self, i, j, other.sealed)


def resigned(table: Table, i: int, j: int, sealed: bytes) -> JsonValue:
    """A share with the dealer's signature over the points that were revealed."""
    from crypto.ceremony_messages import Reveal, encode_points  # noqa: PLC0415
    from crypto.encoding import encode_base64  # noqa: PLC0415
    from crypto.signing import sign  # noqa: PLC0415

    points = encode_points(Reveal.read(table.document["reveals"][i - 1]).points)
    keys = table.assembly.keys
    parts = (CEREMONY, keys, u16(i), u16(j), points, sealed)
    signature = sign(table.seeds[i], "ceremony/share", *parts)
    return {
        "dealer": i,
        "recipient": j,
        "sealed": encode_base64(sealed),
        "signature": signature.hex(),
    }


@pytest.fixture
def table() -> Iterator[Table]:
    with a_vault() as vault:
        yield Table(vault)


def test_a_holder_comes_from_keys_to_a_rehearsed_file(table: Table) -> None:
    table.until_shares()
    checked = table.vault.ask("check", document=table.document, openings=[])
    assert checked["complaint"] is None
    document = table.transcript()
    signed = TranscriptSignature.read(checked["signature"])
    verify_transcript_signature(table.assembly, document.transcript, signed)
    file = table.vault.ask("keyFile", document=table.document, openings=[])["file"]
    label, secrets = read_key_file(file, PASSPHRASE)
    assert (label.index, label.name, label.title) == (1, NAMES[0], document.title)
    outcome = verify_document(document)
    assert mul_base(secrets.share) == outcome.share_keys[0]
    assert secrets.transcript == document.transcript
    signatures: list[JsonValue] = [checked["signature"]]
    for i in OTHERS:
        made = sign_transcript(document.transcript, i, table.seeds[i])
        signatures.append(made.entry)
    ceremony = {"document": table.document, "signatures": signatures}
    asked: dict[str, Any] = {"file": file, "ceremony": ceremony, "index": 1}
    entry = table.vault.ask("rehearse", **asked, passphrase=PASSPHRASE)["entry"]
    key = outcome.share_keys[0]
    verify_rehearsal(document.transcript, key, Rehearsal.read(entry))
    with pytest.raises(Refused, match="OtherKeyFile"):
        table.vault.ask("rehearse", **{**asked, "index": 2}, passphrase=PASSPHRASE)


def test_a_bad_share_names_its_dealer_and_the_word_is_signed(table: Table) -> None:
    table.until_shares(bad_dealer=3)
    checked = table.vault.ask("check", document=table.document, openings=[])
    assert checked["signature"] is None
    assert checked["complaint"]["dealer"] == 3
    verify_signature(
        table.assembly.holder(1).signing_key,
        bytes.fromhex(checked["complaint"]["signature"]),
        "ceremony/bad-share",
        CEREMONY,
        u16(3),
        u16(1),
    )
    with pytest.raises(Refused, match="BadShare"):
        table.vault.ask("keyFile", document=table.document, openings=[])


def test_the_opened_share_is_used_where_it_is_right(table: Table) -> None:
    table.until_shares(bad_dealer=3)
    right = open_in_public(
        table.assembly, 3, 1, table.polynomials[3], table.seeds[3]
    ).entry
    other = open_in_public(table.assembly, 3, 1, Polynomial.draw(2), table.seeds[3])
    asked: dict[str, Any] = {"document": table.document}
    with pytest.raises(Refused, match="BadSignature"):
        # Signed over points that were never revealed.
        table.vault.ask("check", **asked, openings=[other.entry])
    checked = table.vault.ask("check", **asked, openings=[right])
    assert checked["complaint"] is None
    file = table.vault.ask("keyFile", **asked, openings=[right])["file"]
    _, secrets = read_key_file(file, PASSPHRASE)
    outcome = verify_document(table.transcript())
    assert mul_base(secrets.share) == outcome.share_keys[0]


def test_a_holder_opens_only_the_share_that_its_recipient_complained_of(
    table: Table,
) -> None:
    table.until_shares()
    signed = sign_complaint(CEREMONY, 1, 2, table.seeds[2]).hex()
    complaint = {"by": 2, "dealer": 1, "signature": signed}
    asked: dict[str, Any] = {"document": table.document}
    for change, refusal in (
        ({"by": 3}, "BadSignature"),
        ({"dealer": 3}, "NotOwnShare"),
        ({"by": 1}, "NotOwnShare"),
        ({"signature": "00" * 64}, "BadSignature"),
    ):
        with pytest.raises(Refused, match=refusal):
            table.vault.ask("openShare", **asked, complaint={**complaint, **change})
    entry = table.vault.ask("openShare", **asked, complaint=complaint)["entry"]
    opening = ShareOpening.read(entry)
    reveal = Reveal.read(table.document["reveals"][0])
    verify_opening(table.assembly, reveal, opening)
    assert (opening.dealer, opening.recipient) == (1, 2)
    assert is_right_opening(reveal, opening)


def test_every_page_reckons_what_an_opened_share_is_worth(table: Table) -> None:
    table.until_shares(bad_dealer=3)
    signed = sign_complaint(CEREMONY, 3, 2, table.seeds[2]).hex()
    opening = open_in_public(
        table.assembly, 3, 2, table.polynomials[3], table.seeds[3]
    ).entry
    dispute = {"by": 2, "dealer": 3, "opening": opening, "signature": signed}
    asked: dict[str, Any] = {"document": table.document}
    told = table.vault.ask("judge", **asked, dispute={**dispute, "right": True})
    assert told == {"isRight": True}
    for change, refusal in (
        ({"right": False}, "VerdictDiffers"),
        ({"signature": "00" * 64, "right": True}, "BadSignature"),
        ({"by": 1, "right": True}, "BadSignature"),
    ):
        with pytest.raises(Refused, match=refusal):
            table.vault.ask("judge", **asked, dispute={**dispute, **change})
    # Unanswered, it is a complaint all the same, and nobody has been proven wrong.
    waiting = {**dispute, "opening": None, "right": None}
    assert table.vault.ask("judge", **asked, dispute=waiting) == {"isRight": None}
    own = sign_complaint(CEREMONY, 2, 2, table.seeds[2]).hex()
    changes: list[tuple[dict[str, Any], str]] = [
        ({"right": False}, "VerdictDiffers"),
        ({"right": True}, "VerdictDiffers"),
        ({"signature": "00" * 64}, "BadSignature"),
        ({"dealer": 1}, "BadSignature"),
        ({"dealer": 2, "signature": own}, "NonCanonicalEncoding"),
    ]
    for changed, expected in changes:
        with pytest.raises(Refused, match=expected):
            table.vault.ask("judge", **asked, dispute={**waiting, **changed})


def test_the_server_cannot_swap_the_holders_own_keys(table: Table) -> None:
    table.until_words()
    changed = copy.deepcopy(table.document)
    seed, key = SigningSeed.generate(), SealingKey.generate().public_key
    changed["holders"][0] = post_keys(CEREMONY, 1, NAMES[0], seed, key).entry
    for act in ("words", "commit"):
        with pytest.raises(Refused, match="OwnKeysReplaced"):
            table.vault.ask(act, document=changed)


def test_the_server_cannot_swap_keys_after_the_words(table: Table) -> None:
    table.until_words()
    changed = copy.deepcopy(table.document)
    seed, key = SigningSeed.generate(), SealingKey.generate().public_key
    changed["holders"][2] = post_keys(CEREMONY, 3, NAMES[2], seed, key).entry
    other = table.vault.ask("words", document=changed)["words"]
    assert other != table.words
    with pytest.raises(Refused, match="KeysChanged"):
        table.vault.ask("confirm", document=changed, words=table.words)
    table.vault.ask("confirm", document=table.document, words=table.words)
    for act in ("commit", "reveal", "deal", "check", "keyFile"):
        with pytest.raises(Refused, match="KeysChanged"):
            table.vault.ask(act, document=changed, openings=[])


def test_nothing_is_dealt_before_the_words_are_compared(table: Table) -> None:
    table.until_words()
    for act in ("commit", "reveal", "deal", "check", "keyFile"):
        with pytest.raises(Refused, match="WordsNotCompared"):
            table.vault.ask(act, document=table.document, openings=[])


def test_another_threshold_or_ceremony_is_noticed(table: Table) -> None:
    table.until_commits()
    with pytest.raises(Refused, match="ImpossibleThreshold"):
        table.vault.ask("reveal", document={**table.document, "threshold": 1})
    other = {**table.document, "ceremony": "ff" * 16}
    with pytest.raises(Refused, match="OtherCeremony"):
        table.vault.ask("reveal", document=other)


def test_what_others_reveal_must_be_what_they_committed_to(table: Table) -> None:
    table.until_reveals()
    changed = copy.deepcopy(table.document)
    polynomial = Polynomial.draw(2)
    made = post_reveal(table.assembly, 3, polynomial, table.seeds[3])
    changed["reveals"][2] = made.entry
    with pytest.raises(Refused, match="CommitmentMismatch"):
        table.vault.ask("deal", document=changed)


def test_a_message_is_made_once(table: Table) -> None:
    table.until_reveals()
    again = table.vault.ask("reveal", document=table.document)["entry"]
    assert again == table.document["reveals"][0]
    dealt = [table.vault.ask("deal", document=table.document) for _ in range(2)]
    assert dealt[0] == dealt[1]


def test_a_reload_goes_on_with_the_same_keys_and_the_same_words(table: Table) -> None:
    table.until_commits()
    assert PASSPHRASE not in table.draft
    with a_vault() as after:
        with pytest.raises(Refused, match="WrongPassphrase"):
            after.ask("resume", draft=table.draft, passphrase="en annen")
        told = after.ask("resume", draft=table.draft, passphrase=PASSPHRASE)
        assert told["entry"] == table.document["holders"][0]
        assert told["isConfirmed"] is True
        again = after.ask("commit", document=table.document)["entry"]
        assert again == table.document["commits"][0]
        changed = copy.deepcopy(table.document)
        seed, key = SigningSeed.generate(), SealingKey.generate().public_key
        changed["holders"][2] = post_keys(CEREMONY, 3, NAMES[2], seed, key).entry
        with pytest.raises(Refused, match="KeysChanged"):
            after.ask("reveal", document=changed)


def test_suggested_passphrases_differ_and_are_seven_words() -> None:
    with a_vault() as vault:
        suggested = [vault.ask("suggest") for _ in range(5)]
    assert len(set(suggested)) == 5
    assert {len(each.split(" ")) for each in suggested} == {7}
