"""Setting up a second factor: an app or a passkey, and the recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.challenges import draw_challenge, take_challenge
from accounts.entrance import (
    complete_entrance,
    may_set_up,
)
from accounts.forms.entering import CodeForm, PasskeyForm
from accounts.forms.own import PasskeyNameForm
from accounts.guards import current_entrant, entering, session_token
from accounts.passkeys import (
    TooManyPasskeys,
    register_passkey,
    registration_options,
)
from accounts.recovery_codes import draw_codes
from accounts.relying_party import (
    PasskeysUnavailable,
    has_passkeys,
    relying_party,
)
from accounts.second_factors import (
    FactorRefused,
    Factors,
    factor_key,
    read_factors,
)
from accounts.sessions import HalfSignedIn, close_sessions
from accounts.tables import Official
from accounts.totp import (
    NoCandidate,
    begin_totp,
    confirm_totp,
    provisioning_uri,
    qr_svg,
    read_candidate,
)
from accounts.views.rooms import (
    Desk,
    acting,
    blueprint,
    counted,
    keep_signed_in,
    own_path,
    reading,
)
from infra.web import current_runtime

SETTING_UP = "set-up"
ATTEMPTS_PER_QUARTER = 20


@blueprint.get("/totrinn")
@entering
def set_up() -> ResponseReturnValue:
    """Let the official choose between an app and a passkey."""
    with reading() as desk:
        factors = _require_may_set_up(desk)
    return render_template(
        "accounts/set_up.html",
        factors=factors,
        form=PasskeyNameForm(),
        is_required=not current_entrant().complete,
        passkeys=has_passkeys(desk.settings.service_url),
    )


@blueprint.post("/totrinn/app/ny")
@entering
def begin_app() -> ResponseReturnValue:
    """Draw the secret of a new app."""
    with acting() as desk:
        _require_may_set_up(desk)
        begin_totp(desk.session, factor_key(desk.settings), desk.actor)
    return redirect(url_for("accounts.set_up_app"))


@blueprint.route("/totrinn/app", methods=["GET", "POST"])
@entering
def set_up_app() -> ResponseReturnValue:
    """Show the QR code, and take a code of the app."""
    form = CodeForm()
    try:
        if not form.validate_on_submit():
            return _app_page(form, 422 if form.is_submitted() else 200)
        return _confirm_app(form)
    except NoCandidate:
        return redirect(url_for("accounts.set_up"))
    except FactorRefused:
        form.code.errors = [
            _("Koden stemmer ikke. Er klokken på telefonen riktig? Prøv neste kode.")
        ]
        return _app_page(form, 422)


@blueprint.post("/totrinn/passnokkel/ny")
@entering
def begin_passkey() -> ResponseReturnValue:
    """Ask the browser for a new passkey."""
    form = PasskeyNameForm()
    if not form.validate():
        flash(_("Gi passnøkkelen et navn."), "danger")
        return redirect(url_for("accounts.set_up"))
    runtime = current_runtime()
    try:
        with reading() as desk:
            _require_may_set_up(desk)
            party = relying_party(desk.settings.service_url)
            challenge = draw_challenge(runtime, SETTING_UP, session_token())
            options = registration_options(desk.session, party, desk.actor, challenge)
    except (PasskeysUnavailable, TooManyPasskeys):
        flash(_("Det kan ikke lages flere passnøkler her."), "danger")
        return redirect(url_for("accounts.set_up"))
    passkey = PasskeyForm(formdata=None, name=form.name.data)
    return render_template(
        "accounts/set_up_passkey.html", options=options, passkey=passkey
    )


@blueprint.post("/totrinn/passnokkel")
@entering
def set_up_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    form, runtime = PasskeyForm(), current_runtime()
    try:
        challenge = take_challenge(runtime, SETTING_UP, session_token())
        with acting() as desk:
            before = _require_may_set_up(desk)
            register_passkey(
                desk.session,
                relying_party(desk.settings.service_url),
                desk.actor,
                name=str(form.name.data or ""),
                challenge=challenge,
                answer=str(form.answer.data if form.validate() else ""),
                at=desk.at,
            )
            codes, token = _finish(desk, before)
    except (FactorRefused, PasskeysUnavailable, TooManyPasskeys):
        flash(_("Passnøkkelen ble ikke laget. Prøv igjen."), "danger")
        return redirect(url_for("accounts.set_up"))
    return _finished(codes, token)


def _app_page(form: CodeForm, status: int) -> ResponseReturnValue:
    with reading() as desk:
        _require_may_set_up(desk)
        secret = read_candidate(desk.session, factor_key(desk.settings), desk.actor)
        email = desk.session.get_one(Official, desk.actor).email
    page = render_template(
        "accounts/set_up_app.html",
        form=form,
        secret=secret,
        qr=qr_svg(provisioning_uri(secret, email)),
    )
    return page, status


def _confirm_app(form: CodeForm) -> Response:
    me = current_entrant().official
    with counted("set-up-app", me.id, ATTEMPTS_PER_QUARTER), acting() as desk:
        before = _require_may_set_up(desk)
        key, code = factor_key(desk.settings), str(form.code.data)
        confirm_totp(desk.session, key, desk.actor, code, desk.at)
        codes, token = _finish(desk, before)
    return _finished(codes, token)


def _finish(desk: Desk, before: Factors) -> tuple[list[str], str]:
    # Sessions from before the first factor were opened by a password alone.
    codes, token = [], session_token()
    if not before.any:
        close_sessions(desk.session, desk.actor, besides=token)
        token = complete_entrance(desk.session, desk.actor, token, desk.at)
    if not before.recovery_codes:
        key = factor_key(desk.settings)
        codes = draw_codes(desk.session, key, desk.actor, desk.at)
    return codes, token


def _finished(codes: list[str], token: str) -> Response:
    if not codes:
        flash(_("Totrinns innlogging er oppdatert."), "success")
        return keep_signed_in(redirect(url_for("accounts.own_account")), token)
    onward = own_path("", current_entrant().official)
    page = render_template("accounts/recovery_codes.html", codes=codes, onward=onward)
    return keep_signed_in(Response(page, mimetype="text/html"), token)


def _require_may_set_up(desk: Desk) -> Factors:
    factors = read_factors(desk.session, desk.actor)
    if not may_set_up(current_entrant(), factors):
        raise HalfSignedIn  # a password alone must not bring its own second factor
    return factors
