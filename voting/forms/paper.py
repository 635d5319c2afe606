"""The form of paper results: as many fields as the manifest has groups and slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from voting.manifest_model import Manifest
from voting.paper import MOST_BALLOTS, PaperGroup, PaperResults

ENVELOPES, REJECTED, UNOPENED = "apnet", "forkastet", "uapnet"


class PaperForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Counts of envelopes by group and of votes by style; made by `paper_form`."""

    def number(self, name: str) -> int:
        """Return the count in a field."""
        return int(self[name].data or 0)

    def results(self, manifest: Manifest) -> PaperResults:
        """Return the results that were filled in, unsigned."""
        return PaperResults(
            groups=tuple(
                PaperGroup(
                    self.number(group_field(group.index, ENVELOPES)),
                    self.number(group_field(group.index, REJECTED)),
                    self.number(group_field(group.index, UNOPENED)),
                )
                for group in manifest.groups
            ),
            styles=tuple(
                tuple(
                    tuple(
                        self.number(slot_field(style.index, contest.index, slot))
                        for slot in range(contest.slots)
                    )
                    for contest in manifest.contests_of_style(style.index)
                )
                for style in manifest.styles
            ),
            signatures=(),
        )


def group_field(group: int, kind: str) -> str:
    """Return the name of a field of a voter group."""
    return f"gruppe-{group}-{kind}"


def slot_field(style: int, contest: int, slot: int) -> str:
    """Return the name of a field of a slot."""
    return f"seddel-{style}-{contest}-{slot}"


def paper_form(manifest: Manifest, filled: PaperResults | None = None) -> PaperForm:
    """Return the form for a manifest, filled in with results if given."""
    labels: dict[str, Any] = {}
    for group in manifest.groups:
        labels[group_field(group.index, ENVELOPES)] = _l("Åpnede konvolutter")
        labels[group_field(group.index, REJECTED)] = _l("Av dem forkastet")
        labels[group_field(group.index, UNOPENED)] = _l("Ikke åpnet")
    for style in manifest.styles:
        for contest in manifest.contests_of_style(style.index):
            for slot in range(contest.slots):
                name = slot_field(style.index, contest.index, slot)
                last = slot == len(contest.choices)
                labels[name] = _l("Blank") if last else contest.choices[slot]
    fields = {name: _count(label) for name, label in labels.items()}
    form: PaperForm = type("FilledPaperForm", (PaperForm,), fields)()
    if filled is not None and not form.is_submitted():
        for name, number in _numbers(manifest, filled).items():
            form[name].data = number
    return form


def _count(label: Any) -> IntegerField:  # noqa: ANN401 - a text, lazy or not
    return IntegerField(
        label,
        [
            InputRequired(_l("Skriv et tall; 0 når det er ingen.")),
            NumberRange(0, MOST_BALLOTS, _l("Skriv et helt tall fra 0.")),
        ],
    )


def _numbers(manifest: Manifest, results: PaperResults) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for index, group in enumerate(results.groups):
        found[group_field(index, ENVELOPES)] = group.envelopes
        found[group_field(index, REJECTED)] = group.rejected
        found[group_field(index, UNOPENED)] = group.unopened
    for style, rows in zip(manifest.styles, results.styles, strict=True):
        contests = manifest.contests_of_style(style.index)
        for contest, slots in zip(contests, rows, strict=True):
            for slot, number in enumerate(slots):
                found[slot_field(style.index, contest.index, slot)] = number
    return found
