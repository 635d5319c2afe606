"""What the service does with the register's documents of surveys; none names a member.

Importing this module registers the handlers. Each runs in the transaction that notes
its document as taken, and whatever it raises leaves the document untaken.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from crypto.documents import Fields
from crypto.encoding import encode_json
from crypto.times import parse_time
from infra.audit import record_event
from infra.exchange import ReceivedDocument, handles
from infra.runtime import Runtime
from infra.token_verifier import TokenVerifier
from surveys.leaves import read_codes_leaf
from surveys.lifecycle import note_marks
from surveys.log import append_to_log
from surveys.phases import SurveyPhase, is_launched
from surveys.sealed import get_launched
from surveys.surveys import SYSTEM, get_survey, hold_survey
from surveys.totals import read_groups, read_totals

_MOST = 2**32 - 1


class OtherIssuerKeys(Exception):
    """The sealed issuer keys are not the secret halves of the announced ones."""


class RollFrozenTwice(Exception):
    """A roll is frozen once, before the survey is launched."""


@handles("service", "survey-roll-draft")
def take_roll_draft(
    session: Session, document: ReceivedDocument, _runtime: Runtime
) -> None:
    """Keep the groups of a roll that is still being imported."""
    fields = Fields.of(document.body, "at", "groups")
    parse_time(fields.text("at"))
    read_groups(fields, "count")
    survey = get_survey(session, document.subject)
    if survey.phase == SurveyPhase.DRAFT:  # one that comes late brings nothing back
        survey.roll_draft = encode_json(document.body)


@handles("service", "survey-roll-totals")
def take_roll_totals(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the totals of a frozen roll, and hand the issuer keys to the verifier.

    Raises:
        OtherIssuerKeys: the verifier found other keys than the register announced.
        RollFrozenTwice: the survey has other totals, or is launched.

    """
    totals = read_totals(document.body)
    survey = get_survey(session, document.subject)
    hold_survey(session, survey)
    if survey.phase == SurveyPhase.CANCELLED:
        return
    if survey.roll_totals is not None or survey.phase != SurveyPhase.DRAFT:
        raise RollFrozenTwice
    verifier = TokenVerifier(runtime.settings.verifier_socket)
    installed = verifier.install_keys(
        document.subject, [issuer.sealed for issuer in totals.issuers]
    )
    if installed != [issuer.public.encoded for issuer in totals.issuers]:
        raise OtherIssuerKeys
    survey.roll_totals = encode_json(document.body)
    _record(session, document, runtime, "roll-frozen")


@handles("service", "survey-leaf")
def take_leaf(session: Session, document: ReceivedDocument, runtime: Runtime) -> None:
    """Put on the log what the register signed of a sending's codes."""
    leaf = Fields.of(document.body, "leaf").values["leaf"]
    survey = get_launched(session, document.subject)
    key = survey.manifest.register_key
    read = read_codes_leaf(leaf, survey.fingerprint, key)
    if is_launched(survey.phase):
        append_to_log(session, runtime.settings, survey.id, [read])


@handles("service", "survey-marks")
def take_marks(session: Session, document: ReceivedDocument, runtime: Runtime) -> None:
    """Keep how many rights were taken out, once the survey is closed."""
    fields = Fields.of(document.body, "marks")
    number = fields.integer("marks", 0, _MOST)
    note_marks(session, document.subject, number, runtime.clock.now())


@handles("service", "survey-address-change")
def take_address_change(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Put an address that was changed after the freezing on record, without a name."""
    Fields.of(document.body, "number", "reason").integer("number", 0, 10_000)
    _record(session, document, runtime, "address-changed")


@handles("service", "survey-alarm")
def take_alarm(session: Session, document: ReceivedDocument, runtime: Runtime) -> None:
    """Note that the invitations are soon shredded; they are gone by design."""
    Fields.of(document.body, "approved", "days", "shredded_at")
    _record(session, document, runtime, "shredding-near")


@handles("service", "survey-shredded")
def take_certificate(
    session: Session, document: ReceivedDocument, runtime: Runtime
) -> None:
    """Keep the register's certificate of the shredding of roll and invitations."""
    certificate = Fields.of(document.body, "certificate").values["certificate"]
    survey = get_survey(session, document.subject)
    survey.certificate = encode_json(certificate)
    _record(session, document, runtime, "roll-shredded")


def _record(
    session: Session, document: ReceivedDocument, runtime: Runtime, kind: str
) -> None:
    session.flush()
    record_event(
        session,
        at=runtime.clock.now(),
        actor=SYSTEM,
        kind=kind,
        subject=document.subject,
    )
