"""The rounds of the key ceremony, in words."""

from __future__ import annotations

from dataclasses import dataclass

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
