"""The manifest: everything about an election that can never change (§4.1).

Every voter's browser hashes its bytes and compares the digest with the one in the link,
so that no key, question or rule reaches a voter from anywhere else.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.hashing import digest
from voting.contests import (
    LONGEST_TITLE,
    MOST_CONTESTS,
    MOST_STYLES,
    Contest,
    IndexOutOfPlace,
    Style,
    encode_contest,
    encode_style,
    read_contest,
    read_style,
    require_different,
)
from voting.documents import (
    DocumentRefused,
    Fields,
    Item,
    MalformedValue,
    OutOfBounds,
    read_document,
    read_object,
    read_text,
)
from voting.manifest_model import (
    ElectionId,
    Fingerprint,
    Group,
    Holder,
    Manifest,
    Rules,
    Script,
    Witness,
)

__all__ = [
    "Contest",
    "DocumentRefused",
    "ElectionId",
    "EqualKeys",
    "Fingerprint",
    "Group",
    "Holder",
    "IndexOutOfPlace",
    "Manifest",
    "Rules",
    "Script",
    "Style",
    "Witness",
    "decode_manifest",
    "encode_manifest",
    "fingerprint_of",
    "manifest_document",
    "read_manifest",
]

FORMAT: Final = "urne/v1/manifest"
FEWEST_HOLDERS: Final = 3
MOST_HOLDERS: Final = 9
SERVICE_SIGNER: Final = "service.urne"
MOST_GROUPS: Final = 1_000
MOST_SCRIPTS: Final = 1_000
MOST_WITNESSES: Final = 20
MOST_RISKS: Final = 100
MOST_ENTITLED: Final = 2**32 - 1
LONGEST_NAME: Final = 100
LONGEST_GRACE: Final = 24 * 60 * 60
LARGEST_BATCH: Final = 10_000
SHA384_BYTES: Final = 48

_LANGUAGE: Final = re.compile("nb|nn|en")
_SLUG: Final = re.compile("[a-z0-9-]{3,60}")
_RISK: Final = re.compile("[a-z0-9-]{1,60}")
_ORIGIN: Final = re.compile(
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)
_ELECTION: Final = re.compile("[0-9a-f]{32}")
_PATH: Final = re.compile("/[!-~]{1,300}")
_NAME: Final = re.compile(f"[^\x00-\x1f\x7f-\x9f]{{1,{LONGEST_NAME}}}")
# Stands in the signature lines of a note, where a space or a plus would end it.
_SIGNER: Final = re.compile("[!-*,-~]{1,100}")

_FIELDS: Final = (
    "accepted_risks",
    "approvals_needed",
    "ceremony",
    "contests",
    "election",
    "election_key",
    "groups",
    "holders",
    "language",
    "organisation",
    "practice",
    "register_key",
    "register_url",
    "roll_commitment",
    "rules",
    "scripts",
    "service_key",
    "service_url",
    "slug",
    "styles",
    "threshold",
    "title",
    "witness_threshold",
    "witnesses",
)


class EqualKeys(DocumentRefused):
    """Two parties, or two voter groups, have one key."""


class OutOfOrder(DocumentRefused):
    """A sorted list is not sorted, or holds one thing twice."""


def fingerprint_of(encoded: bytes) -> Fingerprint:
    """FP of the bytes of a manifest: 32 bytes (docs/protocol.md §3.2)."""
    return Fingerprint(digest("fingerprint", encoded))


def encode_manifest(manifest: Manifest) -> bytes:
    """Write a manifest as canonical JSON (docs/protocol.md §4.1).

    Raises:
        DocumentRefused: it is one that no decoder would take.

    """
    encoded = encode_json(manifest_document(manifest))
    decode_manifest(encoded)
    return encoded


def decode_manifest(encoded: bytes) -> Manifest:
    """Read a manifest of at most 1 MiB (docs/protocol.md §4.1).

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    return read_manifest(decode_json(encoded))


