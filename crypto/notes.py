"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint; §4.6).

    urne/v1/9c41…
    1204
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — service.urne Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5…
    — revisor.example bM1lUAk5u…

C2SP lets a reader pass over signatures by keys it does not know. docs/protocol.md §4.6
does not: the record has one form, and a line that proves nothing has no place in it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from crypto.encoding import decode_base64, encode_base64
from crypto.errors import (
    MalformedNote,
    NonCanonicalEncoding,
    UnknownSigner,
    WrongLength,
)
from crypto.merkle import HASH_BYTES
from crypto.signing import (
    PUBLIC_KEY_BYTES,
    SIGNATURE_BYTES,
    SigningSeed,
    sign_raw,
    verify_raw,
)
from crypto.sodium import require_length

KEY_HASH_BYTES = 4
MAX_SIGNATURES = 100
MAX_NOTE_CHARACTERS = 100_000

_ED25519 = b"\x01"
_LINE_START = "— "
_LARGEST_SIZE = 2**63


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A name that signs notes, and its Ed25519 public key of 32 bytes.

    Raises MalformedNote for a name with a space, a plus sign or a control character,
    WrongLength.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _require_name(self.name)
        require_length("public key", PUBLIC_KEY_BYTES, self.public_key)

    @property
    def key_hash(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || 0x01 || public key)."""
        return hashlib.sha256(
            self.name.encode("utf-8") + b"\n" + _ED25519 + self.public_key
        ).digest()[:KEY_HASH_BYTES]


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line below a note. Raises MalformedNote, WrongLength."""

    name: str
    key_hash: bytes
    signature: bytes

    def __post_init__(self) -> None:
        _require_name(self.name)
        require_length("key hash", KEY_HASH_BYTES, self.key_hash)
        require_length("signature", SIGNATURE_BYTES, self.signature)

    @property
    def line(self) -> str:
        """The line, with its newline."""
        blob = encode_base64(self.key_hash + self.signature)
        return f"{_LINE_START}{self.name} {blob}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and 1 to 100 signatures over it.

    Raises MalformedNote for control characters but newlines, for a text that is empty
    or ends otherwise, and for two lines of one signer.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise MalformedNote("the text does not end with a newline")
        _require_plain(self.text.replace("\n", ""))
        if not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise MalformedNote("too few or too many signatures")
        signers = {(line.name, line.key_hash) for line in self.signatures}
        if len(signers) != len(self.signatures):
            raise MalformedNote("a signer has two lines")

    @property
    def encoded(self) -> str:
        """The whole note: text, empty line, signature lines."""
        return self.text + "\n" + "".join(line.line for line in self.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves, the root over them.

    Raises MalformedNote for an origin that is empty or not one plain line, or a size
    outside 0 to 2^63 - 1; WrongLength for a root that is not 32 bytes.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin:
            raise MalformedNote("the origin is empty")
        _require_plain(self.origin)
        if not 0 <= self.size < _LARGEST_SIZE:
            raise MalformedNote("the size of the tree is out of range")
        require_length("root", HASH_BYTES, self.root)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint of a note's text, three lines and no more.

        Raises MalformedNote.
        """
        lines = text.split("\n")
        if len(lines) != 4:  # noqa: PLR2004 (three lines, and nothing after the last)
            raise MalformedNote("a checkpoint has three lines")
        origin, size, root, _ = lines
        if not (size.isascii() and size.isdigit()) or len(size) > len(
            str(_LARGEST_SIZE)
        ):
            raise MalformedNote("the size of the tree is not a number")
        checkpoint = cls(origin, int(size), _decode(root, HASH_BYTES))
        if checkpoint.text != text:
            raise MalformedNote("a checkpoint is written in one way")
        return checkpoint

    @property
    def text(self) -> str:
        """The text to sign."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


def sign_note(text: str, name: str, seed: SigningSeed) -> Note:
    """The text with its first signature; raises MalformedNote."""
    return Note(text, (_signature(text, name, seed),))


def cosign_note(note: Note, name: str, seed: SigningSeed) -> Note:
    """The note with one signature more below the others; raises MalformedNote."""
    added = _signature(note.text, name, seed)
    return replace(note, signatures=(*note.signatures, added))


def parse_note(encoded: str) -> Note:
    """The note of its whole text, of at most 100,000 characters.

    Nothing in it is to be believed before `verify_note`. Raises MalformedNote.
    """
    if len(encoded) > MAX_NOTE_CHARACTERS:
        raise MalformedNote("the note is too long")
    # The text may have empty lines of its own; the last one ends it.
    text, _, below = encoded.rpartition("\n\n")
    lines = below.split("\n")
    if lines.pop() != "":
        raise MalformedNote("the note does not end with a newline")
    note = Note(text + "\n", tuple(_parse_line(line) for line in lines))
    if note.encoded != encoded:
        raise MalformedNote("a note is written in one way")
    return note


def verify_note(note: Note, keys: Iterable[NoteKey]) -> tuple[str, ...]:
    """Refuse a note with any line that is not a good signature by one of the keys.

    Gives the names of those who signed, in order of their lines. Raises UnknownSigner,
    BadSignature.
    """
    known = {(key.name, key.key_hash): key for key in keys}
    message = note.text.encode("utf-8")
    for line in note.signatures:
        key = known.get((line.name, line.key_hash))
        if key is None:
            raise UnknownSigner
        verify_raw(key.public_key, line.signature, message)
    return tuple(line.name for line in note.signatures)


def _signature(text: str, name: str, seed: SigningSeed) -> NoteSignature:
    _require_plain(text.replace("\n", ""))
    key = NoteKey(name, seed.public_key)
    return NoteSignature(name, key.key_hash, sign_raw(seed, text.encode("utf-8")))


def _parse_line(line: str) -> NoteSignature:
    name, _, blob = line.removeprefix(_LINE_START).partition(" ")
    decoded = _decode(blob, KEY_HASH_BYTES + SIGNATURE_BYTES)
    return NoteSignature(name, decoded[:KEY_HASH_BYTES], decoded[KEY_HASH_BYTES:])


def _decode(text: str, length: int) -> bytes:
    try:
        return decode_base64(text, length=length)
    except (NonCanonicalEncoding, WrongLength) as error:
        raise MalformedNote("base64 is malformed or of another length") from error


def _require_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise MalformedNote("a signer's name is empty, or has a space or a plus sign")
    _require_plain(name)


def _require_plain(text: str) -> None:
    """Refuse control characters and what UTF-8 cannot say."""
    if any(character < " " or "\ud800" <= character <= "\udfff" for character in text):
        raise MalformedNote("a control character or a lone surrogate")
