"""The manifest of a survey: what its respondents are promised (docs/protocol.md §8.1).

Every respondent's browser hashes its bytes and compares them with the link, so that no
key, question or date of deletion reaches anybody from elsewhere. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.documents import Fields
from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.errors import NonCanonicalEncoding
from crypto.group import Point
from crypto.hashing import digest
from crypto.times import format_time, parse_time
from surveys.modes import INVITED_MODES, PERSONAL_MODES, Mode

FORMAT: Final = "urne/v1/survey"
EVERYBODY: Final = "alle"
"""Label of the one group of a survey that knows no groups."""

MOST_GROUPS: Final = 1_000
MOST_INVITED: Final = 2**32 - 1
LONGEST_GRACE: Final = 24 * 60 * 60
THRESHOLDS: Final = (3, 1_000)

_ID: Final = re.compile("[0-9a-f]{32}")
_SLUG: Final = re.compile("[a-z0-9-]{3,60}")
_ORIGIN: Final = re.compile(
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)
_RISK: Final = re.compile("[a-z0-9-]{1,60}")
_LINE: Final = re.compile("[^\x00-\x1f\x7f-\x9f]{1,300}")
_LINE_OR_NONE: Final = re.compile("[^\x00-\x1f\x7f-\x9f]{0,300}")
_TEXT: Final = re.compile("[^\x00-\x08\x0b-\x1f\x7f-\x9f]{1,5000}")
_FIELDS: Final = (
    *("accepted_risks", "closes_at", "controller", "definition", "deletes_at"),
    *("format", "grace_seconds", "groups", "identified_until", "invited"),
    *("legal_basis", "mode", "opens_at", "organisation", "processor", "purpose"),
    *("register_key", "register_url", "roll_commitment", "service_key"),
    *("service_url", "slug", "survey", "threshold", "title"),
)


@dataclass(frozen=True, slots=True)
class IssuerGroup:
    """One issuer key, and how many may have a right of it."""

    label: str
    entitled: int
    issuer_key: Point


@dataclass(frozen=True, slots=True)
class SurveyManifest:
    """All that is fixed at launch."""

    survey: str
    slug: str
    title: str
    organisation: str
    mode: Mode
    definition: bytes
    """Digest of the questionnaire, 32 bytes."""
    threshold: int
    groups: tuple[IssuerGroup, ...]
    """In order of index; none in an open survey."""
    roll_commitment: bytes | None
    opens_at: datetime
    closes_at: datetime
    grace_seconds: int
    identified_until: datetime | None
    deletes_at: datetime
    purpose: str
    controller: str
    legal_basis: str
    processor: str
    service_url: str
    register_url: str
    service_key: bytes
    register_key: bytes
    accepted_risks: tuple[str, ...] = ()

    @property
    def invited(self) -> int | None:
        """How many stand on the roll; None of an open survey."""
        if self.mode is Mode.OPEN:
            return None
        return sum(group.entitled for group in self.groups)


def is_text(text: str) -> bool:
    """Tell whether a text may be a manifest's purpose, or is empty as in a draft."""
    return not text or _TEXT.fullmatch(text) is not None


def is_line(text: str) -> bool:
    """Tell whether a manifest may have a text of one line; it may be empty."""
    return _LINE_OR_NONE.fullmatch(text) is not None


def fingerprint_of(encoded: bytes) -> bytes:
    """FP of the bytes of a manifest: 32 bytes (docs/protocol.md §8.1)."""
    return digest("fingerprint", encoded)


def encode_manifest(manifest: SurveyManifest) -> bytes:
    """Write a manifest as canonical JSON.

    Raises:
        NonCanonicalEncoding: it is one that no decoder would take.

    """
    encoded = encode_json(manifest_document(manifest))
    decode_manifest(encoded)
    return encoded


def manifest_document(manifest: SurveyManifest) -> dict[str, JsonValue]:
    """Return a manifest as the value that its bytes, and its leaf, hold."""
    groups: list[JsonValue] = [
        {
            "entitled": group.entitled,
            "index": index,
            "issuer_key": group.issuer_key.encoded.hex(),
            "label": group.label,
        }
        for index, group in enumerate(manifest.groups)
    ]
    commitment = manifest.roll_commitment
    return {
        "accepted_risks": list(manifest.accepted_risks),
        "closes_at": format_time(manifest.closes_at),
        "controller": manifest.controller,
        "definition": manifest.definition.hex(),
        "deletes_at": format_time(manifest.deletes_at),
        "format": FORMAT,
        "grace_seconds": manifest.grace_seconds,
        "groups": groups,
        "identified_until": _time_or_none(manifest.identified_until),
        "invited": manifest.invited,
        "legal_basis": manifest.legal_basis,
        "mode": manifest.mode.value,
        "opens_at": format_time(manifest.opens_at),
        "organisation": manifest.organisation,
        "processor": manifest.processor,
        "purpose": manifest.purpose,
        "register_key": manifest.register_key.hex(),
        "register_url": manifest.register_url,
        "roll_commitment": None if commitment is None else commitment.hex(),
        "service_key": manifest.service_key.hex(),
        "service_url": manifest.service_url,
        "slug": manifest.slug,
        "survey": manifest.survey,
        "threshold": manifest.threshold,
        "title": manifest.title,
    }


