"""SPSS syntax that reads our CSV files: names, labels, values, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from surveys.exports.cells import BOM, csv_file
from surveys.exports.codebook import (
    BLANK,
    DONT_KNOW,
    PREFER_NOT,
    CodedVariable,
    variables_of,
)
from surveys.exports.rows import GROUP_COLUMN, Rows
from surveys.published import Published, Shown
from surveys.questionnaire import Definition

_LONGEST_LABEL: Final = 120
_LONGEST_VARIABLE_LABEL: Final = 256
_LINE: Final = "\r\n"
COUNT_COLUMNS: Final = ("variabel", "gruppe", "verdi", "antall")


def rows_data(rows: Rows) -> bytes:
    """Rows as CSV; what is blank is -99, or nothing where the column is of texts."""
    as_text = [
        any(isinstance(row[at], str) for row in rows.rows)
        for at in range(len(rows.names))
    ]
    return csv_file(
        [
            rows.names,
            *(
                [
                    ("" if is_text else BLANK) if value is None else value
                    for value, is_text in zip(row, as_text, strict=True)
                ]
                for row in rows.rows
            ),
        ]
    )


def rows_syntax(definition: Definition, rows: Rows, data_name: str) -> bytes:
    """Syntax that reads `rows_data` and labels it."""
    known = {each.name: each for each in variables_of(definition)}
    types = [
        "A200" if any(isinstance(row[at], str) for row in rows.rows) else "F8.0"
        for at in range(len(rows.names))
    ]
    lines = [*_reading(data_name, list(zip(rows.names, types, strict=True)))]
    numeric = [
        known[name]
        for name, kind in zip(rows.names, types, strict=True)
        if kind != "A200" and name in known
    ]
    lines += [
        f"VARIABLE LABELS {name} {_label(known[name])}."
        for name in rows.names
        if name in known
    ]
    if GROUP_COLUMN in rows.names:
        lines.append(f"VARIABLE LABELS {GROUP_COLUMN} {quoted('Gruppe i manntallet')}.")
    for variable in numeric:
        lines += _values(variable)
    lines.append("EXECUTE.")
    return _file(lines)


def counts_data(published: Published) -> bytes:
    """The published counts, a row each, for weighting."""
    return csv_file([COUNT_COLUMNS, *_counts(published)])


def counts_syntax(data_name: str) -> bytes:
    """Syntax that reads `counts_data`, each row as often as it counts."""
    types = ("A80", "A200", "A80", "F8.0")
    lines = [
        *_reading(data_name, list(zip(COUNT_COLUMNS, types, strict=True))),
        f"VARIABLE LABELS variabel {quoted('Variabel i kodeboken')}.",
        f"VARIABLE LABELS gruppe {quoted('Gruppe, tom for alle')}.",
        f"VARIABLE LABELS verdi {quoted('Kode i kodeboken')}.",
        "WEIGHT BY antall.",
        "EXECUTE.",
    ]
    return _file(lines)


def quoted(text: str, longest: int = _LONGEST_LABEL) -> str:
    """A text in syntax: in apostrophes, those within doubled, on one line."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return "'" + plain[:longest].replace("'", "''") + "'"


def _counts(published: Published) -> Iterator[tuple[str, str, str, int]]:
    def told(
        key: str, group: str, codes: Sequence[str], counts: Sequence[Shown]
    ) -> Iterator[tuple[str, str, str, int]]:
        for code, count in zip(codes, counts, strict=True):
            if count is not None:
                yield key, group, code, count

    for table in published.tables:
        yield from told(table.key, "", table.codes, table.counts)
        for group in table.groups:
            yield from told(table.key, group.group, table.codes, group.counts)


def _reading(data_name: str, columns: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "SET UNICODE=ON DECIMAL=COMMA."
    yield f"GET DATA /TYPE=TXT /FILE={quoted(data_name)} /ENCODING='UTF8'"
    yield "  /DELCASE=LINE /DELIMITERS=';' /QUALIFIER='\"' /ARRANGEMENT=DELIMITED"
    yield "  /FIRSTCASE=2 /VARIABLES="
    for name, kind in columns:
        yield f"    {name} {kind}"
    yield "  ."


def _values(variable: CodedVariable) -> Iterator[str]:
    yield f"VARIABLE LEVEL {variable.name} ({variable.measure.upper()})."
    if variable.values:
        yield f"VALUE LABELS {variable.name}"
        for number, _code, label in variable.values:
            yield f"  {number} {quoted(label)}"
        yield "  ."
    yield f"MISSING VALUES {variable.name} ({BLANK}, {DONT_KNOW}, {PREFER_NOT})."


def _label(variable: CodedVariable) -> str:
    return quoted(variable.label, _LONGEST_VARIABLE_LABEL)


def _file(lines: Sequence[str]) -> bytes:
    return (BOM + _LINE.join([*lines, ""])).encode("utf-8")
