from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.config import Settings, load_settings
from infra.runtime import Runtime, open_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """Settings of a test installation: two SQLite files, a Redis of its own."""
    return load_settings(
        {
            "URNE_ENVIRONMENT": "test",
            "URNE_DATA_DIR": str(tmp_path),
            "REDIS_URL": redis_url,
        }
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    """Everything opened as a process would open it."""
    opened = open_runtime(settings)
    yield opened
    opened.close()
