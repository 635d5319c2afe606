"""The nine steps of an election: what is done, what is next, and who must do it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from voting.overview import Overview
from voting.phases import Phase
from voting.presenting.step import (
    BY_ITSELF,
    COMMITTEE,
    EVERYBODY,
    LATER,
    NOW,
    ORGANISER,
    STOPPED,
    Step,
)
from voting.presenting.steps_from_sending import (
    show_approval,
    show_count,
    show_open,
    show_sending,
    show_shredding,
)
from voting.presenting.steps_to_sealing import (
    show_contests,
    show_keys,
    show_roll,
    show_sealing,
)
from voting.presenting.translated import _

_BUILDERS: Final[tuple[Callable[[int, Overview], Step], ...]] = (
    show_contests,
    show_roll,
    show_keys,
    show_sealing,
    show_sending,
    show_open,
    show_count,
    show_approval,
    show_shredding,
)


def list_steps(overview: Overview) -> list[Step]:
    """Return the nine steps of an election."""
    steps = [build(number, overview) for number, build in enumerate(_BUILDERS, start=1)]
    if overview.phase is Phase.CANCELLED:
        return _of_cancelled(overview, steps)
    return steps


def next_step(steps: list[Step], mine: Collection[str] = ()) -> Step | None:
    """Return the step that somebody must see to.

    What is stopped comes first, then what falls to the reader: `mine` names by whom.
    """
    stopped = [step for step in steps if step.state is STOPPED]
    now = [step for step in steps if step.state is NOW]
    own = [step for step in now if step.who in mine]
    return next(iter((*stopped, *own, *now)), None)


def waiting_step(steps: list[Step]) -> Step | None:
    """Return the step that goes on by itself, if nobody has to do anything."""
    return next((step for step in steps if step.state is BY_ITSELF), None)


def who_words(who: str) -> str:
    """Return who must do a step."""
    return {
        ORGANISER: _("Arrangøren"),
        COMMITTEE: _("Valgkomiteen"),
        EVERYBODY: _("Arrangøren og valgkomiteen"),
    }.get(who, "")


def _of_cancelled(overview: Overview, steps: list[Step]) -> list[Step]:
    stopped = [
        Step(step.number, step.title, LATER, _("Valget er avlyst."))
        for step in steps[:-1]
    ]
    last = steps[-1]
    if not overview.shredded:
        text = _(
            "Manntallet makuleres av seg selv 30 dager etter at valget ble avlyst."
        )
        last = replace(last, text=text, state=BY_ITSELF)
    return [*stopped, last]
