"""Long work told to people: what a worker is at, how far, and what stopped it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.i18n import show_number
from voting.long_work import WorkState
from voting.presenting.translated import _


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A piece of work as a page shows it; a total of 0: nobody knows how many."""

    text: str
    done: int
    total: int
    trouble: str
    """That something went wrong and is tried again; empty when nothing did."""
    stopped: str
    """What stopped it, and what to do; empty when nothing did."""


def show_work(state: WorkState | None) -> WorkLine | None:
    """Return the line for a piece of work; None when there is none to do."""
    if state is None or state.is_finished:
        return None
    trouble = _("Noe gikk galt. Det prøves igjen av seg selv om et par minutter.")
    return WorkLine(
        text=_stage(state),
        done=state.done,
        total=state.total,
        trouble=trouble if state.trouble and not state.refusal else "",
        stopped=_stopped(state.refusal) if state.refusal else "",
    )


def _stage(state: WorkState) -> str:
    known = {
        "": _("Venter på tur"),
        "board": _("Leser oppslagstavlen"),
        "sums": _("Legger sammen de forseglede stemmene"),
        "opening": _("Åpner summene"),
        "protocol": _("Skriver protokollen"),
        "record": _("Skriver valgprotokollen"),
        "verifying": _("Regner etter hele valgprotokollen"),
        "printing": _("Setter opp protokollen som PDF"),
        "packing": _("Pakker for arkivet"),
    }
    stage = known.get(state.stage, state.stage)
    if not state.total:
        return stage
    return _(
        "%(stage)s: %(done)s av %(total)s",
        stage=stage,
        done=show_number(state.done),
        total=show_number(state.total),
    )


def _stopped(refusal: str) -> str:
    known = {
        "CountStopped": _(
            "Tallene viser at noen kan ha stemt uten rett. Det må oppklares før det"
            " kan telles. Ta vare på alt, og ta kontakt med revisor."
        ),
        "ForbiddenTransition": _("Valget ble avlyst mens det ble talt."),
        "NotClosed": _("Valget ble avlyst mens det ble talt."),
    }
    return known.get(refusal, _("Arbeidet ble stanset. Driften må se på det."))
