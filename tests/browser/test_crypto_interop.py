"""Boxes, signatures, ceremonies and key files: each side opens the other's."""

from typing import Any

import pytest

from crypto.ceremony_messages import (
    CeremonyDocument,
    Commit,
    HolderKeys,
    Rehearsal,
    Reveal,
    SealedShare,
    TranscriptSignature,
)
from crypto.ceremony_record import CeremonyRecord, verify_ceremony
from crypto.encoding import decode_json, encode_json
from crypto.errors import BadSignature, NonCanonicalEncoding
from crypto.keyfile import HolderSecrets, KeyFileLabel, read_key_file, write_key_file
from crypto.notes import NoteKey, parse_note, sign_note, verify_note
from crypto.sealing import SealingKey, seal, unseal
from crypto.signing import SigningSeed, sign_raw, verify_raw, verify_signature
from tests.javascript import elections
from tests.javascript.places import Ask, Refused
from tests.voting.manifests import a_manifest, seed_of
from voting.manifest import encode_manifest

PASSPHRASE = "løvetann på Ål"
TALLY = bytes(range(100, 132))


def test_box_sealed_by_one_is_opened_by_the_other(ask: Ask) -> None:
    key = SealingKey.generate()
    plain = b"a share of the key"
    sealed = bytes.fromhex(ask("seal_to", key=key.public_key.hex(), plain=plain.hex()))
    assert len(sealed) == len(plain) + 48
    assert unseal(key, sealed) == plain
    back = ask(
        "unseal", secret=key.secret.hex(), sealed=seal(key.public_key, plain).hex()
    )
    assert bytes.fromhex(back) == plain


def test_changed_box_is_refused_by_javascript(ask: Ask) -> None:
    key = SealingKey.generate()
    sealed = bytearray(seal(key.public_key, b"x"))
    sealed[-1] ^= 1
    with pytest.raises(Refused, match="UnsealRefused"):
        ask("unseal", secret=key.secret.hex(), sealed=sealed.hex())


def test_signature_of_javascript_holds_in_python(ask: Ask) -> None:
    seed = SigningSeed.generate()
    signature = ask("sign", seed=seed.secret.hex(), tag="test", parts=["00", "ff"])
    verify_signature(
        seed.public_key, bytes.fromhex(signature), "test", b"\x00", b"\xff"
    )


def test_signature_of_python_holds_in_javascript(ask: Ask) -> None:
    seed = SigningSeed.generate()
    signed = {
        "key": seed.public_key.hex(),
        "signature": sign_raw(seed, b"m").hex(),
    }
    assert ask("verify", **signed, message=b"m".hex())
    with pytest.raises(Refused, match="BadSignature"):
        ask("verify", **signed, message=b"n".hex())


def test_no_odd_signature_holds_on_one_side_alone(ask: Ask) -> None:
    verdicts = {
        odd["name"]: (odd["holds"], _holds_in_python(odd))
        for odd in ask("odd_signatures")
    }
    assert [name for name, (ours, theirs) in verdicts.items() if ours != theirs] == []
    assert verdicts["plain"] == (True, True)
    for name in ("nonce zero", "key of order 8", "S plus the order", "mixed nonce"):
        assert verdicts[name] == (False, False)
    assert {ours for name, (ours, _) in verdicts.items() if "mixed" in name} == {
        True,
        False,
    }


def _holds_in_python(odd: dict[str, str]) -> bool:
    key, signature, message = (
        bytes.fromhex(odd[field]) for field in ("key", "signature", "message")
    )
    try:
        verify_raw(key, signature, message)
    except BadSignature:
        return False
    return True


def test_note_cosigned_by_javascript_holds_in_python(ask: Ask) -> None:
    service, witness = SigningSeed.generate(), SigningSeed.generate()
    note = sign_note("log\n0\n", "service.urne", service).encoded
    both = parse_note(ask("cosign", note=note, name="ø.no", seed=witness.secret.hex()))
    keys = [
        NoteKey("service.urne", service.public_key),
        NoteKey("ø.no", witness.public_key),
    ]
    assert verify_note(both, keys) == ("service.urne", "ø.no")


@pytest.mark.parametrize(
    "value",
    [
        {"a": '\u2028\x7f\x00\n"\\/æ😀', "B": [True, None, -(2**53) + 1], "b": {}},
        "\ud7ff\ue000",
        [[], {}, "", 0],
    ],
    ids=["text", "edges", "empty"],
)
def test_canonical_json_is_the_same_bytes(ask: Ask, value: Any) -> None:  # noqa: ANN401 - any JSON
    encoded = encode_json(value)
    assert bytes.fromhex(ask("canonical", encoded=encoded.hex())) == encoded


@pytest.mark.parametrize(
    "encoded",
    [
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"\xc3\xa5":1}',
        b"[1.0]",
        b"[-0]",
        b"[1e2]",
        b"[9007199254740992]",
        b"[ ]",
        b'["\\u0041"]',
        b'["\\ud800"]',
        b"\xef\xbb\xbf[]",
        b'["\xff"]',
        b"[" * 34 + b"]" * 34,
        b'"\\/"',
        b"",
    ],
)
def test_other_json_is_refused_by_both(ask: Ask, encoded: bytes) -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_json(encoded)
    with pytest.raises(Refused, match="NonCanonicalEncoding"):
        ask("canonical", encoded=encoded.hex())


