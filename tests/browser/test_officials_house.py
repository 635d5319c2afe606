"""The officials' house from an empty installation to the archive, as newcomers find it.

Nobody types an address but that of the front page: whatever is opened is opened by a
link, a button, or a mail. Everything is real; only the clock is moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.house import House, a_house
from tests.browser.house_messages import (
    handle_bounces,
    remind,
    return_twenty,
    send_invitations,
)
from tests.browser.house_outcome import (
    close_and_count,
    open_and_vote,
    publish_and_archive,
    watch_turnout,
)
from tests.browser.house_set_up import (
    come_in,
    create_election,
    freeze_and_seal,
    import_roll,
    invite_holders,
    make_keys,
)

pytestmark = pytest.mark.long


@pytest.fixture
def house(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    with a_house(tmp_path, browser, monkeypatch) as lent:
        yield lent


@pytest.mark.timeout(1_800)
def test_newcomers_hold_an_election_by_following_the_pages(house: House) -> None:
    come_in(house)
    create_election(house)
    import_roll(house)
    invite_holders(house)
    make_keys(house)
    freeze_and_seal(house)
    send_invitations(house)
    return_twenty(house)
    handle_bounces(house)
    open_and_vote(house)
    watch_turnout(house)
    remind(house)
    close_and_count(house)
    publish_and_archive(house)
