from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from infra.clock import (
    OFFSET_FILE,
    FixedClock,
    OffsetClock,
    SystemClock,
    clock_for,
    move_clock,
)
from infra.config import load_settings


def test_system_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert SystemClock().now() - now < timedelta(seconds=5)


def test_offset_clock_is_moved_by_setting_and_file_while_it_runs(
    tmp_path: Path,
) -> None:
    clock = OffsetClock(3600, tmp_path / OFFSET_FILE)
    before = clock.now() - SystemClock().now()
    move_clock(tmp_path, 30 * 86400)
    after = clock.now() - SystemClock().now()
    assert abs(before - timedelta(hours=1)) < timedelta(seconds=5)
    assert abs(after - timedelta(days=30, hours=1)) < timedelta(seconds=5)
    assert [file.name for file in tmp_path.iterdir()] == [OFFSET_FILE]


def test_an_offset_that_is_no_number_stops_the_clock(tmp_path: Path) -> None:
    (tmp_path / OFFSET_FILE).write_text("soon")
    with pytest.raises(ValueError, match="soon"):
        OffsetClock(0, tmp_path / OFFSET_FILE).now()


def test_fixed_clock_answers_in_utc() -> None:
    oslo = timezone(timedelta(hours=2))
    clock = FixedClock(datetime(2026, 6, 1, 12, tzinfo=oslo))
    assert clock.now() == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_development_gets_the_moving_clock(tmp_path: Path) -> None:
    settings = load_settings(
        {"URNE_ENVIRONMENT": "development", "URNE_DATA_DIR": str(tmp_path)}
    )
    assert isinstance(clock_for(settings), OffsetClock)
