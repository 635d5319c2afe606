"""What was found in a large file, between the job that read it and the page.

It names members, so it is stored under the election's data key alone. Written as
canonical JSON: nothing that is stored is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, cast

from crypto.encoding import JsonValue, decode_json, encode_json
from infra.fields import decrypt_field, encrypt_field
from infra.keystore import DataKey
from register import rollfile_refusals as refusals
from register.columns import Field
from register.persons import Person
from register.roll_findings import GroupCount, Notice, Problem, Remark, RowError
from register.roll_import import RollDifference
from register.roll_samples import ColumnSamples
from register.rollfile import RollPreview

FINDINGS_KEPT: Final = 5_000
"""Errors, and notices, that a report holds; all are counted."""

LINES_KEPT: Final = 200
"""Lines of the new and of the changed that a report names; all are counted."""

LARGEST: Final = 16 * 1024 * 1024

_FIELD: Final = "roll-report"
_SIMPLE: Final[Mapping[str, type[refusals.RollFileRefused]]] = {
    kind.__name__: kind
    for kind in (
        refusals.EmptyFile,
        refusals.UnknownEncoding,
        refusals.NotAWorkbook,
        refusals.OldOrLockedWorkbook,
        refusals.DangerousWorkbook,
        refusals.UnknownSheet,
        refusals.MappingOutsideFile,
        refusals.NoMembers,
    )
}


@dataclass(frozen=True, slots=True)
class DifferenceCounts:
    """What an import would change, as counts and the first lines."""

    added: int
    changed: int
    unchanged: int
    removed_count: int
    added_lines: tuple[int, ...]
    changed_lines: tuple[int, ...]
    removed: tuple[Person, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether the file holds what the roll holds."""
        return not (self.added or self.changed or self.removed_count)


@dataclass(frozen=True, slots=True)
class RollReport:
    """A file that was read: as understood, and what it would change."""

    preview: RollPreview
    difference: DifferenceCounts | None
    """None where errors stand in the way."""

    source_digest: bytes
    """32 bytes, keyed, of the file."""


def counts_of(difference: RollDifference) -> DifferenceCounts:
    """Return a difference as a page shows it."""
    return DifferenceCounts(
        added=len(difference.added_lines),
        changed=len(difference.changed_lines),
        unchanged=difference.unchanged,
        removed_count=difference.removed_count,
        added_lines=difference.added_lines[:LINES_KEPT],
        changed_lines=difference.changed_lines[:LINES_KEPT],
        removed=difference.removed,
    )


def seal_report(
    key: DataKey, reading_id: bytes, found: RollReport | refusals.RollFileRefused
) -> bytes:
    """Encrypt a report, or why there is none, for one reading."""
    value = (
        _write_report(found)
        if isinstance(found, RollReport)
        else {"refused": _write_refusal(found)}
    )
    return encrypt_field(key, reading_id, _FIELD, encode_json(value))


def open_report(key: DataKey, reading_id: bytes, sealed: bytes) -> RollReport:
    """Return the report of a reading.

    Raises:
        RollFileRefused: there is none: this is why.
        FieldUnreadable: changed, or of another reading or election.

    """
    encoded = decrypt_field(key, reading_id, _FIELD, sealed)
    value = cast("dict[str, Any]", decode_json(encoded, limit=LARGEST))
    if "refused" in value:
        raise _read_refusal(value["refused"])
    return RollReport(
        preview=_read_preview(value["preview"]),
        difference=_read_difference(value["difference"]),
        source_digest=bytes.fromhex(value["source"]),
    )


def _write_report(report: RollReport) -> JsonValue:
    preview = report.preview
    return {
        "difference": _write_difference(report.difference),
        "preview": {
            **{name: cast("JsonValue", getattr(preview, name)) for name in _PLAIN},
            "columns": {str(field): place for field, place in preview.columns.items()},
            "errors": [_write_error(each) for each in preview.errors[:FINDINGS_KEPT]],
            "groups": [[each.label, each.count] for each in preview.groups],
            "headings": list(preview.headings),
            "notices": [
                [each.line, each.remark.value, _plain(each.parameters)]
                for each in preview.notices[:FINDINGS_KEPT]
            ],
        },
        "source": report.source_digest.hex(),
    }


_PLAIN: Final = (
    *("encoding", "delimiter", "sheet", "heading_line", "members"),
    *("without_address", "error_count", "notice_count"),
)


