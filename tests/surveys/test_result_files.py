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
from surveys.definition import Definition
from surveys.exports.cells import BOM, csv_file, harmless
from surveys.exports.codebook import variables_of
from surveys.exports.rows import GROUP_COLUMN, Rows, RowsRefused, checked_rows
from surveys.exports.spss import quoted, rows_data, rows_syntax
from surveys.gate import Terms, publish_results
from surveys.modes import Mode
from surveys.published import GROUPS
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
    published = publish_results(EVERY_RESULT, given_, Terms(5))
    with pytest.raises(RowsRefused):
        checked_rows(published, EVERY_RESULT, given_, Mode.ANONYMOUS)
    with pytest.raises(RowsRefused):
        checked_rows(published, EVERY_RESULT, given_[:4], Mode.OPEN)


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
    rows = rows_of(BACKGROUNDS, given_, Terms(k))
    assert set(rows.names) <= {"a", "b", "q"}
    together = [at for at, name in enumerate(rows.names) if name in "ab"]
    classes = Counter(tuple(row[at] for at in together) for row in rows.rows)
    assert min(classes.values(), default=k) >= k
    for column in zip(*rows.rows, strict=True):
        assert min(Counter(column).values()) >= k, "few blanks tell as much as a value"


def rows_of(
    definition: Definition,
    given_: list[Answers],
    terms: Terms,
    groups: list[int] | None = None,
    *,
    groups_removed: bool = False,
) -> Rows:
    published = publish_results(definition, given_, terms, groups)
    codes = None
    if groups is not None and not groups_removed:
        codes = [terms.group_codes[each] for each in groups]
    with speaking("nb"):
        return checked_rows(published, definition, given_, Mode.PSEUDONYMOUS, codes)


def test_what_the_document_hides_the_rows_do_not_hold() -> None:
    """Blanked cells beside exact totals are exactly the cells that were hidden."""
    definition = asking(
        question("en", "single", choices=choices("x", "y", "z")),
        question("flere", "multiple", choices=choices("p", "r", "s")),
        question("hel", "single", choices=choices("x", "y")),
    )
    given_: list[Answers] = [
        {
            "en": "z" if at < 2 else "xy"[at % 2],
            "flere": ["s"] if at < 3 else ["p" if at % 2 else "r"],
            "hel": "xy"[at % 2],
        }
        for at in range(30)
    ]
    rows = rows_of(definition, given_, Terms(5))
    assert "hel" in rows.names
    assert "en" not in rows.names
    assert not {"flere_p", "flere_s"} <= {*rows.names}
    assert "flere_s" not in rows.names


def test_rows_before_and_after_groups_are_removed_differ_by_the_groups_alone() -> None:
    groups = [3] * 2 + [0] * 6 + [1] * 10 + [2] * 12
    given_: list[Answers] = [
        {"a": "xy"[at // 15], "b": "xyz"[at // 10], "q": ["ja", "nei"][at % 2]}
        for at in range(30)
    ]
    terms = Terms(5, GROUPS, ("g0", "g1", "g2", "g3"))
    before = rows_of(BACKGROUNDS, given_, terms, groups)
    after = rows_of(BACKGROUNDS, given_, terms, groups, groups_removed=True)
    assert before.names == ("q", GROUP_COLUMN)
    assert after.names == ("q",)
    assert min(Counter(row[1] for row in before.rows).values()) >= 5
    assert "g3" not in {row[1] for row in before.rows}
    at_q = Counter(row[0] for row in before.rows)
    assert at_q == Counter(row[0] for row in after.rows)


def test_a_background_column_is_whole_or_left_out() -> None:
    given_: list[Answers] = [
        {"a": "xy"[at // 15], "b": "xy"[at % 2 if at else 1], "q": "ja"}
        for at in range(30)
    ]
    assert rows_of(BACKGROUNDS, given_, Terms(5)).names == ("a", "b")
    # Two of x are y as well: blanks in either column would count them.
    given_ = [
        {**each, "b": "y" if at < 2 or at > 14 else "x"}
        for at, each in enumerate(given_)
    ]
    assert rows_of(BACKGROUNDS, given_, Terms(5)).names == ("a",)
    assert rows_of(BACKGROUNDS, given_, Terms(5, "b")).names == ("b",)


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
    rows = rows_of(definition, given_, Terms(5))
    with speaking("nb"):
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
