"""What the register reads of a survey's manifest (docs/protocol.md §8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.documents import Fields
from crypto.encoding import JsonValue, decode_json
from crypto.errors import NonCanonicalEncoding
from crypto.hashing import digest
from crypto.signing import PUBLIC_KEY_BYTES
from crypto.times import parse_time
from register.sealed_manifest import SealedGroup, SealedManifest
from register.survey_tables import SurveyMode

FORMAT: Final = "urne/v1/survey"
EVERYBODY: Final = "alle"
"""Label of the one group of a survey that knows no groups."""

_FIELDS: Final = (
    *("accepted_risks", "closes_at", "controller", "definition", "deletes_at"),
    *("format", "grace_seconds", "groups", "identified_until", "invited"),
    *("legal_basis", "mode", "opens_at", "organisation", "processor", "purpose"),
    *("register_key", "register_url", "roll_commitment", "service_key"),
    *("service_url", "slug", "survey", "threshold", "title"),
)
_LARGEST: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class SurveyTerms:
    """What of a survey's manifest binds the register beside roll and keys."""

    mode: SurveyMode
    threshold: int
    deletes_at: datetime
    identified_until: datetime | None

    @property
    def kept_until(self) -> datetime:
        """When the roll is shredded at the latest."""
        return self.identified_until or self.deletes_at


def read_survey_manifest(encoded: bytes) -> SealedManifest:
    """Read the canonical bytes of a survey's manifest of at most 1 MiB.

    It has no key holders: what the service alone signs is enough.

    Raises:
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint: it is not
            one.

    """
    fields = _fields(encoded)
    groups = fields.items("groups")
    return SealedManifest(
        fingerprint=digest("fingerprint", encoded),
        election=fields.text("survey"),
        slug=fields.text("slug"),
        practice=False,
        service_key=fields.hex("service_key", PUBLIC_KEY_BYTES),
        register_key=fields.hex("register_key", PUBLIC_KEY_BYTES),
        groups=tuple(_read_group(each, index) for index, each in enumerate(groups)),
        roll_commitment=fields.hex("roll_commitment", 32),
        approvals_needed=0,
        holder_keys={},
    )


def read_terms(encoded: bytes) -> SurveyTerms:
    """Read what a survey's manifest promises of time and groups.

    Raises:
        NonCanonicalEncoding, MalformedTime: it is none.

    """
    fields = _fields(encoded)
    try:
        mode = SurveyMode(fields.text("mode"))
    except ValueError:
        raise NonCanonicalEncoding("mode is none that has a roll") from None
    until = fields.values["identified_until"]
    return SurveyTerms(
        mode=mode,
        threshold=fields.integer("threshold", 3, 1_000),
        deletes_at=parse_time(fields.text("deletes_at")),
        identified_until=(
            None if until is None else parse_time(fields.text("identified_until"))
        ),
    )


def _fields(encoded: bytes) -> Fields:
    fields = Fields.of(decode_json(encoded), *_FIELDS)
    fields.require("format", FORMAT)
    return fields


def _read_group(item: JsonValue, index: int) -> SealedGroup:
    fields = Fields.of(item, "entitled", "index", "issuer_key", "label")
    fields.require("index", index)
    return SealedGroup(
        label=fields.text("label"),
        entitled=fields.integer("entitled", 0, _LARGEST),
        issuer_key=fields.point("issuer_key").encoded,
    )
