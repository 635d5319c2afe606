"""Signing in, with the second step, and out."""

from __future__ import annotations

from functools import cache

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.challenges import draw_challenge, take_challenge
from accounts.entrance import complete_entrance, enter_with_password
from accounts.forms.entering import (
    CodeForm,
    PasskeyForm,
    RecoveryForm,
    SignInForm,
)
from accounts.guards import current_entrant, entering, public, session_token
from accounts.officials import OfficialIdentity, SignInRefused, authenticate_official
from accounts.passkeys import (
    authentication_options,
    verify_passkey,
)
from accounts.recovery_codes import use_code
from accounts.relying_party import (
    has_passkeys,
    relying_party,
)
from accounts.second_factors import FactorRefused, factor_key, read_factors
from accounts.sessions import REGISTER_COOKIE, SERVICE_COOKIE, close_session
from accounts.totp import verify_totp
from accounts.views.rooms import (
    acting,
    blueprint,
    counted,
    counted_by_day,
    keep_signed_in,
    own_path,
    reading,
)
from crypto.passwords import LOGIN, hash_password
from infra.web import current_runtime

ATTEMPTS_PER_QUARTER = 10
CODES_PER_QUARTER = 5
CODES_PER_DAY = 30
"""Of a million codes three are right at a time: a chance of 1 in 11,000 a day."""

SIGN_IN = "sign-in"


@blueprint.route("/inn", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign an official in, as far as a password goes."""
    form = SignInForm()
    if not form.is_submitted():
        form.neste.data = request.args.get("neste", "")
        return render_template("accounts/sign_in.html", form=form)
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form), 422
    try:
        return _sign_in(form)
    except SignInRefused:
        message = _("E-postadressen og passordet hører ikke sammen. Prøv igjen.")
        form.password.errors = [message]
        return render_template("accounts/sign_in.html", form=form), 422


@blueprint.route("/inn/trinn-2", methods=["GET", "POST"])
@entering
def second_step() -> ResponseReturnValue:
    """Ask for the second factor: a code of the app."""
    form = CodeForm()
    if not form.is_submitted():
        form.neste.data = request.args.get("neste", "")
        return _second_step_page(form)
    if not form.validate():
        return _second_step_page(form, 422)
    try:
        return _show_app(form)
    except FactorRefused:
        form.code.errors = [
            _("Koden stemmer ikke, eller den er brukt. Vent på neste kode i appen.")
        ]
        return _second_step_page(form, 422)


@blueprint.post("/inn/passnokkel")
@entering
def passkey_step() -> ResponseReturnValue:
    """Take the answer of a passkey."""
    form, me = PasskeyForm(), current_entrant().official
    settings = current_runtime().settings
    try:
        challenge = take_challenge(current_runtime(), SIGN_IN, session_token())
        with acting() as desk:
            verify_passkey(
                desk.session,
                relying_party(settings.service_url),
                me.id,
                challenge=challenge,
                answer=str(form.answer.data if form.validate() else ""),
            )
            token = complete_entrance(desk.session, me.id, session_token(), desk.at)
    except FactorRefused:
        flash(_("Passnøkkelen ble ikke godtatt. Prøv igjen."), "danger")
        return redirect(url_for("accounts.second_step", neste=form.neste.data or None))
    return _go_on(str(form.neste.data or ""), me, token)


@blueprint.route("/inn/reservekode", methods=["GET", "POST"])
@entering
def recovery_step() -> ResponseReturnValue:
    """Take a recovery code, in place of a lost device."""
    form = RecoveryForm()
    if not form.validate_on_submit():
        form.neste.data = form.neste.data or request.args.get("neste", "")
        page = render_template("accounts/recovery_step.html", form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        return _show_code(form)
    except FactorRefused:
        form.code.errors = [_("Koden er ikke en av dine, eller den er brukt.")]
        return render_template("accounts/recovery_step.html", form=form), 422


@blueprint.post("/ut")
@entering
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the register."""
    with acting() as desk:
        close_session(desk.session, session_token())
    answer = redirect(url_for("accounts.sign_in"))
    answer.delete_cookie(SERVICE_COOKIE, httponly=True, samesite="Strict")
    answer.delete_cookie(REGISTER_COOKIE, path="/r", httponly=True, samesite="Strict")
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def _sign_in(form: SignInForm) -> Response:
    runtime, email = current_runtime(), str(form.email.data)
    now, neste = runtime.clock.now(), str(form.neste.data or "")
    with (
        counted("sign-in", email, ATTEMPTS_PER_QUARTER),
        runtime.store("service").begin() as session,
    ):
        found = authenticate_official(
            session,
            email=email,
            password=str(form.password.data),
            decoy_hash=_decoy_hash(),
        )
        opened = enter_with_password(session, runtime.settings, found.id, now)
    if opened.complete:
        return _go_on(neste, found, opened.token)
    wanted = own_path(neste, found)
    answer = redirect(url_for("accounts.second_step", neste=wanted))
    return keep_signed_in(answer, opened.token)


def _show_app(form: CodeForm) -> Response:
    me = current_entrant().official
    with (
        counted("totp", me.id, CODES_PER_QUARTER),
        counted_by_day("totp", me.id, CODES_PER_DAY),
        acting() as desk,
    ):
        key = factor_key(desk.settings)
        verify_totp(desk.session, key, me.id, str(form.code.data), desk.at)
        token = complete_entrance(desk.session, me.id, session_token(), desk.at)
    return _go_on(str(form.neste.data or ""), me, token)


def _show_code(form: RecoveryForm) -> Response:
    me = current_entrant().official
    with (
        counted("recovery-code", me.id, CODES_PER_QUARTER),
        counted_by_day("recovery-code", me.id, CODES_PER_DAY),
        acting() as desk,
    ):
        key = factor_key(desk.settings)
        use_code(desk.session, key, me.id, str(form.code.data), desk.at)
        token = complete_entrance(desk.session, me.id, session_token(), desk.at)
        left = read_factors(desk.session, me.id).recovery_codes
    flash(_("Reservekoden er brukt. Du har %(n)s igjen.", n=left), "warning")
    return _go_on(str(form.neste.data or ""), me, token)


def _second_step_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    entrant, runtime = current_entrant(), current_runtime()
    with reading() as desk:
        factors = read_factors(desk.session, entrant.official.id)
        if entrant.complete:
            return redirect(own_path(str(form.neste.data or ""), entrant.official))
        if not factors.any:
            return redirect(url_for("accounts.set_up"))
        options = None
        if factors.passkeys and has_passkeys(desk.settings.service_url):
            options = authentication_options(
                desk.session,
                relying_party(desk.settings.service_url),
                entrant.official.id,
                draw_challenge(runtime, SIGN_IN, session_token()),
            )
    passkey = PasskeyForm(formdata=None, neste=form.neste.data)
    page = render_template(
        "accounts/second_step.html",
        form=form,
        factors=factors,
        options=options,
        passkey=passkey,
    )
    return page, status


def _go_on(neste: str, official: OfficialIdentity, token: str) -> Response:
    return keep_signed_in(redirect(own_path(neste, official)), token)


@cache
def _decoy_hash() -> str:
    return hash_password("ingen har dette passordet", LOGIN)