def decode_manifest(encoded: bytes) -> SurveyManifest:
    """Read a manifest of at most 1 MiB (docs/protocol.md §8.1).

    Raises:
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint,
        MalformedTime: it is none.

    """
    fields = Fields.of(decode_json(encoded), *_FIELDS)
    fields.require("format", FORMAT)
    manifest = _read(fields)
    fields.require("invited", manifest.invited)
    _require_mode(manifest)
    _require_times(manifest)
    _require_distinct(manifest)
    return manifest


def _read(fields: Fields) -> SurveyManifest:
    groups = fields.items("groups")
    return SurveyManifest(
        survey=_matching(fields, "survey", _ID),
        slug=_matching(fields, "slug", _SLUG),
        title=_matching(fields, "title", _LINE),
        organisation=_matching(fields, "organisation", _LINE),
        mode=_mode(fields),
        definition=fields.hex("definition", 32),
        threshold=fields.integer("threshold", *THRESHOLDS),
        groups=tuple(_read_group(each, index) for index, each in enumerate(groups)),
        roll_commitment=_digest_or_none(fields, "roll_commitment"),
        opens_at=parse_time(fields.text("opens_at")),
        closes_at=parse_time(fields.text("closes_at")),
        grace_seconds=fields.integer("grace_seconds", 0, LONGEST_GRACE),
        identified_until=_read_time_or_none(fields, "identified_until"),
        deletes_at=parse_time(fields.text("deletes_at")),
        purpose=_matching(fields, "purpose", _TEXT),
        controller=_matching(fields, "controller", _LINE),
        legal_basis=_matching(fields, "legal_basis", _LINE_OR_NONE),
        processor=_matching(fields, "processor", _LINE_OR_NONE),
        service_url=_matching(fields, "service_url", _ORIGIN),
        register_url=_matching(fields, "register_url", _ORIGIN),
        service_key=fields.hex("service_key", 32),
        register_key=fields.hex("register_key", 32),
        accepted_risks=tuple(map(_read_risk, fields.items("accepted_risks"))),
    )


def _require_mode(manifest: SurveyManifest) -> None:
    number = len(manifest.groups)
    invited = manifest.mode in INVITED_MODES
    if invited in {manifest.roll_commitment is None, number == 0}:
        raise NonCanonicalEncoding("a roll is what invited surveys have, and only they")
    alone = invited and manifest.mode is not Mode.PSEUDONYMOUS
    if alone and [group.label for group in manifest.groups] != [EVERYBODY]:
        raise NonCanonicalEncoding("a survey without groups has one for everybody")
    personal = manifest.mode in PERSONAL_MODES
    if personal != (manifest.identified_until is not None):
        raise NonCanonicalEncoding("identified_until is of personal surveys alone")
    if personal and not (manifest.legal_basis and manifest.processor):
        raise NonCanonicalEncoding("a personal survey has legal basis and processor")


def _require_times(manifest: SurveyManifest) -> None:
    until = manifest.identified_until or manifest.deletes_at
    in_order = manifest.opens_at < manifest.closes_at < until <= manifest.deletes_at
    if not in_order:
        raise NonCanonicalEncoding("the times are out of order")


def _require_distinct(manifest: SurveyManifest) -> None:
    keys = [group.issuer_key.encoded for group in manifest.groups]
    labels = [group.label for group in manifest.groups]
    if len({*keys}) < len(keys) or len({*labels}) < len(labels):
        raise NonCanonicalEncoding("two groups have one key or one label")
    if len(keys) > MOST_GROUPS or manifest.service_key == manifest.register_key:
        raise NonCanonicalEncoding("too many groups, or one key for two sides")
    risks = list(manifest.accepted_risks)
    if risks != sorted(set(risks)):
        raise NonCanonicalEncoding("accepted_risks is not sorted")


def _read_group(item: JsonValue, index: int) -> IssuerGroup:
    fields = Fields.of(item, "entitled", "index", "issuer_key", "label")
    fields.require("index", index)
    return IssuerGroup(
        label=fields.person("label"),
        entitled=fields.integer("entitled", 0, MOST_INVITED),
        issuer_key=fields.point("issuer_key"),
    )


def _mode(fields: Fields) -> Mode:
    try:
        return Mode(fields.text("mode"))
    except ValueError:
        raise NonCanonicalEncoding("mode is no mode") from None


def _matching(fields: Fields, name: str, pattern: re.Pattern[str]) -> str:
    text = fields.text(name)
    if pattern.fullmatch(text) is None:
        raise NonCanonicalEncoding(f"{name} is not of its form")
    return text


def _read_risk(item: JsonValue) -> str:
    if not isinstance(item, str) or _RISK.fullmatch(item) is None:
        raise NonCanonicalEncoding("accepted_risks holds what is no name")
    return item


def _digest_or_none(fields: Fields, name: str) -> bytes | None:
    return None if fields.values[name] is None else fields.hex(name, 32)


def _read_time_or_none(fields: Fields, name: str) -> datetime | None:
    return None if fields.values[name] is None else parse_time(fields.text(name))


def _time_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else format_time(instant)
