from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Stores
from tests.voting.polling import PollingPlace, open_polling_place


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[PollingPlace]:
    """An election that is open, on both kinds of store."""
    with open_polling_place(stores.service, tmp_path) as opened:
        yield opened


@pytest.fixture
def revoting_place(stores: Stores, tmp_path: Path) -> Iterator[PollingPlace]:
    """An election in which a later ballot may follow an earlier one."""
    with open_polling_place(stores.service, tmp_path, revoting=True) as opened:
        yield opened
