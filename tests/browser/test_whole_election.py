"""One election from the roll to the shredded register, in Chromium alone.

Everything is real: the processes of an installation, mails over SMTP, a browser context
for every person, files saved and read back. Only the clock is moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.election_day import ASE, BJORN, GRO, MEMBERS, RANDI, Day, a_day
from tests.browser.election_outcome import (
    close_at_its_minute,
    count_and_approve,
    read_protocol,
    see_old_link,
    shred_after_thirty_days,
    verify_record,
)
from tests.browser.election_polls import (
    cast_six,
    find_on_board,
    open_at_its_minute,
    remind_the_unmarked,
    send_invitations,
)
from tests.browser.election_set_up import (
    create_election,
    freeze_and_seal,
    import_roll,
    make_keys,
)


@pytest.fixture
def day(tmp_path: Path, browser: Browser) -> Iterator[Day]:
    with a_day(tmp_path, browser) as lent:
        yield lent


@pytest.mark.timeout(600)
def test_an_election_is_held_in_browsers_from_the_roll_to_the_shredding(
    day: Day,
) -> None:
    create_election(day)
    import_roll(day)
    make_keys(day)
    freeze_and_seal(day)
    send_invitations(day)
    links = {each.number: day.boxes().link_of(each.email) for each in MEMBERS}
    open_at_its_minute(day, links[RANDI.number])
    cast_six(day, links)
    remind_the_unmarked(day, links)
    find_on_board(day, day.codes[BJORN.number])
    close_at_its_minute(day)
    find_on_board(day, day.codes[GRO.number])
    count_and_approve(day)
    verify_record(day, read_protocol(day))
    shred_after_thirty_days(day)
    see_old_link(day, links[ASE.number])
