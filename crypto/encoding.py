"""The one way in which text is written and read (docs/protocol.md §1.5, §1.6).

Every decoder here refuses what its encoder would not have written: two texts that mean
the same would give two digests, and a signature over one could be shown with the other.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

from crypto.errors import NonCanonicalEncoding, WrongLength

JsonValue: TypeAlias = (
    "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

# docs/protocol.md §6.2, for all documents but the board.
DOCUMENT_BYTES = 1024 * 1024
MAX_DEPTH = 32
# JavaScript's numbers are exact below this.
INTEGER_LIMIT = 2**53

BASE32_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_BASE32_VALUES = {symbol: value for value, symbol in enumerate(BASE32_ALPHABET)}
_SYMBOL_BITS = 5
_READ_AS = str.maketrans("OIL", "011", " -")
_LONGEST_INTEGER = len(f"-{INTEGER_LIMIT}")


def encode_json(value: JsonValue) -> bytes:
    """The canonical JSON of a value, in UTF-8 (§1.5).

    Raises NonCanonicalEncoding for floats, integers of 2^53 or more, lone surrogates,
    keys that are not ASCII text, other types, and nesting deeper than 32.
    """
    _require_canonical(value, MAX_DEPTH)
    # dumps escapes what JSON.stringify escapes, and sorts keys by code point, which
    # for ASCII is by byte.
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode("utf-8")


def decode_json(encoded: bytes, *, limit: int = DOCUMENT_BYTES) -> JsonValue:
    """The value of canonical JSON (§1.5) of at most `limit` bytes.

    Raises NonCanonicalEncoding for any other bytes: white space, unsorted or repeated
    keys, other escapes, `-0`, floats, and all that `encode_json` refuses.
    """
    if len(encoded) > limit:
        raise NonCanonicalEncoding("the document is too long")
    try:
        value: JsonValue = json.loads(
            encoded.decode("utf-8"),
            parse_int=_read_integer,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            object_pairs_hook=_read_object,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise NonCanonicalEncoding("the document is not JSON") from error
    if encode_json(value) != encoded:
        raise NonCanonicalEncoding("the document is not written canonically")
    return value


def encode_base64(value: bytes) -> str:
    """Base64 with the standard alphabet and padding (RFC 4648 section 4)."""
    return base64.b64encode(value).decode("ascii")


def decode_base64(text: str, *, length: int | None = None) -> bytes:
    """The bytes of base64 as `encode_base64` writes it, `length` of them if given.

    Raises NonCanonicalEncoding (also for non-zero trailing bits), WrongLength.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NonCanonicalEncoding("not base64") from error
    if encode_base64(value) != text:
        raise NonCanonicalEncoding("not canonical base64")
    return _of_length(value, length)


def encode_hex(value: bytes) -> str:
    """Two lower-case hexadecimal digits for each byte."""
    return value.hex()


def decode_hex(text: str, *, length: int | None = None) -> bytes:
    """The bytes of lower-case hexadecimal digits, `length` of them if given.

    Raises NonCanonicalEncoding, WrongLength.
    """
    try:
        value = bytes.fromhex(text)
    except ValueError as error:
        raise NonCanonicalEncoding("not hexadecimal") from error
    if value.hex() != text:
        raise NonCanonicalEncoding("not lower-case hexadecimal without spaces")
    return _of_length(value, length)


def encode_base32(value: bytes) -> str:
    """Crockford base32, five bits a symbol, most significant first (§1.6).

    The last symbol is filled up with zero bits. The first n symbols stand for the
    first 5·n bits.
    """
    symbols = -(-len(value) * 8 // _SYMBOL_BITS)
    number = int.from_bytes(value, "big") << (symbols * _SYMBOL_BITS - len(value) * 8)
    return "".join(
        BASE32_ALPHABET[number >> shift & 31]
        for shift in range((symbols - 1) * _SYMBOL_BITS, -1, -_SYMBOL_BITS)
    )


def decode_base32(text: str, *, length: int | None = None) -> bytes:
    """The bytes of base32 as `encode_base32` writes it, `length` of them if given.

    Typed text goes through `normalise_base32` first. Raises NonCanonicalEncoding
    (also for padding bits that are not zero), WrongLength.
    """
    number = 0
    for symbol in text:
        if symbol not in _BASE32_VALUES:
            raise NonCanonicalEncoding("not a symbol of base32")
        number = number << _SYMBOL_BITS | _BASE32_VALUES[symbol]
    size, padding = divmod(len(text) * _SYMBOL_BITS, 8)
    value = (number >> padding).to_bytes(size, "big")
    if encode_base32(value) != text:
        raise NonCanonicalEncoding("not canonical base32")
    return _of_length(value, length)


def normalise_base32(typed: str) -> str:
    """The symbols that a person meant (§1.6).

    Letters become upper case, O is read as 0, I and L as 1; spaces and hyphens are
    dropped. Raises NonCanonicalEncoding for any other character, U among them.
    """
    # Upper case of letters beyond ASCII can fall inside the alphabet.
    if not typed.isascii():
        raise NonCanonicalEncoding("not a symbol of base32")
    symbols = typed.upper().translate(_READ_AS)
    if not all(symbol in _BASE32_VALUES for symbol in symbols):
        raise NonCanonicalEncoding("not a symbol of base32")
    return symbols


def draw_base32(symbols: int) -> str:
    """That many symbols, drawn uniformly: five bits each (§3.3)."""
    return "".join(secrets.choice(BASE32_ALPHABET) for _ in range(symbols))


def group_base32(text: str, size: int = 5) -> str:
    """The symbols in groups of `size` with hyphens between, to be read or typed."""
    return "-".join(text[start : start + size] for start in range(0, len(text), size))


def _require_canonical(value: object, depth: int) -> None:
    if depth < 0:
        raise NonCanonicalEncoding("the document is nested too deep")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) >= INTEGER_LIMIT:
            raise NonCanonicalEncoding("an integer is too large")
    elif isinstance(value, str):
        _require_text(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _require_canonical(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _require_key(key)
            _require_canonical(item, depth - 1)
    else:
        raise NonCanonicalEncoding("a value has a type that JSON lacks here")


def _require_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NonCanonicalEncoding("a text has a lone surrogate") from error


def _require_key(key: object) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise NonCanonicalEncoding("a key is not ASCII text")


def _read_integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise NonCanonicalEncoding("an integer is too large")
    return int(digits)


def _refuse_number(_digits: str) -> NoReturn:
    raise NonCanonicalEncoding("a number is not an integer")


def _read_object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise NonCanonicalEncoding("a key stands twice")
    return read


def _of_length(value: bytes, length: int | None) -> bytes:
    if length is not None and len(value) != length:
        raise WrongLength("decoded bytes", length, len(value))
    return value
