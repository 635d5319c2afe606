"""The page that an invitation's link opens."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from accounts.entrance import enter_with_password
from accounts.forms.entering import InvitationForm
from accounts.guards import public
from accounts.invitations import InvitationRefused, accept_invitation
from accounts.views.rooms import blueprint, keep_signed_in, own_path
from infra.web import current_runtime


@blueprint.route("/invitasjon", methods=["GET", "POST"])
@public
def take_invitation() -> ResponseReturnValue:
    """Let whoever holds the link choose a password; sign them in."""
    form = InvitationForm()
    if not form.validate_on_submit():
        page = render_template("accounts/invitation.html", form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        return _accept(form)
    except InvitationRefused:
        form.token.errors = [
            _("Invitasjonen gjelder ikke lenger. Be administratoren om en ny.")
        ]
        return render_template("accounts/invitation.html", form=form), 422


def _accept(form: InvitationForm) -> Response:
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.store("service").begin() as session:
        official = accept_invitation(
            session,
            token=str(form.token.data).strip(),
            password=str(form.password.data),
            at=now,
        )
        opened = enter_with_password(session, runtime.settings, official.id, now)
    page = own_path("", official) if opened.complete else url_for("accounts.set_up")
    return keep_signed_in(redirect(page), opened.token)
