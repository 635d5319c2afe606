"""The rounds of the key ceremony, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voting.ceremony_disputes import Dispute, Fault, fault_of
from voting.overview import CeremonyProgress
from voting.presenting.translated import _


@dataclass(frozen=True, slots=True)
class RoundWords:
    """A round: its name, and what each holder does in it."""

    name: str
    what: str


def list_rounds() -> tuple[RoundWords, ...]:
    """Return the rounds in the order of voting.ceremony.ROUNDS."""
    return (
        RoundWords(
            _("Nøkler"), _("lager sine egne nøkler og leser ordene høyt for hverandre")
        ),
        RoundWords(_("Binding"), _("binder seg til sin del")),
        RoundWords(_("Åpning"), _("viser det de bandt seg til")),
        RoundWords(_("Deler"), _("sender en forseglet del til hver av de andre")),
        RoundWords(_("Underskrift"), _("kontrollerer delene og skriver under")),
        RoundWords(
            _("Øving"), _("åpner den lagrede nøkkelfilen og viser at den virker")
        ),
    )


@dataclass(frozen=True, slots=True)
class DisputeWords:
    """A dispute over a share, told: what happened, and what is to be done."""

    by: str
    dealer: str
    dealer_index: int
    what: str
    answer_by: datetime | None
    """Until when the dealer is waited for; None when nobody is."""
    may_be_left_out: bool
    """Whether the ceremony can begin anew without the dealer."""
    must_leave: bool
    """Whether it can begin anew in no other way: everybody sees the fault."""
    dealer_was_done: bool
    """Whether the dealer had signed when the complaint came, and has not answered."""
    complaints: int
    """How often whoever complains has done so in this election."""


def show_disputes(
    progress: CeremonyProgress, threshold: int, now: datetime
) -> tuple[DisputeWords, ...]:
    """Return the disputes of a ceremony, oldest first."""
    return tuple(_show(each, progress, threshold, now) for each in progress.disputes)


def awaited_names(progress: CeremonyProgress) -> tuple[str, ...]:
    """Return whom the round under way waits for; none while a share is in dispute."""
    if not progress.started or progress.is_complete or progress.bad_share:
        return ()
    place = progress.round
    return tuple(seat.name for seat in progress.seats if not seat.done[place])


def _show(
    dispute: Dispute, progress: CeremonyProgress, threshold: int, now: datetime
) -> DisputeWords:
    names = {seat.index: seat.name for seat in progress.seats}
    complaints = {seat.index: seat.complaints for seat in progress.seats}
    by, dealer = names[dispute.by], names[dispute.dealer]
    fault = fault_of(dispute.dealer, progress.disputes, threshold, now)
    is_waiting = dispute.is_awaited and fault is None
    return DisputeWords(
        by=by,
        dealer=dealer,
        dealer_index=dispute.dealer,
        what=_what(dispute, fault, by, dealer),
        answer_by=dispute.answer_by if is_waiting else None,
        may_be_left_out=fault is not None,
        must_leave=fault in {Fault.WRONG, Fault.CROWDED},
        dealer_was_done=is_waiting and dispute.dealer_has_signed,
        complaints=complaints[dispute.by],
    )


def _what(dispute: Dispute, fault: Fault | None, by: str, dealer: str) -> str:
    if fault is Fault.CROWDED:
        return _(
            "Så mange har meldt fra om nøkkeldeler fra %(dealer)s at seremonien ikke"
            " kan gå videre med %(dealer)s.",
            dealer=dealer,
        )
    if dispute.right is False:
        return _(
            "%(by)s meldte fra, og %(dealer)s åpnet en nøkkeldel som ikke stemmer med"
            " det %(dealer)s har bundet seg til. Alle nettlesere ser det samme.",
            by=by,
            dealer=dealer,
        )
    if dispute.right:
        return _(
            "%(by)s meldte fra om nøkkeldelen fra %(dealer)s. %(dealer)s åpnet den for"
            " alle, den stemmer, og seremonien går videre.",
            by=by,
            dealer=dealer,
        )
    if fault is Fault.SILENT:
        return _(
            "%(by)s meldte fra om nøkkeldelen fra %(dealer)s, og %(dealer)s har ikke"
            " svart innen fristen.",
            by=by,
            dealer=dealer,
        )
    if dispute.dealer_has_signed:
        return _(
            "%(by)s meldte fra om nøkkeldelen fra %(dealer)s først da %(dealer)s hadde"
            " gjort sitt og skrevet under. %(dealer)s må åpne den for alle på"
            " nøkkelsiden sin.",
            by=by,
            dealer=dealer,
        )
    return _(
        "%(by)s meldte fra om nøkkeldelen fra %(dealer)s. %(dealer)s må åpne den for"
        " alle på nøkkelsiden sin.",
        by=by,
        dealer=dealer,
    )
