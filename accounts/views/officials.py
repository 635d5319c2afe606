"""An administrator's pages: who has an account, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from accounts.administration import (
    Account,
    LastAdministrator,
    OwnAccount,
    change_roles,
    disable_official,
    enable_official,
    list_accounts,
    read_account,
)
from accounts.forms.officials import InviteForm, RolesForm
from accounts.guards import current_official, official
from accounts.invitations import (
    AccountDisabled,
    InvitationState,
    invite_again,
    invite_official,
)
from accounts.jobs import ask_for_invitations
from accounts.officials import (
    EmailMalformed,
    EmailTaken,
    NameMalformed,
    UnknownOfficial,
)
from accounts.roles import Role
from accounts.views.rooms import acting, blueprint, reading, role_words
from infra.problems import register_problem
from infra.web import current_runtime

_REFUSALS: Final[Mapping[type[Exception], LazyString]] = {
    AccountDisabled: _l("Kontoen er stengt. Åpne den før du inviterer på nytt."),
    LastAdministrator: _l(
        "Dette er den eneste administratoren. Gi rollen til en annen først."
    ),
    OwnAccount: _l("Din egen konto må en annen administrator endre."),
}

_STATES: Final[Mapping[InvitationState, tuple[LazyString, str]]] = {
    InvitationState.WAITING: (_l("Invitasjon på vei"), "info"),
    InvitationState.SENDING: (
        _l("Sendes. Står det slik lenge, så inviter på nytt"),
        "info",
    ),
    InvitationState.SENT: (_l("Invitert"), "info"),
    InvitationState.REFUSED: (_l("E-posten ble avvist"), "danger"),
    InvitationState.UNSENT: (_l("E-posten kunne ikke sendes"), "danger"),
}

for _refusal, _sentence in _REFUSALS.items():
    register_problem(_refusal, 409, _sentence)
register_problem(UnknownOfficial, 404, _l("Brukeren finnes ikke."))


@blueprint.get("/brukere")
@official(Role.ADMINISTRATOR)
def officials() -> str:
    """List all accounts."""
    with reading() as desk:
        found = list_accounts(desk.session)
    return render_template(
        "accounts/officials.html",
        accounts=found,
        state_of=_state_of,
        role_words=role_words,
    )


@blueprint.route("/brukere/ny", methods=["GET", "POST"])
@official(Role.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    """Invite an official."""
    form = InviteForm()
    if not form.validate_on_submit() or not _invite(form):
        page = render_template("accounts/invite.html", form=form)
        return page, 422 if form.is_submitted() else 200
    ask_for_invitations(current_runtime())
    flash(_("Invitasjonen er på vei."), "success")
    return redirect(url_for("accounts.officials"))


@blueprint.route("/brukere/<official_id>", methods=["GET", "POST"])
@official(Role.ADMINISTRATOR)
def show_official(official_id: str) -> ResponseReturnValue:
    """Show an account, and change its roles."""
    form = RolesForm()
    if not form.validate_on_submit():
        return _account_page(official_id, form), 422 if form.is_submitted() else 200
    with acting() as desk:
        change_roles(
            desk.session,
            desk.settings,
            official_id,
            roles=form.chosen_roles,
            districts=form.chosen_districts,
            union=form.chosen_union,
            actor=desk.actor,
            at=desk.at,
        )
    return _done(official_id, _("Rollene er endret."))


@blueprint.post("/brukere/<official_id>/steng")
@official(Role.ADMINISTRATOR)
def disable(official_id: str) -> ResponseReturnValue:
    """Close an account."""
    with acting() as desk:
        disable_official(
            desk.session, desk.settings, official_id, actor=desk.actor, at=desk.at
        )
    return _done(official_id, _("Kontoen er stengt."))


@blueprint.post("/brukere/<official_id>/apne")
@official(Role.ADMINISTRATOR)
def enable(official_id: str) -> ResponseReturnValue:
    """Open a closed account."""
    with acting() as desk:
        enable_official(desk.session, official_id, actor=desk.actor, at=desk.at)
    return _done(official_id, _("Kontoen er åpnet igjen."))


@blueprint.post("/brukere/<official_id>/inviter")
@official(Role.ADMINISTRATOR)
def invite_anew(official_id: str) -> ResponseReturnValue:
    """Send a new invitation; what the account was opened with is forgotten."""
    if official_id == current_official().id:
        raise OwnAccount
    with acting() as desk:
        invite_again(
            desk.session, desk.settings, official_id, actor=desk.actor, at=desk.at
        )
    ask_for_invitations(current_runtime())
    return _done(official_id, _("En ny invitasjon er på vei."))


def _invite(form: InviteForm) -> bool:
    try:
        with acting() as desk:
            invite_official(
                desk.session,
                name=str(form.name.data),
                email=str(form.email.data),
                roles=form.chosen_roles,
                districts=form.chosen_districts,
                union=form.chosen_union,
                actor=desk.actor,
                at=desk.at,
            )
    except EmailTaken:
        form.email.errors = [_("En annen bruker har denne e-postadressen.")]
    except EmailMalformed:
        form.email.errors = [_("Dette er ikke en e-postadresse.")]
    except NameMalformed:
        form.name.errors = [_("Navnet må ha 1 til 100 synlige tegn.")]
    return not form.errors


def _account_page(official_id: str, form: RolesForm) -> str:
    with reading() as desk:
        account = read_account(desk.session, official_id)
    if not form.is_submitted():
        form.show(account.identity)
    return render_template(
        "accounts/official.html",
        account=account,
        form=form,
        is_own=official_id == current_official().id,
        state_of=_state_of,
    )


def _state_of(account: Account) -> tuple[str, str]:
    if account.disabled:
        return _("Stengt"), "neutral"
    if account.invitation is None:
        return _("Aktiv"), "success"
    now = current_runtime().clock.now()
    if account.expires_at is not None and account.expires_at <= now:
        return _("Invitasjonen er utløpt"), "warning"
    sentence, kind = _STATES[account.invitation]
    return str(sentence), kind


def _done(official_id: str, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for("accounts.show_official", official_id=official_id))
