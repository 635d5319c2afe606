"""Into the register with a pass of the service, and out again."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from accounts.guards import crossing, of_every_union, register_official
from accounts.passes import read_pass, require_fresh
from accounts.roles import ALL_ROLES
from accounts.sessions import REGISTER_COOKIE, SESSION_HOURS
from infra.web import current_runtime
from register.views import words  # noqa: F401 - the sentences of the refusals

blueprint = Blueprint("register_entrance", __name__, url_prefix="/r")

_OWN_PATH: Final = re.compile(
    r"/r/(?:valg/[0-9a-f]{32}(?:/[a-z0-9/-]*)?|revisjonslogg)"
)


@blueprint.post("/inn")
@crossing
def enter() -> ResponseReturnValue:
    """Take a pass, and keep it in a cookie of the register's own.

    Answers with a page that leads on, not with a redirect: a browser that comes from
    another host's form would leave the strict cookie out of the redirected request.
    """
    runtime, text = current_runtime(), request.form.get("pass", "")
    now, key = runtime.clock.now(), runtime.settings.verify_key("service")
    require_fresh(read_pass(text, key, now), now)
    wanted = own_path(request.form.get("next", ""), runtime.settings.service_url)
    answer = make_response(render_template("register/entered.html", wanted=wanted))
    answer.set_cookie(
        REGISTER_COOKIE,
        text,
        max_age=SESSION_HOURS * 3600,
        path="/r",
        httponly=True,
        samesite="Strict",
        secure=runtime.settings.register_url.startswith("https:"),
    )
    return answer


@blueprint.post("/ut")
@register_official(*ALL_ROLES)
@of_every_union
def leave() -> ResponseReturnValue:
    """Forget the pass."""
    answer = redirect(f"{current_runtime().settings.service_url}/valg")
    answer.delete_cookie(REGISTER_COOKIE, path="/r", httponly=True, samesite="Strict")
    return answer


def own_path(wanted: str, service_url: str) -> str:
    """Return the page to go on to: one of the register's, else the service's list."""
    return wanted if _OWN_PATH.fullmatch(wanted) else f"{service_url}/valg"
