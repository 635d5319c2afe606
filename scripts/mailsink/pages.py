"""The pages of the mail sink: mailboxes, a mailbox, a mail."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    render_template,
    send_from_directory,
)
from jinja2 import ChoiceLoader, FileSystemLoader

from scripts.mailsink.storage import MailHead, NoSuchMail, list_mails, read_mail

ROOT: Final = Path(__file__).parents[2]
MOST_SHOWN: Final = 200

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail may hold anything: it runs no script, loads nothing, and sees nothing of ours.
_POLICY_OF_A_MAIL: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_ADDRESS: Final = re.compile(r"(https?://[^\s<>\"]+)")
_HEAD: Final = re.compile(r"<head[^>]*>", re.IGNORECASE)

blueprint = Blueprint("mails", __name__)


def create_mail_app(folder: Path, service_url: str) -> Flask:
    """Return the application that shows the mails of a folder."""
    app = Flask(__name__, static_folder=str(ROOT / "static"), static_url_path="/static")
    app.config["MAIL_FOLDER"] = folder
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    own = Path(__file__).with_name("templates")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(own), FileSystemLoader(ROOT / "templates")]
    )
    app.register_blueprint(blueprint)

    @app.context_processor
    def say_where() -> dict[str, str]:
        return {"service_url": service_url}

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


@blueprint.get("/")
def mailboxes() -> str:
    """List the mailboxes, the one with the newest mail first."""
    boxes: dict[str, list[MailHead]] = {}
    for head in list_mails(_folder()):
        boxes.setdefault(head.mailbox, []).append(head)
    shown = list(boxes.values())
    return render_template(
        "mailsink/mailboxes.html", boxes=shown[:MOST_SHOWN], total=len(shown)
    )


@blueprint.get("/boks/<mailbox>")
def mailbox(mailbox: str) -> str:
    """Show the newest mail of a mailbox whole, and the others by subject."""
    heads = [head for head in list_mails(_folder()) if head.mailbox == mailbox]
    if not heads:
        abort(404)
    return _shown(heads[0], heads)


@blueprint.get("/brev/<folder>/<name>")
def mail(folder: str, name: str) -> str:
    """Show one mail."""
    everything = list_mails(_folder())
    chosen = [head for head in everything if (head.folder, head.name) == (folder, name)]
    if not chosen:
        abort(404)
    heads = [head for head in everything if head.mailbox == chosen[0].mailbox]
    return _shown(chosen[0], heads)


@blueprint.get("/brev/<folder>/<name>/html")
def mail_as_html(folder: str, name: str) -> Response:
    """Serve the HTML part for its frame: links open a new tab, nothing else works."""
    part = _read(folder, name).get_body(("html",))
    if part is None:
        abort(404)
    content = _HEAD.sub(r'\g<0><base target="_blank">', part.get_content(), count=1)
    answer = Response(content, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _POLICY_OF_A_MAIL
    return answer


def _shown(head: MailHead, heads: list[MailHead]) -> str:
    found = _read(head.folder, head.name)
    plain = found.get_body(("plain",))
    return render_template(
        "mailsink/mail.html",
        head=head,
        heads=heads,
        sender=str(found.get("From", "")),
        pieces=_ADDRESS.split(plain.get_content() if plain else ""),
        has_html=found.get_body(("html",)) is not None,
    )


def _read(folder: str, name: str) -> EmailMessage:
    try:
        return read_mail(_folder(), folder, name)
    except NoSuchMail:
        abort(404)


def _folder() -> Path:
    folder: Path = current_app.config["MAIL_FOLDER"]
    return folder


@blueprint.get("/brev.css")
def style() -> Response:
    """Serve what the frame of a mail looks like."""
    return send_from_directory(Path(__file__).parent, "mail.css")
