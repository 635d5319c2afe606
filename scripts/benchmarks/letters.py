"""How long letters take, and how much memory: as an official prints them."""

import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from crypto.codes import VotingCode
from register.letter_pages import render_letters
from register.letters import Letter
from register.mail_templates import suggested_template
from register.mails import Letterhead
from register.queued_messages import LETTERS_IN_A_BATCH
from register.roll_phases import SendingKind
from scripts.benchmarks.measuring import Measurement, measure

MOST_BATCHES: Final = 10
"""A thousand letters say enough; a batch takes seconds, not milliseconds."""

_OPENS: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)


def measure_letters(runs: int) -> Iterator[Measurement]:
    """Batches of 100 letters, ten at most; the peak of memory stands in the name."""
    head = Letterhead(
        election_id="0" * 32,
        title="Lønnsoppgjøret 2026",
        organisation="Norsk Eksempelforbund",
        opens_at=_OPENS,
        closes_at=_OPENS + timedelta(days=7),
        page="https://stemme.eksempelforbundet.no/s/lonn-2026",
    )
    measured = measure("100 letters", lambda: _print(head), min(runs, MOST_BATCHES))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    name = f"100 letters as PDF, in {peak} MB at most"
    yield Measurement(name, measured.median, measured.fastest, measured.runs)


def _print(head: Letterhead) -> bytes:
    template = suggested_template(SendingKind.INVITATION)
    letters = [
        Letter(
            f"Kåre Eksempel {n}",
            f"Storgata {n}\n0155 OSLO",
            VotingCode.draw(),
            template,
        )
        for n in range(LETTERS_IN_A_BATCH)
    ]
    return render_letters(head, bytes(range(32)), letters, 1)
