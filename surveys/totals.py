"""What the register tells of a survey's roll: while it is imported, and once frozen."""

from __future__ import annotations

from dataclasses import dataclass

from crypto.documents import Fields
from crypto.encoding import JsonValue
from crypto.errors import NonCanonicalEncoding
from crypto.group import Point
from surveys.modes import Mode

_MOST: int = 2**32 - 1


@dataclass(frozen=True, slots=True)
class CountedGroup:
    """A voter group of the roll, and how many stand in it."""

    label: str
    entitled: int


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer key, and its secret half sealed to the verifier process."""

    public: Point
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SurveyTotals:
    """A frozen roll as the register announced it; no person."""

    mode: Mode
    groups: tuple[CountedGroup, ...]
    issuers: tuple[Issuer, ...]
    """One of a pseudonymous survey's for each group, else one for all."""
    commitment: bytes

    @property
    def invited(self) -> int:
        """How many stand on the roll."""
        return sum(group.entitled for group in self.groups)


def read_totals(value: JsonValue) -> SurveyTotals:
    """Read the register's totals.

    Raises:
        NonCanonicalEncoding, WrongLength, NonCanonicalPoint, IdentityPoint: none.

    """
    fields = Fields.of(value, "groups", "issuers", "mode", "roll_commitment")
    try:
        mode = Mode(fields.text("mode"))
    except ValueError:
        raise NonCanonicalEncoding("mode is no mode") from None
    groups = read_groups(fields, "entitled")
    issuers = tuple(_read_issuer(each) for each in fields.items("issuers"))
    expected = len(groups) if mode is Mode.PSEUDONYMOUS else 1
    if not groups or len(issuers) != expected:
        raise NonCanonicalEncoding("the issuer keys are not those of the mode")
    return SurveyTotals(mode, groups, issuers, fields.hex("roll_commitment", 32))


def read_groups(fields: Fields, number: str) -> tuple[CountedGroup, ...]:
    """Read the groups of totals, or of a roll that is still imported.

    `number`: the field that says how many stand in a group.
    """
    counted = []
    for item in fields.items("groups"):
        group = Fields.of(item, "label", number)
        label = group.person("label")
        counted.append(CountedGroup(label, group.integer(number, 0, _MOST)))
    return tuple(counted)


def _read_issuer(item: JsonValue) -> Issuer:
    fields = Fields.of(item, "issuer_key", "sealed_issuer_key")
    return Issuer(fields.point("issuer_key"), fields.base64("sealed_issuer_key"))
