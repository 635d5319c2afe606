"""Signing in and out."""

from __future__ import annotations

import re
from functools import cache

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.forms import SignInForm, SignOutForm
from accounts.guards import official, public
from accounts.officials import (
    OfficialIdentity,
    SignInRefused,
    authenticate_official,
)
from accounts.roles import ALL_ROLES, Role
from accounts.sessions import (
    SERVICE_COOKIE,
    SESSION_HOURS,
    close_session,
    open_session,
)
from crypto.passwords import LOGIN, hash_password
from infra.throttle import forget_attempts, require_attempts_left
from infra.web import current_runtime

blueprint = Blueprint("accounts", __name__, url_prefix="/konto")

_OWN_PATH = re.compile(r"/(?:valg|konto)(?:/[A-Za-z0-9/-]*)?")
ATTEMPTS_PER_QUARTER = 10


@blueprint.route("/inn", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign an official in."""
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


@blueprint.post("/ut")
@official()
def sign_out() -> ResponseReturnValue:
    """End the session."""
    SignOutForm().validate()
    runtime = current_runtime()
    with runtime.store("service").begin() as session:
        close_session(session, request.cookies.get(SERVICE_COOKIE, ""))
    answer = redirect(url_for("accounts.sign_in"))
    answer.delete_cookie(SERVICE_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.app_context_processor
def page_context() -> dict[str, object]:
    """Tell every page who is signed in, and where the common pages are."""
    context: dict[str, object] = {
        "site": {
            "board_url": "/#oppslagstavle",
            "help_url": "/#hjelp",
            "privacy_url": "/#personvern",
            "sign_in_url": url_for("accounts.sign_in"),
        }
    }
    found = g.get("official")
    if isinstance(found, OfficialIdentity):
        context["signed_in"] = {
            "name": found.name,
            "role": ", ".join(_role_words(found)),
            "sign_out_url": _sign_out_url(),
        }
    return context


def _sign_out_url() -> str:
    # The register has a session of its own, below its own path.
    on_register = request.path.startswith("/r/")
    return "/r/ut" if on_register else url_for("accounts.sign_out")


def _role_words(found: OfficialIdentity) -> list[str]:
    words = {
        Role.ORGANISER: _("arrangør"),
        Role.COMMITTEE: _("valgkomité"),
        Role.AUDITOR: _("revisor"),
    }
    return [words[role] for role in ALL_ROLES if role in found.roles]


def _sign_in(form: SignInForm) -> Response:
    runtime = current_runtime()
    now = runtime.clock.now()
    email = str(form.email.data)
    require_attempts_left(runtime, "service", "sign-in", email, ATTEMPTS_PER_QUARTER)
    with runtime.store("service").begin() as session:
        found = authenticate_official(
            session,
            email=email,
            password=str(form.password.data),
            decoy_hash=_decoy_hash(),
        )
        token = open_session(session, found.id, now)
    # Who has shown who it is, has not been guessing.
    forget_attempts(runtime, "service", "sign-in", email)
    answer = redirect(own_path(str(form.neste.data or "")))
    answer.set_cookie(
        SERVICE_COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="Strict",
        secure=runtime.settings.service_url.startswith("https:"),
    )
    return answer


def own_path(wanted: str) -> str:
    """Return the page to go on to: one of our own, else the list of elections."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/valg"


@cache
def _decoy_hash() -> str:
    return hash_password("ingen har dette passordet", LOGIN)
