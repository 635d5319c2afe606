"""The manifest as people read it before it is sealed for good."""

from __future__ import annotations

from dataclasses import dataclass

from infra.i18n import show_number
from voting.contests import Contest
from voting.manifest_model import Manifest
from voting.presenting.ballot_preview import marks_words
from voting.presenting.rule_words import rule_sentences
from voting.presenting.translated import _, ngettext

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReviewedContest:
    """A contest: what stands on the ballot, and what decides."""

    title: str
    question: str
    choices: tuple[str, ...]
    marks: str
    voters: str
    rule: tuple[str, ...]
    rule_text: str


@dataclass(frozen=True, slots=True)
class Review:
    """What will never change again, part by part."""

    basics: tuple[Row, ...]
    contests: tuple[ReviewedContest, ...]
    groups: tuple[tuple[str, int, str], ...]
    """Label, entitled, and the titles of the contests they vote on."""
    entitled: int
    holders: tuple[str, ...]
    committee: tuple[Row, ...]
    rules: tuple[Row, ...]
    scripts: int


LANGUAGES = {"nb": "bokmål", "nn": "nynorsk", "en": "engelsk"}


def review_manifest(manifest: Manifest) -> Review:
    """Return what a manifest says, in the order that it is best checked."""
    return Review(
        basics=_basics(manifest),
        contests=tuple(_contest(manifest, each) for each in manifest.contests),
        groups=tuple(
            (
                group.label,
                group.entitled,
                ", ".join(
                    contest.title for contest in manifest.contests_of_style(group.style)
                ),
            )
            for group in manifest.groups
        ),
        entitled=sum(group.entitled for group in manifest.groups),
        holders=tuple(holder.name for holder in manifest.holders),
        committee=_committee(manifest),
        rules=_rules(manifest),
        scripts=len(manifest.scripts),
    )


def _basics(manifest: Manifest) -> tuple[Row, ...]:
    kind = _("Øvingsvalg, avgjør ingenting") if manifest.practice else _("Valg")
    return (
        (_("Tittel"), manifest.title),
        (_("Organisasjon"), manifest.organisation),
        (_("Språk på stemmeseddelen"), LANGUAGES[manifest.language]),
        (_("Slags"), kind),
        (_("Adresse for velgerne"), f"{manifest.service_url}/s/{manifest.slug}"),
    )


def _contest(manifest: Manifest, contest: Contest) -> ReviewedContest:
    choices = contest.choices
    if contest.blank:
        choices = (*choices, _("Blank stemme"))
    groups = manifest.groups_of_contest(contest.index)
    if len(groups) == len(manifest.groups):
        voters = _("Alle velgergrupper")
    else:
        voters = ", ".join(manifest.groups[index].label for index in sorted(groups))
    rule = contest.decision
    return ReviewedContest(
        title=contest.title,
        question=contest.question,
        choices=choices,
        marks=marks_words(contest),
        voters=voters,
        rule=tuple(rule_sentences(rule, contest.choices)) if rule else (),
        rule_text=rule.text if rule else "",
    )


def _committee(manifest: Manifest) -> tuple[Row, ...]:
    holders = show_number(len(manifest.holders))
    return (
        (
            _("For å telle"),
            _(
                "%(k)s av %(n)s må bruke nøkkeldelen sin",
                k=show_number(manifest.threshold),
                n=holders,
            ),
        ),
        (
            _("For å godkjenne"),
            _(
                "%(m)s av %(n)s må skrive under på protokollen",
                m=show_number(manifest.approvals_needed),
                n=holders,
            ),
        ),
    )


def _rules(manifest: Manifest) -> tuple[Row, ...]:
    rules = manifest.rules
    revoting = _("Ja, den siste stemmen teller") if rules.revoting else _("Nei")
    risks = ", ".join(map(risk_words, manifest.accepted_risks)) or _("Ingen")
    return (
        (
            _("Minste viste gruppe"),
            ngettext(
                "%(n)s stemme",
                "%(n)s stemmer",
                rules.suppression_threshold,
                n=show_number(rules.suppression_threshold),
            ),
        ),
        (
            _("Stemmesedler i en bunke"),
            _("minst %(n)s", n=show_number(rules.batch_size)),
        ),
        (_("Kan stemme på nytt"), revoting),
        (
            _("Påbegynte stemmer tas imot"),
            _(
                "til %(n)s minutter etter stenging",
                n=show_number(rules.grace_seconds // 60),
            ),
        ),
        (_("Risiko som driften har godtatt"), risks),
    )


def risk_words(name: str) -> str:
    """Return a risk that the operator has accepted, in words."""
    known = {
        "shared-cluster": _(
            "manntallet og urnen ligger i samme databasetjener, så den som driver"
            " den kan se rekkefølgen på tvers"
        )
    }
    return known.get(name, name)
