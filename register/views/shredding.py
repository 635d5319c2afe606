"""The shredding of a roll: when, what will go, and the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from accounts.guards import current_official, register_official
from accounts.roles import Role
from register.practice import hasten_shredding, may_hasten
from register.queueing import queue_shredding
from register.roll import require_roll
from register.roll_phases import ShreddingState
from register.shredding_status import read_certificate, read_shredding
from register.views.desk import acting, reading, refusals_told, register_page

blueprint = Blueprint(
    "register_shredding",
    __name__,
    url_prefix="/r/valg/<string(length=32):election_id>/makulering",
)

TABLES: Final[Mapping[str, LazyString]] = {
    "roll_entries": _l("innførsler i manntallet"),
    "mark_intake": _l("avkryssinger i mottak"),
    "marks": _l("avkryssinger"),
    "voting_codes": _l("stemmekoder"),
    "messages": _l("meldinger"),
    "letter_batches": _l("bunker med brev"),
    "sending_texts": _l("tekster til utsendinger"),
    "sendings": _l("utsendinger"),
    "corrections": _l("rettelser"),
    "shelved_entries": _l("innførsler ved siden av manntallet"),
    "roll_readings": _l("filer som ble lest"),
    "audit_contents": _l("innhold i revisjonsloggen"),
}
STATES: Final[Mapping[ShreddingState, LazyString]] = {
    ShreddingState.STARTED: _l("Nøkkelen blir ødelagt"),
    ShreddingState.KEY_DESTROYED: _l("Radene blir slettet"),
    ShreddingState.ROWS_DELETED: _l("Filene blir skrevet på nytt"),
    ShreddingState.REWRITTEN: _l("Det letes etter rester"),
    ShreddingState.LOOKED: _l("Attesten blir skrevet"),
    ShreddingState.CERTIFIED: _l("Makulert"),
}
REASONS: Final[Mapping[str, LazyString]] = {
    "approved": _l("Resultatet er godkjent, og fristen er ute."),
    "never-approved": _l("Resultatet ble aldri godkjent, og siste dato er nådd."),
    "last-date": _l("Manntallets siste dato er nådd."),
}
NOT_SEEN: Final[Mapping[str, LazyString]] = {
    "database-host": _l("disken til databasetjeneren"),
    "hosting-snapshots": _l("øyeblikksbilder hos driftsleverandøren"),
    "mail-providers": _l("kopier hos e-postleverandører"),
    "storage-remnants": _l("rester på lagringsmedier"),
}


@blueprint.get("")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def show(election_id: str) -> str:
    """Show when the roll is shredded and what goes, or that it is gone."""
    with reading() as desk:
        found = read_shredding(desk.session, election_id)
        at_once = may_hasten(require_roll(desk.session, election_id), desk.now)
    return register_page(
        "shredding.html",
        election_id,
        found=found,
        at_once=at_once and Role.ORGANISER in current_official().roles,
        tables=TABLES,
        states=STATES,
        reasons=REASONS,
        not_seen=NOT_SEEN,
    )


@blueprint.post("/na")
@register_official(Role.ORGANISER)
def hasten(election_id: str) -> ResponseReturnValue:
    """Have the roll of a practice election shredded at once."""
    with refusals_told(), acting() as desk:
        hasten_shredding(desk.session, election_id, actor=desk.actor, now=desk.now)
        queue_shredding(desk.session, desk.runtime, election_id, desk.now)
        flash(_("Manntallet til øvelsen blir makulert nå."), "success")
    return redirect(url_for("register_shredding.show", election_id=election_id))


@blueprint.get("/attest.json")
@register_official(Role.ORGANISER, Role.COMMITTEE, Role.AUDITOR)
def certificate(election_id: str) -> Response:
    """Hand over the certificate as it was signed."""
    with reading() as desk:
        document = read_certificate(desk.session, election_id)
    answer = Response(document, mimetype="application/json")
    answer.headers.set(
        "Content-Disposition", "attachment", filename="makuleringsattest.json"
    )
    return answer
