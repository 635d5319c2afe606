"""Proposals that two of the committee sign: what is asked, and who has signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.i18n import show_moment, show_number
from voting.overview import read_deadline, read_hold
from voting.paper_entry import read_paper
from voting.presenting.translated import _, ngettext
from voting.proposals import OpenProposal


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal as the page shows it."""

    kind: str
    number: int
    what: str
    reason: str
    state: str
    state_kind: str
    signed: tuple[str, ...]
    is_open: bool


def show_proposals(
    proposals: Sequence[OpenProposal], names: Mapping[int, str]
) -> list[ProposalLine]:
    """Return proposals, the newest first; `names` are the holders' by index."""
    return [_line(each, names) for each in reversed(proposals)]


def _line(proposal: OpenProposal, names: Mapping[int, str]) -> ProposalLine:
    what, reason = _content(proposal)
    state, kind = {
        "open": (_("Venter på underskrifter"), "warning"),
        "signed": (_("Gjelder"), "success"),
        "withdrawn": (_("Trukket"), "neutral"),
    }[proposal.state]
    return ProposalLine(
        kind=proposal.kind,
        number=proposal.number,
        what=what,
        reason=reason,
        state=state,
        state_kind=kind,
        signed=tuple(names.get(index, str(index)) for index in proposal.signed_by),
        is_open=proposal.state == "open",
    )


def _content(proposal: OpenProposal) -> tuple[str, str]:
    if proposal.kind == "schedule":
        closes_at, reason = read_deadline(proposal)
        return _("Stenger %(at)s", at=show_moment(closes_at)), reason
    if proposal.kind == "hold":
        until, reason = read_hold(proposal)
        return _("Makuleringen venter til %(at)s", at=show_moment(until)), reason
    ballots = sum(group.ballots for group in read_paper(proposal).groups)
    what = ngettext(
        "%(n)s gyldig stemmeseddel på papir",
        "%(n)s gyldige stemmesedler på papir",
        ballots,
        n=show_number(ballots),
    )
    return what, ""
