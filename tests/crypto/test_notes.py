"""Signed notes and checkpoints, as C2SP writes them and the protocol narrows them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import decode_base64
from crypto.errors import BadSignature, MalformedNote, UnknownSigner, WrongLength
from crypto.notes import (
    Checkpoint,
    Note,
    NoteKey,
    NoteSignature,
    cosign_note,
    parse_note,
    sign_note,
    verify_note,
)
from crypto.signing import SigningSeed

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/notes.json").read_text("utf-8")
)
SEED = SigningSeed(bytes(range(32)))
WITNESS = SigningSeed(bytes(32))
SERVICE_KEY = NoteKey("service.urne", SEED.public_key)
WITNESS_KEY = NoteKey("revisor.example", WITNESS.public_key)
CHECKPOINT = Checkpoint("urne/v1/" + "9c" * 32, 1204, bytes(range(32)))
NOTE = sign_note(CHECKPOINT.text, "service.urne", SEED)
LINE = NOTE.signatures[0].line


def _key(vector: dict[str, Any]) -> NoteKey:
    """A key as C2SP writes it: name+hash+base64(0x01 || public key)."""
    name, key_hash, encoded = vector["verifier_key"].split("+", 2)
    blob = decode_base64(encoded)
    key = NoteKey(name, blob[1:])
    assert blob[:1] == b"\x01"
    assert key.key_hash.hex() == key_hash
    return key


@pytest.mark.parametrize("vector", VECTORS["notes"], ids=lambda v: v["name"])
def test_notes_of_other_logs_are_read_and_verified(vector: dict[str, Any]) -> None:
    note = parse_note(vector["note"])
    key = _key(vector)
    assert note.encoded == vector["note"]
    assert verify_note(note, [key, SERVICE_KEY]) == (key.name,)
    with pytest.raises(BadSignature):
        verify_note(Note(note.text + "\n", note.signatures), [key])
    if vector["seed"] is not None:
        seed = SigningSeed(bytes.fromhex(vector["seed"]))
        assert sign_note(note.text, key.name, seed) == note
    if vector["checkpoint"] is not None:
        checkpoint = Checkpoint.parse(note.text)
        assert checkpoint.origin == vector["checkpoint"]["origin"]
        assert checkpoint.size == vector["checkpoint"]["size"]


def test_checkpoint_is_written_as_the_protocol_says() -> None:
    assert CHECKPOINT.text == (
        f"urne/v1/{'9c' * 32}\n1204\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )
    assert NOTE.encoded == CHECKPOINT.text + "\n" + LINE
    assert LINE.startswith("— service.urne ")
    assert Checkpoint.parse(NOTE.text) == CHECKPOINT


def test_witnesses_sign_below_the_service() -> None:
    note = cosign_note(NOTE, "revisor.example", WITNESS)
    assert parse_note(note.encoded) == note
    assert verify_note(note, [WITNESS_KEY, SERVICE_KEY]) == (
        "service.urne",
        "revisor.example",
    )


def test_note_with_a_line_by_anyone_else_is_refused() -> None:
    note = cosign_note(NOTE, "revisor.example", WITNESS)
    other_key = NoteKey("revisor.example", SEED.public_key)
    other_name = NoteKey("witness.example", WITNESS.public_key)
    for keys in ([SERVICE_KEY], [], [SERVICE_KEY, other_key, other_name]):
        with pytest.raises(UnknownSigner):
            verify_note(note, keys)


def test_note_with_a_second_line_of_one_signer_is_refused() -> None:
    with pytest.raises(MalformedNote):
        cosign_note(NOTE, "service.urne", SEED)
    with pytest.raises(MalformedNote):
        parse_note(NOTE.encoded + LINE)


def test_signature_over_another_text_is_refused() -> None:
    moved = Note(CHECKPOINT.text.replace("1204", "1205"), NOTE.signatures)
    with pytest.raises(BadSignature):
        verify_note(moved, [SERVICE_KEY])


@given(st.data())
def test_note_with_any_one_character_changed_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE.encoded) - 1))
    character = data.draw(st.characters(codec="utf-8"))
    changed = NOTE.encoded[:place] + character + NOTE.encoded[place + 1 :]
    if changed != NOTE.encoded:
        with pytest.raises((MalformedNote, UnknownSigner, BadSignature)):
            verify_note(parse_note(changed), [SERVICE_KEY])


@pytest.mark.parametrize(
    "text", ["x\n", "\n", "two\n\nparts\n", "\n\n\n", "— not a line\n", "blåbær 😀\n"]
)
def test_text_with_empty_lines_survives(text: str) -> None:
    note = sign_note(text, "service.urne", SEED)
    assert parse_note(note.encoded) == note
    verify_note(note, [SERVICE_KEY])


MALFORMED = [
    "",
    "\n",
    "\n\n",
    "text\n",
    "text\n\n",
    f"text\n{LINE}",
    f"text\n\n{LINE[:-1]}",
    f"text\n\n{LINE}\n",
    f"text\n\n{LINE}text\n",
    f"te\rxt\n\n{LINE}",
    f"te\x00xt\n\n{LINE}",
    f"te\txt\n\n{LINE}",
    f"te\ud800xt\n\n{LINE}",
    f"\n\n{LINE}"[1:],
    LINE,
    "text\n\n" + LINE.replace("— ", "- "),
    "text\n\n" + LINE.replace("— ", "—"),
    "text\n\n" + LINE.replace("— ", "—  "),
    "text\n\n" + LINE.replace("urne ", "urne  "),
    "text\n\n" + LINE.replace("service.", "service+"),
    "text\n\n" + LINE.replace("service.", "service\xa0"),
    "text\n\n" + LINE.replace("service.", "service\x01"),
    "text\n\n" + LINE.replace("service.urne ", ""),
    "text\n\n" + LINE.replace("service.urne", ""),
    "text\n\n" + LINE.replace("\n", "\r\n"),
    "text\n\n" + LINE.replace("=", ""),
    "text\n\n— service.urne AAAAAA==\n",
    "text\n\n— service.urne " + "A" * 92 + "\n",
    "x" * 100_000 + f"\n\n{LINE}",
]


@pytest.mark.parametrize("encoded", MALFORMED, ids=range(len(MALFORMED)))
def test_note_of_another_form_is_refused(encoded: str) -> None:
    with pytest.raises(MalformedNote):
        parse_note(encoded)


def test_note_with_too_many_signatures_is_refused() -> None:
    lines = [
        NoteSignature(f"witness{number}", bytes(4), bytes(64)) for number in range(101)
    ]
    allowed = Note("x\n", tuple(lines[:100]))
    assert parse_note(allowed.encoded) == allowed
    with pytest.raises(MalformedNote):
        Note("x\n", tuple(lines))
    with pytest.raises(MalformedNote):
        parse_note("x\n\n" + "".join(line.line for line in lines))


def test_only_a_proper_text_is_signed() -> None:
    for text in ("", "no newline", "a\x00b\n", "\ud800\n"):
        with pytest.raises(MalformedNote):
            sign_note(text, "service.urne", SEED)
    for name in ("", "a b", "a+b", "a\nb", "a\u2003b", "a\x1bb", "a\udfff"):
        with pytest.raises(MalformedNote):
            sign_note("x\n", name, SEED)
    with pytest.raises(WrongLength):
        NoteKey("a", bytes(31))
    with pytest.raises(WrongLength):
        NoteSignature("a", bytes(3), bytes(64))
    with pytest.raises(WrongLength):
        NoteSignature("a", bytes(4), bytes(63))


ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


NOT_A_CHECKPOINT = [
    "",
    f"\n1\n{ROOT}\n",
    f"origin\n1\n{ROOT}",
    f"origin\n1\n{ROOT}\n\n",
    f"origin\n1\n{ROOT}\nextension\n",
    "origin\n1\n",
    f"origin\n01\n{ROOT}\n",
    f"origin\n-1\n{ROOT}\n",
    f"origin\n+1\n{ROOT}\n",
    f"origin\n 1\n{ROOT}\n",
    f"origin\n\n{ROOT}\n",
    f"origin\n1_0\n{ROOT}\n",
    f"origin\n١\n{ROOT}\n",
    f"origin\n9223372036854775808\n{ROOT}\n",
    f"origin\n{'9' * 5000}\n{ROOT}\n",
    f"origin\n1\n{ROOT[:-1]}\n",
    f"origin\n1\n{ROOT[:-2]}9=\n",
    "origin\n1\nAAAA\n",
    f"ori\tgin\n1\n{ROOT}\n",
    f"origin\r\n1\n{ROOT}\n",
]


@pytest.mark.parametrize("text", NOT_A_CHECKPOINT, ids=range(len(NOT_A_CHECKPOINT)))
def test_checkpoint_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        Checkpoint.parse(text)


def test_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint("origin", 0, bytes(32))
    assert Checkpoint.parse(empty.text) == empty
    with pytest.raises(WrongLength):
        Checkpoint("origin", 0, bytes(31))
    with pytest.raises(MalformedNote):
        Checkpoint("origin", -1, bytes(32))
