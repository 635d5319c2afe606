"""Checkpoints of the board, and canonical JSON."""

from collections.abc import Iterator

from crypto.encoding import encode_json
from crypto.notes import Checkpoint, NoteKey, cosign_note, sign_note
from crypto.signing import SigningSeed
from tests.vectors.files import Vector
from tests.vectors.making.dice import Dice

DICE = Dice("the board")
SERVICE = SigningSeed(DICE.bytes(32))
WITNESS = SigningSeed(DICE.bytes(32))
STRANGER = SigningSeed(DICE.bytes(32))
CHECKPOINT = Checkpoint(f"urne/v1/{DICE.bytes(32).hex()}", 1204, DICE.bytes(32))
KEYS = (
    NoteKey("service.urne", SERVICE.public_key),
    NoteKey("revisor.example", WITNESS.public_key),
)


def text_vectors() -> Iterator[Vector]:
    """Every vector of the operations `checkpoint` and `json`."""
    yield from _checkpoints()
    yield from _json()


def _checkpoints() -> Iterator[Vector]:
    plain = sign_note(CHECKPOINT.text, "service.urne", SERVICE)
    both = cosign_note(plain, "revisor.example", WITNESS)
    answers = {
        "origin": CHECKPOINT.origin,
        "size": str(CHECKPOINT.size),
        "root": CHECKPOINT.root.hex(),
    }
    for name, note, signers in (
        ("signed", plain, ["service.urne"]),
        ("cosigned", both, ["service.urne", "revisor.example"]),
    ):
        inputs = {**answers, "signers": encode_json(signers).decode()}
        yield _checkpoint(name, "ok", note.encoded, inputs)
    by_stranger = sign_note(CHECKPOINT.text, "service.urne", STRANGER)
    under_service = sign_note(CHECKPOINT.text, "service.urne", SERVICE).encoded
    head, _, line = under_service.rpartition("\n\n")
    bigger = head.replace("\n1204\n", "\n1205\n") + "\n\n" + line
    blob = line.rstrip("\n").rpartition(" ")[2]
    cases = [
        ("other_size", "BadSignature", bigger),
        ("other_key_of_the_name", "UnknownSigner", by_stranger.encoded),
        (
            "unknown_witness",
            "UnknownSigner",
            cosign_note(plain, "fremmed.example", STRANGER).encoded,
        ),
        (
            "other_name",
            "UnknownSigner",
            under_service.replace("service.urne", "tjeneste.urne"),
        ),
        ("signed_twice", "MalformedNote", under_service + line),
        ("without_signature", "MalformedNote", head + "\n\n"),
        ("without_empty_line", "MalformedNote", head + "\n" + line),
        ("without_last_newline", "MalformedNote", under_service[:-1]),
        ("hyphen_for_dash", "MalformedNote", head + "\n\n" + line.replace("—", "-")),
        ("short_signature", "MalformedNote", under_service.replace(blob, blob[:-4])),
        ("carriage_returns", "MalformedNote", under_service.replace("\n", "\r\n")),
    ]
    for name, expect, text in cases:
        yield _checkpoint(name, expect, text, {})
    yield from _misshapen()


def _misshapen() -> Iterator[Vector]:
    """Notes that are signed well over a text that is no checkpoint."""
    origin, size, root, _ = CHECKPOINT.text.split("\n")
    texts = {
        "leading_zero": f"{origin}\n0{size}\n{root}\n",
        "negative_size": f"{origin}\n-1\n{root}\n",
        "no_size": f"{origin}\n\n{root}\n",
        "short_root": f"{origin}\n{size}\n{root[:-4]}\n",
        "root_without_padding": f"{origin}\n{size}\n{root.rstrip('=')}\n",
        "fourth_line": f"{origin}\n{size}\n{root}\nmore\n",
        "two_lines": f"{origin}\n{size}\n",
    }
    for name, text in texts.items():
        note = sign_note(text, "service.urne", SERVICE)
        yield _checkpoint(name, "MalformedNote", note.encoded, {})


def _checkpoint(name: str, expect: str, text: str, answers: dict[str, str]) -> Vector:
    keys = [{"key": key.public_key.hex(), "name": key.name} for key in KEYS]
    inputs = {"keys": encode_json(keys).decode(), **answers}
    comment = "a signed note of the board"
    return Vector(f"checkpoint/{name}", expect, comment, inputs, text.encode())


def _json() -> Iterator[Vector]:
    accepted = {
        "empty_object": "{}",
        "empty_list": "[]",
        "null": "null",
        "text": '"hei"',
        "sorted_keys": '{"A":1,"B":2,"_":3,"a":4}',
        "nested": '{"a":[{"b":[]},{"b":[true,false,null]}]}',
        "norwegian": '"Åse Ødegård spiser blåbærsyltetøy"',
        "beyond_the_first_plane": '"🗳 stemme"',
        "escapes": r'"\"\\\b\f\n\r\t\u0000\u001f/"',
        "delete_is_not_escaped": '"\x7f\u2028"',
        "largest_integer": "9007199254740991",
        "smallest_integer": "-9007199254740991",
    }
    for name, text in accepted.items():
        yield Vector(f"json/{name}", "ok", "written this way", {}, text.encode())
    refused: dict[str, bytes] = {
        "white_space": b'{"a": 1}',
        "line_feed_at_the_end": b"{}\n",
        "byte_order_mark": b"\xef\xbb\xbf{}",
        "unsorted_keys": b'{"b":1,"a":2}',
        "key_twice": b'{"a":1,"a":1}',
        "key_not_ascii": '{"å":1}'.encode(),
        "float": b"1.5",
        "float_of_integer": b"1.0",
        "exponent": b"1e3",
        "minus_zero": b"-0",
        "leading_zero": b"01",
        "plus": b"+1",
        "integer_of_2_to_53": b"9007199254740992",
        "not_a_number": b"NaN",
        "infinity": b"Infinity",
        "escaped_solidus": rb'"\/"',
        "escaped_letter": rb'"\u0041"',
        "escaped_norwegian_letter": rb'"\u00e5"',
        "upper_case_escape": rb'"\u001F"',
        "long_escape_of_line_feed": rb'"\u000a"',
        "escaped_delete": rb'"\u007f"',
        "lone_surrogate": rb'"\ud800"',
        "surrogate_pair_escaped": rb'"\ud83d\ude00"',
        "control_character": b'"\x01"',
        "not_utf8": b'"\xff"',
        "overlong_utf8": b'"\xc0\xaf"',
        "surrogate_in_utf8": b'"\xed\xa0\x80"',
        "trailing_comma": b"[1,]",
        "single_quotes": b"'a'",
        "two_values": b"{}{}",
        "nothing": b"",
    }
    for name, body in refused.items():
        yield Vector(f"json/{name}", "NonCanonicalEncoding", "refused", {}, body)
