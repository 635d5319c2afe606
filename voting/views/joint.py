"""Joint counts: the organisers' page of each election, and the result for all."""

from __future__ import annotations

from typing import Final

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.guards import official, voter
from accounts.roles import Role
from infra.i18n import LANGUAGES
from infra.web import current_runtime
from voting.elections import draft_of, get_election
from voting.forms.joint import JointForm, PressForm
from voting.joint import JointFile, encode_joint_file
from voting.joint_concluding import (
    concluded_result,
    list_joint_prints,
    load_joint_print,
)
from voting.joint_counts import (
    UnknownJoint,
    UnknownSibling,
    agree_to_joint,
    find_joint,
    leave_joint,
    list_invitations,
    load_joint,
    propose_joint,
)
from voting.joint_publication import require_concluded
from voting.phases import Phase
from voting.presenting.joint_page import show_joint
from voting.presenting.joint_progress import list_progress
from voting.printing.printed import NotPrinted
from voting.views.acting import acting, reading, refusals_told
from voting.views.pages import election_page, require_election_id

blueprint = Blueprint("joint", __name__)
blueprint.url_value_preprocessor(require_election_id)

_HERE: Final = "/valg/<election_id>/felles"
_ONE: Final = f"{_HERE}/<string(length=32):joint_id>"
_PUBLIC: Final = "/felles/<string(length=32):joint_id>"


@blueprint.get(_HERE)
@official()
def show(election_id: str) -> str:
    """Show the joint count that an election is in, or the form that proposes one."""
    return _page(election_id, JointForm(formdata=None))


@blueprint.post(_HERE)
@official(Role.ORGANISER)
def propose(election_id: str) -> ResponseReturnValue:
    """Propose a joint count to other unions."""
    form = JointForm()
    if not form.validate():
        return _page(election_id, form), 422
    try:
        with refusals_told(), acting() as desk:
            propose_joint(
                desk.session,
                election_id,
                title=str(form.title.data),
                slugs=form.slugs,
                actor=desk.actor,
                at=desk.at,
            )
            flash(_("Forslaget er lagt fram for de andre forbundene."), "success")
    except UnknownSibling as unknown:
        form.others.errors = [
            _(
                "Ingen avstemning som kan inviteres, heter «%(slug)s».",
                slug=unknown.slug,
            )
        ]
        return _page(election_id, form), 422
    return redirect(url_for("joint.show", election_id=election_id))


@blueprint.post(f"{_ONE}/godta")
@official(Role.ORGANISER)
def agree(election_id: str, joint_id: str) -> ResponseReturnValue:
    """Agree for the own election."""
    with refusals_told(), acting() as desk:
        agree_to_joint(
            desk.session,
            desk.settings,
            election_id,
            joint_id,
            actor=desk.actor,
            at=desk.at,
        )
        flash(_("Dere er med i den felles opptellingen."), "success")
    return redirect(url_for("joint.show", election_id=election_id))


@blueprint.post(f"{_ONE}/avvis")
@official(Role.ORGANISER)
def leave(election_id: str, joint_id: str) -> ResponseReturnValue:
    """Say no, or take the proposal back."""
    with refusals_told(), acting() as desk:
        leave_joint(desk.session, election_id, joint_id, actor=desk.actor, at=desk.at)
        flash(_("Det blir ingen felles opptelling."), "success")
    return redirect(url_for("joint.show", election_id=election_id))


@blueprint.get(_PUBLIC)
@voter("service")
def show_public(joint_id: str) -> str:
    """Show the joint result to everybody, or how far it has come."""
    runtime = current_runtime()
    with runtime.store("service").reading() as session:
        joint = load_joint(session, joint_id)
        languages = list_joint_prints(session, joint_id)
    if not joint.is_declared:
        raise UnknownJoint
    draft, is_there = draft_of(joint.elections[0]), joint.row.protocol is not None
    return render_template(
        "voting/joint_public.html",
        joint=joint.row,
        languages=languages,
        original=draft.language,
        page=show_joint(concluded_result(joint)) if is_there else None,
        practice=draft.practice,
        progress=list_progress(joint, runtime.clock.now()),
    )


@blueprint.get(f"{_PUBLIC}/protokoll.json")
@voter("service")
def download(joint_id: str) -> ResponseReturnValue:
    """Hand out declaration and protocol, signed (docs/protocol.md §9)."""
    with current_runtime().store("service").reading() as session:
        joint = load_joint(session, joint_id)
        protocol, row = require_concluded(joint), joint.row
        file = JointFile(
            row.declaration or b"",
            row.declaration_signature or b"",
            protocol,
            row.protocol_signature or b"",
        )
    name = f"attachment; filename=felles-protokoll-{joint_id[:8]}.json"
    headers = {"Content-Disposition": name}
    return Response(
        encode_joint_file(file), mimetype="application/json", headers=headers
    )


@blueprint.get(f"{_PUBLIC}/protokoll.pdf")
@voter("service")
def download_printed(joint_id: str) -> ResponseReturnValue:
    """Hand out the joint protocol as it was printed."""
    language = request.args.get("sprak") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise NotPrinted
    with current_runtime().store("service").reading() as session:
        content = load_joint_print(session, joint_id, language)
    name = f"felles-protokoll-{joint_id[:8]}-{language}.pdf"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype="application/pdf", headers=headers)


def _page(election_id: str, form: JointForm) -> str:
    with reading() as desk:
        election = get_election(desk.session, election_id)
        joint = find_joint(desk.session, election_id)
        invited = list_invitations(desk.session, election_id)
        progress, *invitations = [
            list_progress(each, desk.at, viewer=election_id) if each else None
            for each in (joint, *invited)
        ]
    return election_page(
        "joint.html",
        election,
        form=form,
        press_form=PressForm(formdata=None),
        invitations=invitations,
        progress=progress,
        may_propose=Phase(election.phase) in {Phase.DRAFT, Phase.KEYS, Phase.READY},
    )
