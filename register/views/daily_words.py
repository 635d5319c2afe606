"""What the pages say of a mail host that takes so many mails a day."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _

from infra.i18n import show_moment, show_number
from register.daily_limit import (
    Estimate,
    estimate,
    limit_of,
    next_room,
    read_hours,
    room_in,
)
from register.recipients import Recipients, shown_number
from register.roll import require_roll
from register.roll_phases import MessageChannel, SendingKind, SendingState
from register.sending_rules import BULK, is_over
from register.tables import Sending
from register.views.desk import Desk

MANY: Final = 500
"""Mails from which somebody should have asked what the host takes."""


def daily_hint(limit: int | None) -> str:
    """Say what to write as the limit of a sending, and which one holds anyhow."""
    if limit is None:
        return str(
            _("La stå tomt når e-posttjeneren ikke har en grense. Spør driften.")
        )
    words = _(
        "Driften har satt grensen til %(limit)s for alle utsendinger sammen. Skriv et"
        " lavere tall om denne skal gå saktere.",
        limit=show_number(limit),
    )
    return str(words)


def daily_facts(desk: Desk, sending: Sending, reach: Recipients) -> dict[str, Any]:
    """Return how many days a draft takes, and whether today's limit is reached."""
    limit = limit_of(desk.settings, sending)
    kind = SendingKind(sending.kind)
    # Of a reminder in steps: the days would else tell how many have not voted.
    mails = shown_number(kind, reach.by_channel.get(MessageChannel.EMAIL, 0))
    is_draft = sending.state == SendingState.DRAFT
    found = too_late = None
    if limit is not None and is_draft and mails:
        room = room_in(read_hours(desk.session), limit, desk.now)
        found = estimate(mails, limit, room, desk.now)
        roll = require_roll(desk.session, sending.election_id)
        too_late = is_over(roll, kind, found.last_from)
    return {
        "daily": _estimate_words(found) if found and found.days > 1 else "",
        "too_late": too_late,
        "unasked_limit": is_draft and limit is None and mails >= MANY,
        "full": full_words(desk, sending),
    }


def full_words(desk: Desk, sending: Sending) -> str:
    """Say that a running sending waits for the next day; nothing where it does not."""
    limit = limit_of(desk.settings, sending)
    is_bulk = SendingKind(sending.kind) in BULK
    if limit is None or sending.state != SendingState.RUNNING or not is_bulk:
        return ""
    again = next_room(read_hours(desk.session), limit, desk.now)
    if again is None:
        return ""
    words = _(
        "Grensen på %(limit)s e-poster i døgnet er nådd. Utsendingen går videre av seg"
        " selv %(moment)s.",
        limit=show_number(limit),
        moment=show_moment(again),
    )
    return str(words)


def _estimate_words(found: Estimate) -> str:
    words = _(
        "Med høyst %(limit)s e-poster i døgnet tar utsendingen %(days)s døgn. Den tar"
        " pause når grensen er nådd, og går videre av seg selv.",
        limit=show_number(found.limit),
        days=show_number(found.days),
    )
    return str(words)