def _read_preview(value: dict[str, Any]) -> RollPreview:
    return RollPreview(
        **{name: value[name] for name in _PLAIN},
        columns={Field(name): place for name, place in value["columns"].items()},
        errors=tuple(_read_error(each) for each in value["errors"]),
        groups=tuple(GroupCount(label, count) for label, count in value["groups"]),
        headings=tuple(value["headings"]),
        notices=tuple(
            Notice(line, Remark(remark), parameters)
            for line, remark, parameters in value["notices"]
        ),
    )


def _write_error(error: RowError) -> JsonValue:
    return {
        "column": error.column and error.column.value,
        "heading": error.heading,
        "line": error.line,
        "parameters": _plain(error.parameters),
        "problem": error.problem.value,
        "shown": error.shown,
    }


def _plain(parameters: Mapping[str, str | int]) -> JsonValue:
    return {
        name: str(value) if isinstance(value, str) else value
        for name, value in parameters.items()
    }


def _read_error(value: dict[str, Any]) -> RowError:
    column = value["column"]
    return RowError(
        **{**value, "column": column and Field(column)}
        | {"problem": Problem(value["problem"])}
    )


def _write_difference(difference: DifferenceCounts | None) -> JsonValue:
    if difference is None:
        return None
    people = [
        {each.name: getattr(person, each.name) for each in fields(person)}
        for person in difference.removed
    ]
    plain = {
        name: cast("JsonValue", getattr(difference, name))
        for name in ("added", "changed", "unchanged", "removed_count")
    }
    lines: dict[str, JsonValue] = {
        "added_lines": list(difference.added_lines),
        "changed_lines": list(difference.changed_lines),
    }
    return {**plain, **lines, "removed": cast("JsonValue", people)}


def _read_difference(value: dict[str, Any] | None) -> DifferenceCounts | None:
    if value is None:
        return None
    people = tuple(Person(**each) for each in value["removed"])
    found = DifferenceCounts(**{**value, "removed": people})
    return replace(
        found,
        added_lines=tuple(found.added_lines),
        changed_lines=tuple(found.changed_lines),
    )


def _write_refusal(refused: refusals.RollFileRefused) -> JsonValue:
    value: dict[str, JsonValue] = {"kind": type(refused).__name__}
    if isinstance(refused, refusals.TooLarge):
        value |= {"limit": refused.limit, "what": refused.what}
    elif isinstance(refused, refusals.TooManyGroups):
        value["limit"] = refused.limit
    elif isinstance(refused, refusals.BrokenQuoting):
        value["line"] = refused.line
    elif isinstance(refused, refusals.MissingColumns):
        value["headings"] = list(refused.headings)
        value["line"] = refused.line
        value["missing"] = [field.value for field in refused.missing]
    elif isinstance(refused, refusals.NoHeadings):
        value["samples"] = _write_samples(refused.samples)
    elif isinstance(refused, refusals.IdentityNumberFound):
        value["count"] = refused.count
        value["places"] = [
            [place.line, place.heading, place.masked] for place in refused.places
        ]
    return value


def _write_samples(samples: ColumnSamples | None) -> JsonValue:
    if samples is None:
        return None
    columns: list[JsonValue] = [list(each) for each in samples.columns]
    return {"columns": columns, "line": samples.line}


def _read_samples(value: dict[str, Any] | None) -> ColumnSamples | None:
    if value is None:
        return None
    return ColumnSamples(value["line"], tuple(tuple(each) for each in value["columns"]))


def _read_refusal(value: dict[str, Any]) -> refusals.RollFileRefused:
    kind = value["kind"]
    if kind in _SIMPLE:
        return _SIMPLE[kind]()
    return _WITH_PARAMETERS[kind](value)


_WITH_PARAMETERS: Final[
    Mapping[str, Callable[[dict[str, Any]], refusals.RollFileRefused]]
] = {
    "TooLarge": lambda value: refusals.TooLarge(value["what"], value["limit"]),
    "TooManyGroups": lambda value: refusals.TooManyGroups(value["limit"]),
    "BrokenQuoting": lambda value: refusals.BrokenQuoting(value["line"]),
    "MissingColumns": lambda value: refusals.MissingColumns(
        value["line"],
        tuple(Field(each) for each in value["missing"]),
        tuple(value["headings"]),
    ),
    "NoHeadings": lambda value: refusals.NoHeadings(_read_samples(value["samples"])),
    "IdentityNumberFound": lambda value: refusals.IdentityNumberFound(
        tuple(refusals.IdentityPlace(*place) for place in value["places"]),
        value["count"],
    ),
}