def manifest_document(manifest: Manifest) -> dict[str, JsonValue]:
    """Return a manifest as the value that its bytes, and leaf 0, hold."""
    return {
        "accepted_risks": list(manifest.accepted_risks),
        "approvals_needed": manifest.approvals_needed,
        "ceremony": manifest.ceremony.hex(),
        "contests": [encode_contest(each) for each in manifest.contests],
        "election": manifest.election,
        "election_key": manifest.election_key.encoded.hex(),
        "format": FORMAT,
        "groups": [_encode_group(each) for each in manifest.groups],
        "holders": [_encode_holder(each) for each in manifest.holders],
        "language": manifest.language,
        "organisation": manifest.organisation,
        "practice": manifest.practice,
        "register_key": manifest.register_key.hex(),
        "register_url": manifest.register_url,
        "roll_commitment": manifest.roll_commitment.hex(),
        "rules": _encode_rules(manifest.rules),
        "scripts": [_encode_script(each) for each in manifest.scripts],
        "service_key": manifest.service_key.hex(),
        "service_url": manifest.service_url,
        "slug": manifest.slug,
        "styles": [encode_style(each) for each in manifest.styles],
        "threshold": manifest.threshold,
        "title": manifest.title,
        "witness_threshold": manifest.witness_threshold,
        "witnesses": [_encode_witness(each) for each in manifest.witnesses],
    }


def read_manifest(document: JsonValue) -> Manifest:
    """Read a manifest from the value its bytes hold; raises DocumentRefused."""
    fields = read_document(document, FORMAT, _FIELDS)
    contests = tuple(map(read_contest, fields.array("contests", 1, MOST_CONTESTS)))
    styles = tuple(
        read_style(item, len(contests))
        for item in fields.array("styles", 1, MOST_STYLES)
    )
    holders = tuple(
        map(_read_holder, fields.array("holders", FEWEST_HOLDERS, MOST_HOLDERS))
    )
    witnesses = tuple(map(_read_witness, fields.array("witnesses", 0, MOST_WITNESSES)))
    manifest = Manifest(
        election=ElectionId(_matching(fields, "election", _ELECTION)),
        slug=_matching(fields, "slug", _SLUG),
        title=fields.text("title", LONGEST_TITLE, shortest=1),
        organisation=fields.text("organisation", LONGEST_TITLE, shortest=1),
        language=_matching(fields, "language", _LANGUAGE),
        practice=fields.flag("practice"),
        service_url=_matching(fields, "service_url", _ORIGIN),
        register_url=_matching(fields, "register_url", _ORIGIN),
        service_key=fields.hexadecimal("service_key"),
        register_key=fields.hexadecimal("register_key"),
        witnesses=witnesses,
        witness_threshold=fields.integer("witness_threshold", 0, len(witnesses)),
        ceremony=fields.hexadecimal("ceremony"),
        election_key=fields.point("election_key"),
        threshold=_majority(fields, "threshold", len(holders), len(holders) - 1),
        holders=holders,
        approvals_needed=_majority(
            fields, "approvals_needed", len(holders), len(holders)
        ),
        groups=tuple(map(_read_group, fields.array("groups", 1, MOST_GROUPS))),
        roll_commitment=fields.hexadecimal("roll_commitment"),
        styles=styles,
        contests=contests,
        rules=_read_rules(fields),
        scripts=tuple(map(_read_script, fields.array("scripts", 0, MOST_SCRIPTS))),
        accepted_risks=tuple(
            _read_risk(item) for item in fields.array("accepted_risks", 0, MOST_RISKS)
        ),
    )
    _require_places(manifest)
    _require_distinct(manifest)
    return manifest


def _require_places(manifest: Manifest) -> None:
    _require_counted("groups", (each.index for each in manifest.groups))
    _require_counted("styles", (each.index for each in manifest.styles))
    _require_counted("contests", (each.index for each in manifest.contests))
    _require_counted("holders", (each.index - 1 for each in manifest.holders))
    for group in manifest.groups:
        if group.style >= len(manifest.styles):
            raise IndexOutOfPlace("groups", "name a style that is not there")
    _require_rising("scripts", [each.path for each in manifest.scripts])
    _require_rising("accepted_risks", manifest.accepted_risks)


def _require_distinct(manifest: Manifest) -> None:
    require_different("groups", [each.label for each in manifest.groups])
    named = [SERVICE_SIGNER, *(each.name for each in manifest.witnesses)]
    named += [each.name for each in manifest.holders]
    require_different("holders and witnesses", named)
    _require_different_keys(
        "signing keys",
        [
            manifest.service_key,
            manifest.register_key,
            *(each.key for each in manifest.witnesses),
            *(each.signing_key for each in manifest.holders),
        ],
    )
    # A right issued in one group must not hold in another.
    points = [
        manifest.election_key,
        *(each.share_key for each in manifest.holders),
        *(each.issuer_key for each in manifest.groups),
    ]
    _require_different_keys("points", [each.encoded for each in points])


