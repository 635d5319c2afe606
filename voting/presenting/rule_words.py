"""A decision rule in plain words, and what it says of a result."""

from __future__ import annotations

from typing import Final

from infra.i18n import show_number, show_percent
from voting.contests import Contest
from voting.decision import Base, Decision, DecisionRule
from voting.presenting.translated import _


def rule_sentences(rule: DecisionRule, choices: tuple[str, ...]) -> list[str]:
    """Return what a rule means, sentence by sentence."""
    choice = _choice(choices, rule.choice)
    part = _fraction(rule.numerator, rule.denominator)
    if rule.strict:
        adopted = _(
            "«%(choice)s» er vedtatt når mer enn %(part)s av stemmene er for.",
            choice=choice,
            part=part,
        )
        tie = _("Blir det nøyaktig %(part)s, er det ikke vedtatt.", part=part)
    else:
        adopted = _(
            "«%(choice)s» er vedtatt når minst %(part)s av stemmene er for.",
            choice=choice,
            part=part,
        )
        tie = _("Nøyaktig %(part)s er nok.", part=part)
    return [adopted, tie, _base(rule), _binding(rule)]


def outcome_sentence(contest: Contest, decision: Decision | None) -> str:
    """Return what was decided; without a rule nothing was."""
    if contest.decision is None:
        return ""
    if decision is None:
        return _("Utfallet kan ikke sies: stemmene som ikke er åpnet, kan avgjøre det.")
    choice = _choice(contest.choices, contest.decision.choice)
    if decision.adopted:
        found = _("«%(choice)s» er vedtatt.", choice=choice)
    elif decision.tie:
        found = _(
            "«%(choice)s» er ikke vedtatt: det ble nøyaktig %(part)s av stemmene.",
            choice=choice,
            part=_fraction(contest.decision.numerator, contest.decision.denominator),
        )
    else:
        found = _("«%(choice)s» er ikke vedtatt.", choice=choice)
    if decision.binding:
        return _("%(found)s Resultatet er bindende.", found=found)
    return _("%(found)s Resultatet er rådgivende.", found=found)


def grounds_sentence(
    contest: Contest, totals: tuple[int, ...], voted: int, entitled: int
) -> str:
    """Return the numbers that the outcome was measured by."""
    rule = contest.decision
    if rule is None:
        return ""
    counted = totals if rule.base is Base.ALL else totals[: len(contest.choices)]
    base, votes = sum(counted), totals[rule.choice]
    return _(
        "%(votes)s av %(base)s stemmer (%(share)s) var for. %(voted)s av %(entitled)s"
        " stemmeberettigede (%(turnout)s) stemte.",
        votes=show_number(votes),
        base=show_number(base),
        share=show_percent(votes, base),
        voted=show_number(voted),
        entitled=show_number(entitled),
        turnout=show_percent(voted, entitled),
    )


def _base(rule: DecisionRule) -> str:
    if rule.base is Base.ALL:
        return _("Blanke stemmer regnes med blant stemmene.")
    return _("Blanke stemmer regnes ikke med, men teller i valgdeltakelsen.")


def _binding(rule: DecisionRule) -> str:
    if rule.turnout_numerator == 0:
        return _("Resultatet er bindende uansett hvor mange som stemmer.")
    part = _fraction(rule.turnout_numerator, rule.turnout_denominator)
    if rule.turnout_strict:
        return _(
            "Resultatet er bindende når mer enn %(part)s av de stemmeberettigede har"
            " stemt. Ellers er det rådgivende.",
            part=part,
        )
    return _(
        "Resultatet er bindende når minst %(part)s av de stemmeberettigede har"
        " stemt. Ellers er det rådgivende.",
        part=part,
    )


def _choice(choices: tuple[str, ...], index: int) -> str:
    return choices[index] if index < len(choices) else "?"


def _fraction(numerator: int, denominator: int) -> str:
    named: Final = {
        (1, 2): _("halvparten"),
        (1, 3): _("en tredel"),
        (2, 3): _("to tredeler"),
        (1, 4): _("en firedel"),
        (3, 4): _("tre firedeler"),
        (1, 1): _("alle"),
    }
    return named.get((numerator, denominator)) or f"{numerator}/{denominator}"
