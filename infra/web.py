"""The web glue: what every application of ours is given before its rooms."""

from __future__ import annotations

from typing import Final

from flask import Flask, current_app
from werkzeug.middleware.proxy_fix import ProxyFix

from infra.headers import init_headers
from infra.i18n import Choice, init_i18n
from infra.problems import init_problems
from infra.runtime import Runtime
from infra.sides import Side
from infra.uploads import RequestInMemory

LARGEST_UPLOAD: Final = 64 * 1024 * 1024
"""Most bytes in any request; a roll of 100,000 members as a workbook fits."""

_EXTENSION: Final = "urne"


def init_web(app: Flask, runtime: Runtime, *, language: Choice = lambda: None) -> None:
    """Give an application its runtime, headers, languages and answers to refusals."""
    settings = runtime.settings
    app.extensions[_EXTENSION] = runtime
    app.request_class = RequestInMemory
    side: Side = "service" if "service" in settings.sides else "register"
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SECRET_KEY=settings.secrets_of(side).secret_key.reveal(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url(side).startswith("https:"),
        # Our pages let no browser send a Referer, which this would ask for; the
        # token and SameSite stand.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # The throttled must be told apart; a header nobody vouches for tells nothing.
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, settings.trusted_proxies, x_proto=0
        )
    init_headers(app, settings)
    init_problems(app)
    init_i18n(app, language)


def current_runtime() -> Runtime:
    """Return the runtime of the running application.

    Raises:
        KeyError: the application was not made by `init_web`.

    """
    runtime: Runtime = current_app.extensions[_EXTENSION]
    return runtime