def _require_different_keys(path: str, keys: Sequence[bytes]) -> None:
    if max(Counter(keys).values()) > 1:
        raise EqualKeys(path, "are not all different")


def _require_counted(path: str, indices: Iterable[int]) -> None:
    if any(place != index for place, index in enumerate(indices)):
        raise IndexOutOfPlace(path, "has an index out of place")


def _require_rising(path: str, texts: Sequence[str]) -> None:
    if list(texts) != sorted(set(texts)):
        raise OutOfOrder(path, "is not sorted, or holds one thing twice")


def _matching(fields: Fields, name: str, pattern: re.Pattern[str]) -> str:
    text = fields.text(name)
    if not pattern.fullmatch(text):
        raise MalformedValue(fields.at(name), "is not of its form")
    return text


def _majority(fields: Fields, name: str, of: int, highest: int) -> int:
    number = fields.integer(name, 1, highest)
    if 2 * number <= of:
        raise OutOfBounds(fields.at(name), "is not more than half of the holders")
    return number


def _read_group(item: Item) -> Group:
    fields = item.fields("entitled", "index", "issuer_key", "label", "style")
    return Group(
        index=fields.integer("index", 0, MOST_GROUPS - 1),
        label=_matching(fields, "label", _NAME),
        entitled=fields.integer("entitled", 0, MOST_ENTITLED),
        style=fields.integer("style", 0, MOST_STYLES - 1),
        issuer_key=fields.point("issuer_key"),
    )


def _encode_group(group: Group) -> dict[str, JsonValue]:
    return {
        "entitled": group.entitled,
        "index": group.index,
        "issuer_key": group.issuer_key.encoded.hex(),
        "label": group.label,
        "style": group.style,
    }


def _read_holder(item: Item) -> Holder:
    fields = item.fields("index", "name", "share_key", "signing_key")
    return Holder(
        index=fields.integer("index", 1, MOST_HOLDERS),
        name=_matching(fields, "name", _NAME),
        share_key=fields.point("share_key"),
        signing_key=fields.hexadecimal("signing_key"),
    )


def _encode_holder(holder: Holder) -> dict[str, JsonValue]:
    return {
        "index": holder.index,
        "name": holder.name,
        "share_key": holder.share_key.encoded.hex(),
        "signing_key": holder.signing_key.hex(),
    }


def _read_rules(manifest: Fields) -> Rules:
    fields = read_object(
        manifest.of("rules"),
        ("batch_size", "grace_seconds", "revoting", "suppression_threshold"),
        path=manifest.at("rules"),
    )
    return Rules(
        batch_size=fields.integer("batch_size", 1, LARGEST_BATCH),
        grace_seconds=fields.integer("grace_seconds", 0, LONGEST_GRACE),
        revoting=fields.flag("revoting"),
        suppression_threshold=fields.integer("suppression_threshold", 1, LARGEST_BATCH),
    )


def _encode_rules(rules: Rules) -> dict[str, JsonValue]:
    return {
        "batch_size": rules.batch_size,
        "grace_seconds": rules.grace_seconds,
        "revoting": rules.revoting,
        "suppression_threshold": rules.suppression_threshold,
    }


def _read_script(item: Item) -> Script:
    fields = item.fields("path", "sha384")
    sha384 = fields.hexadecimal("sha384", SHA384_BYTES)
    return Script(_matching(fields, "path", _PATH), sha384)


def _encode_script(script: Script) -> dict[str, JsonValue]:
    return {"path": script.path, "sha384": script.sha384.hex()}


def _read_witness(item: Item) -> Witness:
    fields = item.fields("key", "name")
    return Witness(_matching(fields, "name", _SIGNER), fields.hexadecimal("key"))


def _encode_witness(witness: Witness) -> dict[str, JsonValue]:
    return {"key": witness.key.hex(), "name": witness.name}


def _read_risk(item: Item) -> str:
    text = read_text(item.path, item.value)
    if not _RISK.fullmatch(text):
        raise MalformedValue(item.path, "is not of its form")
    return text
