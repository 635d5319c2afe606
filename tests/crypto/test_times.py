"""One way of writing a time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.times import MalformedTime, format_time, parse_time


def test_a_time_is_written_in_utc_without_parts_of_a_second() -> None:
    oslo = timezone(timedelta(hours=2))
    instant = datetime(2027, 5, 3, 20, 0, 59, 999_999, tzinfo=oslo)
    assert format_time(instant) == "2027-05-03T18:00:59Z"


@given(st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bound
def test_a_time_is_read_as_it_was_written(instant: datetime) -> None:
    assert parse_time(format_time(instant)) == instant.replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-03 18:00:00Z",
        "2027-05-03T18:00:00",
        "2027-05-03T18:00:00+00:00",
        "2027-05-03T18:00Z",
        "2027-5-3T18:00:00Z",
        "2027-02-30T18:00:00Z",
        "2027-05-03T24:00:00Z",
        "2027-05-03T18:00:60Z",
        "2027-05-03T18:00:00.0Z",
        "2027-05-03T18:00:00Z\n",
        "٢٠٢٧-05-03T18:00:00Z",
        "",
    ],
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedTime):
        parse_time(text)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(MalformedTime, match="zone"):
        format_time(datetime(2027, 5, 3))  # noqa: DTZ001 - that is what is refused
