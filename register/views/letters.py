"""Letters: looked at, printed in batches, printed again, put in the post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import register_official
from accounts.roles import Role
from infra.web import current_runtime
from register.letter_pages import render_example_letter, render_letters
from register.letters import (
    PrintRun,
    confirm_printed,
    draw_letters,
    note_printed,
    post_letters,
)
from register.mails import letterhead_of
from register.recipients import plan_of
from register.roll import require_roll
from register.roll_phases import MessageChannel
from register.sending import require_sending
from register.sending_texts import read_texts
from register.tables import Sending
from register.views.desk import Desk, acting, read_id, reading, refusals_told
from register.views.sending_forms import PrintForm
from register.voting_codes import require_voting_ahead

blueprint = Blueprint(
    "register_letters",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/utsending/<sending>/brev",
)

_PIECE: Final = 65_536
_PDF: Final = "application/pdf"


@blueprint.get("/eksempel/<language>")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show_example(election_id: str, sending: str, language: str) -> Response:
    """Show the letter of an invented member; its code opens nothing."""
    with reading() as desk:
        found = require_sending(desk.session, election_id, read_id(sending))
        page = _example(desk, found, language)
    return Response(page, mimetype=_PDF, headers={"Cache-Control": "no-store"})


@blueprint.post("/<int:number>")
@register_official(Role.ORGANISER)
def print_batch(election_id: str, sending: str, number: int) -> ResponseReturnValue:
    """Draw a batch's codes and hand over its pages, which are kept nowhere."""
    drawn: list[PrintRun] = []
    with refusals_told(), acting() as desk:
        run = draw_letters(
            desk.session,
            desk.key(election_id),
            election_id=election_id,
            sending_id=read_id(sending),
            number=number,
            again=bool(PrintForm().again.data),
            service_url=desk.settings.service_url,
            actor=desk.actor,
            now=desk.now,
        )
        drawn.append(run)
    return _print(election_id, run) if drawn else _back(election_id, sending)


@blueprint.post("/<int:number>/hel")
@register_official(Role.ORGANISER)
def confirm(election_id: str, sending: str, number: int) -> ResponseReturnValue:
    """Say that a batch in doubt came out whole."""
    with refusals_told(), acting() as desk:
        confirm_printed(
            desk.session,
            election_id=election_id,
            sending_id=read_id(sending),
            number=number,
            actor=desk.actor,
            now=desk.now,
        )
    return _back(election_id, sending)


@blueprint.post("/<int:number>/postlagt")
@register_official(Role.ORGANISER)
def post(election_id: str, sending: str, number: int) -> ResponseReturnValue:
    """Say that a batch is in the post."""
    with refusals_told(), acting() as desk:
        post_letters(
            desk.session,
            desk.settings,
            election_id=election_id,
            sending_id=read_id(sending),
            number=number,
            actor=desk.actor,
            now=desk.now,
        )
        flash(_("Bunke %(number)s er lagt i posten.", number=number), "success")
    return _back(election_id, sending)


def require_letters_fit(desk: Desk, sending: Sending) -> None:
    """Check that a sending's letters take one sheet each, in all its languages.

    Raises:
        TooLongForALetter: one of them does not.

    """
    if MessageChannel.LETTER in plan_of(sending).channels:
        for language in read_texts(desk.session, sending):
            _example(desk, sending, language)


def _example(desk: Desk, sending: Sending, language: str) -> bytes:
    roll = require_roll(desk.session, sending.election_id)
    texts = read_texts(desk.session, sending)
    template = texts.get(language, texts[sending.language])
    head = letterhead_of(roll, desk.settings.service_url)
    return render_example_letter(head, require_voting_ahead(roll), template)


def _print(election_id: str, run: PrintRun) -> Response:
    store = current_runtime().store("register")
    pages = render_letters(run.head, run.fingerprint, run.letters, run.number)

    def hand_over() -> Iterator[bytes]:
        for start in range(0, len(pages), _PIECE):
            yield pages[start : start + _PIECE]
        # Asked for more than there is: the last piece has gone.
        with store.begin() as session:
            note_printed(session, election_id, run)

    answer = Response(hand_over(), mimetype=_PDF)
    answer.content_length = len(pages)
    answer.headers["Cache-Control"] = "no-store"
    name = f"brev-bunke-{run.number}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _back(election_id: str, sending: str) -> ResponseReturnValue:
    address = url_for(
        "register_sending.show_one", election_id=election_id, sending=sending
    )
    return redirect(address)