def test_holder_in_javascript_takes_part_in_a_ceremony(ask: Ask) -> None:
    inside = elections.holders()[1]
    entry = ask(
        "holder",
        ceremony=elections.CEREMONY.hex(),
        index=2,
        name=elections.NAMES[1],
        secrets=inside.secrets,
    )
    assert HolderKeys.read(entry) == elections.assembly().holders[1]
    document = elections.ceremony_document()
    dealing = {
        "ceremony": elections.CEREMONY.hex(),
        "threshold": elections.THRESHOLD,
        "holders": [each.entry for each in elections.assembly().holders],
        "index": 2,
        "polynomial": [each.encoded.hex() for each in inside.polynomial.coefficients],
        "secrets": inside.secrets,
    }
    reveals, shares = list(document.reveals), list(document.shares)
    assert Commit.read(ask("commit", **dealing)) == document.commits[1]
    reveals[1] = Reveal.read(ask("reveal", **dealing))
    shares[3:6] = map(SealedShare.read, ask("shares", **dealing))
    mixed = CeremonyDocument(
        document.title,
        document.assembly,
        document.commits,
        tuple(reveals),
        tuple(shares),
    )
    _finish_in_javascript(ask, mixed)


def _finish_in_javascript(ask: Ask, document: CeremonyDocument) -> None:
    signatures, rehearsals = [], []
    for holder in elections.holders():
        finished = ask(
            "finish",
            document=document.document,
            index=holder.index,
            secrets=holder.secrets,
        )
        expected = elections.share_of(holder.index).encoded.hex()
        assert finished["share"] == expected
        signatures.append(TranscriptSignature.read(finished["signature"]))
        rehearsals.append(Rehearsal.read(finished["rehearsal"]))
    record = CeremonyRecord(document, tuple(rehearsals), tuple(signatures))
    assert verify_ceremony(record).election_key == elections.outcome().election_key
    transcript = ask("verify_ceremony", record=record.entry)
    assert bytes.fromhex(transcript) == document.transcript


def test_ceremony_of_python_is_verified_by_javascript(ask: Ask) -> None:
    record = elections.ceremony_record()
    transcript = ask("verify_ceremony", record=record.entry)
    assert bytes.fromhex(transcript) == record.document.transcript


def test_key_file_of_python_is_opened_by_javascript(ask: Ask) -> None:
    label, held = _key_file()
    file = write_key_file(label, held, PASSPHRASE)
    opened = ask(
        "open_key_file", file=file.hex(), passphrase=PASSPHRASE, tally=TALLY.hex()
    )
    assert opened["share"] == held.share.encoded.hex()
    assert opened["signing_seed"] == held.signing_seed.secret.hex()
    assert opened["sealing_key"] == held.sealing_key.secret.hex()
    assert opened["transcript"] == held.transcript.hex()
    assert opened["label"]["name"] == label.name
    used = bytes.fromhex(opened["tallied"])
    assert read_key_file(used, PASSPHRASE) == (label, held.with_tally(TALLY))
    with pytest.raises(Refused, match="OtherTally"):
        ask(
            "open_key_file",
            file=used.hex(),
            passphrase=PASSPHRASE,
            tally=bytes(32).hex(),
        )


def test_key_file_serves_the_election_of_its_ceremony_alone(ask: Ask) -> None:
    label, held = _key_file()
    asked = {
        "file": write_key_file(label, held, PASSPHRASE).hex(),
        "passphrase": PASSPHRASE,
    }
    own = elections.encoded_manifest()
    assert ask("own_election", **asked, manifest=own.hex()) == label.name
    with pytest.raises(Refused, match="OtherElection"):
        ask("own_election", **asked, manifest=encode_manifest(a_manifest()).hex())


def test_key_file_of_javascript_is_opened_by_python(ask: Ask) -> None:
    label, held = _key_file()
    file = ask(
        "create_key_file",
        label={
            "ceremony": label.ceremony.hex(),
            "index": label.index,
            "name": label.name,
            "title": label.title,
        },
        secrets={
            "share": held.share.encoded.hex(),
            "signing_seed": held.signing_seed.secret.hex(),
            "sealing_key": held.sealing_key.secret.hex(),
            "transcript": held.transcript.hex(),
        },
        # Typed on a machine that writes å as two characters.
        passphrase="løvetann pa\u030a A\u030al",
    )
    assert read_key_file(bytes.fromhex(file), PASSPHRASE) == (label, held)


def _key_file() -> tuple[KeyFileLabel, HolderSecrets]:
    label = KeyFileLabel(elections.CEREMONY, 2, "Bo Ø", "Prøve")
    inside = elections.holders()[1]
    held = HolderSecrets(
        share=elections.share_of(2),
        signing_seed=inside.seed,
        sealing_key=inside.sealing,
        transcript=elections.ceremony_document().transcript,
    )
    return label, held


def test_seeds_of_the_election_are_those_of_its_manifest() -> None:
    keys = [holder.signing_key for holder in elections.manifest().holders]
    assert keys == [seed_of(name).public_key for name in elections.NAMES]
