"""What is looked for, in every dress it could wear, and the places looked in."""

from __future__ import annotations

import base64
import contextlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import redis
from sqlalchemy import make_url

from infra.databases import Store
from tests.secrecy.devices import Device, Exchange
from tests.secrecy.hidden import everything_as_it_lies
from tests.secrecy.installation import Member
from tests.smtp import Received

Needles = Mapping[str, Sequence[bytes]]

HEADER: Final = 41
"""Bytes of a sealed ballot that say its group and style, and nothing of its voter."""

_BEGINNING: Final = 8
"""Fewer bytes than this stand in a store by chance."""


def of_a_person(members: Iterable[Member]) -> Needles:
    """Return names, numbers and addresses."""
    found: dict[str, list[bytes]] = {}
    kinds = ("member number", "first name", "last name", "address", "telephone")
    for member in members:
        for kind, word in zip(kinds, member.words, strict=True):
            found.setdefault(kind, []).append(word.encode())
    return found


def of_a_code(devices: Iterable[Device]) -> Needles:
    """Return the secret of each link, and the seed that follows from it."""
    found: dict[str, list[bytes]] = {"code": [], "printed code": [], "login seed": []}
    for device in devices:
        found["code"].append(device.code.symbols.encode())
        found["printed code"].append(device.code.printed.encode())
        found["login seed"].append(device.login.secret)
    return found


def of_the_register(devices: Iterable[Device], entries: Sequence[bytes]) -> Needles:
    """Return what the register knows a member by."""
    found: dict[str, list[bytes]] = {"entry": list(entries)}
    for device in devices:
        found.setdefault("login key", []).append(device.login.public_key)
        found.setdefault("salt", []).append(device.salt)
        found.setdefault("blinded element", []).append(device.blinded)
        found.setdefault("evaluated element", []).append(device.evaluated)
    return found


def of_a_ballot(devices: Iterable[Device]) -> Needles:
    """Return what the service knows a ballot by."""
    found: dict[str, list[bytes]] = {}
    for device in devices:
        receipt = device.receipt or {}
        for kind, value in (
            ("credential", device.credential.public.encoded),
            ("credential's secret", device.credential.secret.encoded),
            ("token", device.right.encoded),
            ("tracking digest", device.tracking),
            ("ciphertext", device.ballot[HEADER : HEADER + 64]),
            ("ballot's signature", device.signature),
            ("receipt", bytes.fromhex(receipt["signature"])),
        ):
            found.setdefault(kind, []).append(value)
    return found


def dresses(needle: bytes) -> set[bytes]:
    """Return a needle as it could stand: plain, in hexadecimal, base64, a URL."""
    worn = {needle, needle.hex().encode(), needle.hex().upper().encode()}
    with contextlib.suppress(UnicodeDecodeError):
        words = needle.decode("ascii")
        worn |= {words.lower().encode(), words.upper().encode(), quote(words).encode()}
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + needle)
        # Its first and last four symbols depend on what stands around it.
        inner = encoded[4 if shift else 0 : -4]
        worn |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {each for each in worn if len(each) >= _BEGINNING}


def kinds_in(hay: bytes, needles: Needles) -> set[str]:
    """Return the kinds of which any one stands in the hay, in whatever dress."""
    return {kind for kind, _ in _found(hay, needles)}


def missing_in(hay: bytes, needles: Needles) -> dict[str, int]:
    """Return of how many of each kind no dress stands in the hay: where all should."""
    found = _found(hay, needles)
    missing = {
        kind: sum((kind, number) not in found for number in range(len(each)))
        for kind, each in needles.items()
    }
    return {kind: count for kind, count in missing.items() if count}


def _found(hay: bytes, needles: Needles) -> set[tuple[str, int]]:
    # One pass over the hay for all needles at once, by their first bytes.
    wanted: dict[bytes, list[tuple[bytes, str, int]]] = {}
    for kind, each in needles.items():
        for number, needle in enumerate(each):
            for dress in dresses(needle):
                entry = (dress, kind, number)
                wanted.setdefault(dress[:_BEGINNING], []).append(entry)
    found: set[tuple[str, int]] = set()
    for at in range(len(hay) - _BEGINNING + 1):
        for dress, kind, number in wanted.get(hay[at : at + _BEGINNING], ()):
            if hay.startswith(dress, at):
                found.add((kind, number))
    return found


def stored_in(store: Store) -> bytes:
    """Return every value of every table, and on SQLite every byte of the files."""
    values = [
        value if isinstance(value, bytes) else str(value).encode()
        for rows in everything_as_it_lies(store).values()
        for row in rows
        for value in row.values()
    ]
    return b"\x00".join([*values, *(file.read_bytes() for file in files_of(store))])


def files_of(store: Store) -> list[Path]:
    """Return the files of a SQLite store; none of PostgreSQL's."""
    if store.is_postgresql:
        return []
    file = make_url(str(store.engine.url)).database or ""
    beside = (Path(file + suffix) for suffix in ("", "-wal", "-shm"))
    return [each for each in beside if each.exists()]


def kept_in_redis(connection: redis.Redis) -> bytes:
    """Return every key and value of a Redis database, unpacked."""
    return b"\x00".join(_values(connection))


def said_over(exchanges: Iterable[Exchange]) -> bytes:
    """Return every request and answer, whole."""
    return b"\x00".join(
        each.path.encode() + b" " + each.sent + b"\n" + each.answer
        for each in exchanges
    )


def written_in(mails: Iterable[Received]) -> bytes:
    """Return every mail, as it went and as it is read."""
    found = []
    for mail in mails:
        found.append(mail.content)
        found += [
            part.get_content().encode()
            for part in mail.parsed.walk()
            if part.get_content_maintype() == "text"
        ]
    return b"\x00".join(found)


def _values(connection: Any) -> Iterator[bytes]:  # noqa: ANN401 - redis-py's answers
    for key in connection.scan_iter():
        kind = connection.type(key)
        yield key
        if kind == b"hash":
            for pair in connection.hgetall(key).items():
                yield from map(_unpacked, pair)
        elif kind == b"list":
            yield from connection.lrange(key, 0, -1)
        elif kind == b"set":
            yield from connection.smembers(key)
        elif kind == b"zset":
            yield from connection.zrange(key, 0, -1)
        elif kind == b"stream":
            for _, fields in connection.xrange(key):
                for pair in fields.items():
                    yield from map(_unpacked, pair)
        else:
            yield connection.get(key) or b""


def _unpacked(value: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        return zlib.decompress(value)
    with contextlib.suppress(ValueError, zlib.error):
        return zlib.decompress(base64.b64decode(value, validate=True))
    return value
