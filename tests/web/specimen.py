"""A site that shows every macro and every refusal, for tests of the look alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, render_template, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from tests.serving import served
from tests.web.strict_site import POLICY

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = (400, 403, 404, 405, 410, 413, 429, 500, 503)

OFFICIAL = """
{% set section = "manntall" %}
{% extends "base_official.html" %}
{% from "macros/forms.html" import error_summary, field %}
{% from "macros/actions.html" import button, link_button, confirm_dialog %}
{% from "macros/feedback.html" import alert, phase_tag, progress, empty_state %}
{% from "macros/data.html" import facts, figures, table, code %}
{% block title %}Manntall{% endblock %}
{% block page_head %}<h1>Manntall</h1>{{ phase_tag("DRAFT") }}{% endblock %}
{% block content %}
{{ error_summary(form) }}
<form class="form stack" method="post" novalidate>
{% for one in form %}{{ field(one, hint="Et råd.") }}{% endfor %}
<div class="actions">{{ button("Lagre") }}</div></form>
{{ figures([("Stemmeberettigede", "4812")]) }}{{ facts([("Nøkkel", code("7f3a"))]) }}
{% call table("t", "Velgergrupper") %}<thead><tr><th scope="col">Velgergruppe</th>
<th scope="col" data-number>Stemmeberettigede i manntallet</th>
<th scope="col" data-number>Stemmesedler i urnen</th></tr></thead>
<tbody><tr><th scope="row">Privat</th><td data-number>1203</td><td>5</td></tr></tbody>
{% endcall %}
{{ alert("Husk øvingen.", kind="warning") }}{{ progress("p", "Sendt", 3, 9, "3 av 9") }}
{% call confirm_dialog("d", "Avlys", "Avlyse?", "/x", "Ja, avlys", danger=true) %}
<p>Det kan ikke gjøres om.</p>{% endcall %}
{% call empty_state("Ingen klager") %}{{ link_button("Ny", "#") }}{% endcall %}
{% endblock %}
{% block scripts %}<script type="module"
  src="{{ url_for('static', filename='js/dialogs.js') }}"></script>{% endblock %}
"""
VOTER = """
{% extends "base_voter.html" %}
{% from "macros/feedback.html" import steps %}
{% from "macros/forms.html" import ballot_choice %}
{% from "macros/actions.html" import button, link_button %}
{% from "macros/data.html" import tracking_code %}
{% block title %}Stemmeseddel{% endblock %}
{% block steps %}{{ steps(["Stemmeseddel", "Se over", "Kvittering"], 2) }}{% endblock %}
{% block content %}<h1>Stemmeseddel</h1>
<form class="stack"><fieldset class="choices"><legend class="heading">Ja?</legend>
{{ ballot_choice("c0", "c", "0", "Ja", checked=true) }}
{{ ballot_choice("c1", "c", "1", "Blank stemme", "Telles med.", blank=true) }}
</fieldset>{{ tracking_code("K7QM 3F9X 2HDT 8W0C 5RNB 1VZE 6PYA 4JGS") }}
<div class="actions">{{ button("Videre") }}{{ link_button("Tilbake", "#") }}</div>
</form>{% endblock %}
"""


class SpecimenForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """One field of each kind, every one refused when empty."""

    title = StringField(
        "Navn",
        [InputRequired("Skriv et navn.")],
        render_kw={"autocomplete": "username"},
    )
    secret = PasswordField(
        "Passord",
        [Length(min=12, message="For kort.")],
        render_kw={"autocomplete": "new-password"},
    )
    rule = RadioField(
        "Regel", [InputRequired("Velg en.")], choices=[SelectChoice("a", "A")]
    )
    group = SelectField(
        "Gruppe", [InputRequired("Velg.")], choices=[SelectChoice("", "Velg")]
    )
    sure = BooleanField("Jeg er sikker", [InputRequired("Bekreft.")])


def specimen_app() -> Flask:
    """Build the site; every answer carries the strict policy."""
    app = Flask("specimen", root_path=str(ROOT))
    app.config.update(SECRET_KEY="specimen", BABEL_DEFAULT_LOCALE="nb")
    Babel(app)
    CSRFProtect(app)
    sections = ("valg", "manntall", "nokler", "opptelling", "protokoll")
    common = {
        "site": {"union_name": "Forbundet for prøving"},
        "signed_in": {"name": "Kari", "role": "Arrangør", "sign_out_url": "/ut"},
        "section_urls": {name: f"/{name}" for name in sections},
    }
    app.context_processor(lambda: common)

    @app.after_request
    def _strict(response):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/official")
    def official() -> str:
        form = SpecimenForm(meta={"csrf": False})
        form.validate()
        return render_template_string(OFFICIAL, form=form)

    @app.get("/voter")
    def voter() -> str:
        return render_template_string(VOTER)

    @app.get("/refusal/<int:status>")
    def refusal(status: int) -> str:
        return render_template(f"errors/{status}.html")

    return app


@contextmanager
def specimen_site() -> Iterator[str]:
    """Serve the specimens on loopback; yield the address."""
    with served(specimen_app()) as address:
        yield address
