"""One's own account: second factors, password, sessions."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from accounts.entrance import WrongPassword, change_password, require_own_password
from accounts.forms.own import (
    OwnPasswordForm,
    PasswordForm,
    RemovePasskeyForm,
    SessionForm,
)
from accounts.guards import current_official, session_token, signed_in
from accounts.passkeys import remove_passkey
from accounts.recovery_codes import draw_codes
from accounts.revocations import revoke_passes
from accounts.second_factors import (
    FactorRefused,
    LastFactor,
    factor_key,
    read_factors,
    require_factor_left,
)
from accounts.sessions import (
    UnknownSession,
    close_own_session,
    close_sessions,
    list_sessions,
)
from accounts.tables import Official
from accounts.totp import remove_totp
from accounts.views.rooms import (
    Desk,
    acting,
    blueprint,
    counted,
    reading,
    role_words,
)
from infra.audit import record_event
from infra.problems import register_problem

PASSWORDS_PER_QUARTER = 10

register_problem(
    LastFactor, 409, _l("Du må ha minst én passnøkkel eller app. Sett opp en ny først.")
)
register_problem(FactorRefused, 404, _l("Passnøkkelen finnes ikke lenger."))
register_problem(UnknownSession, 404, _l("Økten er alt avsluttet."))


@blueprint.get("")
@signed_in
def own_account() -> str:
    """Show the own account."""
    me = current_official()
    with reading() as desk:
        factors = read_factors(desk.session, me.id)
        email = desk.session.get_one(Official, me.id).email
    return render_template(
        "accounts/own_account.html",
        me=me,
        email=email,
        factors=factors,
        roles=role_words(me),
        form=OwnPasswordForm(formdata=None),
    )


@blueprint.post("/totrinn/fjern-app")
@signed_in
def remove_app() -> ResponseReturnValue:
    """Forget the app."""
    return _with_password(OwnPasswordForm(), _remove_app, _("Appen er fjernet."))


@blueprint.post("/totrinn/fjern-passnokkel")
@signed_in
def remove_key() -> ResponseReturnValue:
    """Forget a passkey."""
    form = RemovePasskeyForm()

    def remove(desk: Desk) -> None:
        require_factor_left(read_factors(desk.session, desk.actor), desk.settings)
        credential_id = _hex_bytes(str(form.passkey.data))
        remove_passkey(desk.session, desk.actor, credential_id, desk.at)

    return _with_password(form, remove, _("Passnøkkelen er fjernet."))


@blueprint.post("/totrinn/reservekoder")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """Show ten new recovery codes; the old ones die."""
    form, me = OwnPasswordForm(), current_official()
    if not form.validate():
        return _refused(_("Skriv passordet ditt."))
    try:
        with counted("own-password", me.id, PASSWORDS_PER_QUARTER), acting() as desk:
            require_own_password(desk.session, me.id, str(form.own_password.data))
            codes = draw_codes(desk.session, factor_key(desk.settings), me.id, desk.at)
    except WrongPassword:
        return _refused(_("Passordet stemmer ikke. Ingenting er endret."))
    onward = url_for("accounts.own_account")
    return render_template("accounts/recovery_codes.html", codes=codes, onward=onward)


@blueprint.route("/passord", methods=["GET", "POST"])
@signed_in
def own_password() -> ResponseReturnValue:
    """Change the password."""
    form = PasswordForm()
    if not form.validate_on_submit() or not _change_password(form):
        page = render_template("accounts/password.html", form=form)
        return page, 422 if form.is_submitted() else 200
    flash(_("Passordet er byttet, og du er logget ut alle andre steder."), "success")
    return redirect(url_for("accounts.own_account"))


@blueprint.get("/okter")
@signed_in
def own_sessions() -> str:
    """List where the official is signed in."""
    with reading() as desk:
        found = list_sessions(desk.session, desk.actor, session_token(), desk.at)
    return render_template(
        "accounts/sessions.html", sessions=found, form=SessionForm(formdata=None)
    )


@blueprint.post("/okter/avslutt")
@signed_in
def end_session() -> ResponseReturnValue:
    """End one session."""
    form = SessionForm()
    form.validate()
    with acting() as desk:
        close_own_session(desk.session, desk.actor, str(form.session_id.data))
        _note_ended(desk)
    flash(_("Økten er avsluttet."), "success")
    return redirect(url_for("accounts.own_sessions"))


@blueprint.post("/okter/avslutt-andre")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    with acting() as desk:
        close_sessions(desk.session, desk.actor, besides=session_token())
        _note_ended(desk)
    flash(_("Du er logget ut alle andre steder."), "success")
    return redirect(url_for("accounts.own_sessions"))


def _note_ended(desk: Desk) -> None:
    # A pass lies in the browser that the ended session was in.
    revoke_passes(desk.session, desk.settings, desk.actor, desk.at)
    record_event(
        desk.session,
        at=desk.at,
        actor=desk.actor,
        kind="sessions-ended",
        subject=desk.actor,
    )


def _remove_app(desk: Desk) -> None:
    require_factor_left(read_factors(desk.session, desk.actor), desk.settings)
    remove_totp(desk.session, desk.actor, desk.at)


def _with_password(
    form: OwnPasswordForm, step: Callable[[Desk], None], sentence: str
) -> ResponseReturnValue:
    me = current_official()
    if not form.validate():
        return _refused(_("Skriv passordet ditt."))
    try:
        with counted("own-password", me.id, PASSWORDS_PER_QUARTER), acting() as desk:
            require_own_password(desk.session, me.id, str(form.own_password.data))
            step(desk)
    except WrongPassword:
        return _refused(_("Passordet stemmer ikke. Ingenting er endret."))
    flash(sentence, "success")
    return redirect(url_for("accounts.own_account"))


def _refused(sentence: str) -> ResponseReturnValue:
    flash(sentence, "danger")
    return redirect(url_for("accounts.own_account"))


def _change_password(form: PasswordForm) -> bool:
    me = current_official()
    try:
        with counted("own-password", me.id, PASSWORDS_PER_QUARTER), acting() as desk:
            change_password(
                desk.session,
                desk.settings,
                me.id,
                current=str(form.own_password.data),
                new=str(form.password.data),
                token=session_token(),
                at=desk.at,
            )
    except WrongPassword:
        form.own_password.errors = [_("Passordet stemmer ikke.")]
    return not form.errors


def _hex_bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise FactorRefused from None
