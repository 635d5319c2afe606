"""Strategies for ballot styles and valid votes."""

from hypothesis import strategies as st

from crypto.ballot_shape import ContestShape, Selection, StyleShape


@st.composite
def contest_shapes(draw: st.DrawFn, index: int = 0) -> ContestShape:
    """A contest of up to five choices."""
    choices = draw(st.integers(1, 5))
    maximum = draw(st.integers(1, choices))
    minimum = draw(st.integers(1, maximum))
    return ContestShape(index, choices, draw(st.booleans()), minimum, maximum)


@st.composite
def valid_selections(draw: st.DrawFn, contest: ContestShape) -> Selection:
    """A vote that the contest takes."""
    if contest.blank and draw(st.booleans()):
        return Selection(frozenset(), blank=True)
    marks = st.frozensets(
        st.integers(0, contest.choices - 1),
        min_size=contest.minimum,
        max_size=contest.maximum,
    )
    return Selection(draw(marks))


@st.composite
def filled_styles(draw: st.DrawFn) -> tuple[StyleShape, list[Selection]]:
    """A style of one or two contests, and a valid vote for it."""
    indices = draw(st.sampled_from([(0,), (3,), (0, 1), (1, 4)]))
    contests = tuple(draw(contest_shapes(index)) for index in indices)
    return StyleShape(contests), [draw(valid_selections(each)) for each in contests]
