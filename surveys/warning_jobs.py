"""Mail to a survey's owner before its responses are deleted; nobody else is named."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from accounts.tables import Official
from infra.i18n import show_moment
from infra.mail import MailFailed, open_transport
from infra.messages import Message
from infra.queues import job
from infra.runtime import Runtime
from surveys.surveys import get_survey

WARNING_JOB: Final = "surveys.warning_jobs.warn_owner"

_SUBJECT: Final = "Svarene i «{title}» slettes om {days} dager"
_SUBJECT_TOMORROW: Final = "Svarene i «{title}» slettes i morgen"
_TEXT: Final = """Hei.

Svarene i undersøkelsen «{title}» blir slettet {when}. Da kan ingen lese dem igjen.

Trenger du en rapport, må du hente den før den tid:
{url}

Ellers trenger du ikke gjøre noe.
"""


@job
def warn_owner(runtime: Runtime, survey_id: str) -> None:
    """Mail the warning that is due; who is not reached sees it on the survey's page."""
    with runtime.store("service").reading() as session:
        survey = get_survey(session, survey_id)
        owner = session.get(Official, survey.created_by)
    if (
        owner is None
        or owner.disabled
        or not survey.alarm_days
        or not survey.deletes_at
    ):
        return
    url = f"{runtime.settings.service_url}/undersokelser/{survey_id}"
    subject, text = write_warning(
        survey.title, survey.alarm_days, survey.deletes_at, url
    )
    with (
        suppress(MailFailed),
        open_transport(runtime.settings, runtime.clock) as transport,
    ):
        transport.send(Message(to=owner.email, subject=subject, text=text))


def write_warning(
    title: str, days: int, deletes_at: datetime, url: str
) -> tuple[str, str]:
    """Return subject and text of a warning."""
    subject = _SUBJECT_TOMORROW if days == 1 else _SUBJECT
    when = show_moment(deletes_at)
    return subject.format(title=title, days=days), _TEXT.format(
        title=title, when=when, url=url
    )
