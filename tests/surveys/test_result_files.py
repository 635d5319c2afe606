"""What a spreadsheet and SPSS are handed: no formula, no quote that breaks out."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.i18n import speaking
from surveys.conditions import Answers
from surveys.exports.cells import BOM, csv_file, harmless
from surveys.exports.codebook import variables_of
from surveys.exports.rows import RowsRefused, checked_rows
from surveys.exports.spss import quoted, rows_data, rows_syntax
from surveys.modes import Mode
from tests.surveys.answered_site import EVERY_RESULT, everyday_answers
from tests.surveys.questionnaires import asking, choices, nb, question

HOSTILE = [
    "=1+1",
    "+47 22",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\N{NO-BREAK SPACE}=1",
    "＝1+1",
    "|calc",
    "%0A",
    "\r=1",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_is_a_formula(hostile: str) -> None:
    assert harmless(hostile).startswith("'")
    assert harmless("Vanlig = tekst") == "Vanlig = tekst"


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=3), max_size=5))
def test_csv_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    content = csv_file(rows).decode("utf-8")
    assert content.startswith(BOM)
    read = list(csv.reader(io.StringIO(content[1:], newline=""), delimiter=";"))
    assert read == [[harmless(cell) for cell in row] for row in rows]


@given(st.text())
def test_quoted_text_never_ends_its_quote(text: str) -> None:
    inner = quoted(text)[1:-1]
    assert "'" not in inner.replace("''", "")
    assert "\n" not in inner


def test_an_anonymous_survey_hands_out_no_rows() -> None:
    given_ = [everyday_answers(number) for number in range(20)]
    with pytest.raises(RowsRefused):
        checked_rows(EVERY_RESULT, given_, Mode.ANONYMOUS, 5)
    with pytest.raises(RowsRefused):
        checked_rows(EVERY_RESULT, given_[:4], Mode.OPEN, 5)


BACKGROUNDS = asking(
    question("a", "single", choices=choices("x", "y", "z"), background=True),
    question("b", "single", choices=choices("x", "y", "z"), background=True),
    question("q", "single", choices=choices("ja", "nei")),
    question("t", "long_text"),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "a": st.sampled_from("xyz"),
                "b": st.sampled_from("xyz"),
                "q": st.sampled_from(["ja", "nei"]),
                "t": st.just("Hemmelig"),
            },
        ),
        min_size=3,
        max_size=40,
    ),
    st.integers(3, 6),
)
def test_every_combination_of_background_values_stands_in_many_rows(
    given_: list[Answers], k: int
) -> None:
    if len(given_) < k:
        return
    with speaking("nb"):
        rows = checked_rows(BACKGROUNDS, given_, Mode.OPEN, k)
    assert rows.names == ("a", "b", "q")
    assert len(rows.rows) == len(given_)
    classes = Counter(row[:2] for row in rows.rows)
    assert min(classes.values()) >= k
    for column in zip(*rows.rows, strict=True):
        assert all(n >= k for value, n in Counter(column).items() if value is not None)


def test_spss_reads_every_column_that_it_is_told_of() -> None:
    definition = asking(
        question(
            "q",
            "single",
            title=nb("Er du Kari's «venn»?"),
            choices=choices("ja", "nei"),
            non_answers=["@dont_know"],
        )
    )
    each_: list[Answers] = [{"q": "ja"}, {"q": "@dont_know"}, {}]
    given_ = each_ * 6
    with speaking("nb"):
        rows = checked_rows(definition, given_, Mode.OPEN, 5)
        syntax = rows_syntax(definition, rows, "svar.csv").decode("utf-8-sig")
        data = rows_data(rows).decode("utf-8-sig").split()
    assert sorted(data[1:]) == ["-98"] * 6 + ["-99"] * 6 + ["1"] * 6
    assert "VARIABLE LABELS q 'Er du Kari''s «venn»?'." in syntax
    assert "  1 'Ja'" in syntax
    assert "  -98 'Vet ikke'" in syntax


def test_names_of_columns_are_all_different_and_fit_spss() -> None:
    with speaking("nb"):
        names = [each.name for each in variables_of(EVERY_RESULT)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() and len(name) <= 64 for name in names)
