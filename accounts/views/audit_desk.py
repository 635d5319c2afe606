"""What every audit log's page does alike: place in the list, verdict, file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from accounts.audit_log import (
    ChainCut,
    HeadMalformed,
    read_head,
    verify_log,
    write_head,
)
from accounts.forms.audit_log import VerifyForm
from infra.audit import ChainBroken

_LARGEST_SEQ: Final = 10**15


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: the head, or in words what is wrong."""

    head: str | None = None
    broken: str | None = None


def wanted_before() -> int | None:
    """Return the number before which events are asked for; None: the newest."""
    before = request.args.get("for", type=int)
    if before is not None and not 0 < before < _LARGEST_SEQ:
        return None
    return before


def verdict_of(session: Session, form: VerifyForm) -> Verdict | None:
    """Recompute the whole chain of the session's side; None: the form has errors."""
    if not form.validate():
        return None
    try:
        kept = read_head(str(form.kept.data)) if form.kept.data else None
        return Verdict(head=write_head(verify_log(session, kept)))
    except HeadMalformed:
        form.kept.errors = [_("Et kontrollpunkt er et tall, kolon og 64 tegn.")]
        return None
    except ChainBroken as found:
        return Verdict(broken=_("Loggen er brutt fra hendelse %(n)s.", n=found.seq))
    except ChainCut:
        told = _("Kontrollpunktet finnes ikke i loggen: noe er kuttet eller byttet.")
        return Verdict(broken=told)


def hand_out(lines: bytes, name: str) -> Response:
    """Answer with JSON Lines to keep; `name` is the file's, without its ending."""
    answer = Response(lines, mimetype="application/jsonl")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.jsonl")
    return answer
