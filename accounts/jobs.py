"""The mails of accounts: invitations that wait are sent, at once or by the sweep."""

from __future__ import annotations

import redis

from accounts.invitation_mail import write_invitation
from accounts.invitations import (
    InvitationState,
    Letter,
    NotWaiting,
    draw_invitation,
    list_waiting,
    note_outcome,
)
from infra.logs import own_logger
from infra.mail import (
    MailDeferred,
    MailRefused,
    MailUncertain,
    Transport,
    open_transport,
)
from infra.messages import MessageMalformed
from infra.queues import Periodic, enqueue, job, queue_of
from infra.runtime import Runtime

SWEEP_SECONDS = 60
SWEEP_JOB = "accounts.jobs.send_invitations"

PERIODICS = (Periodic(SWEEP_JOB, SWEEP_SECONDS),)

SENDER_NAME = "Urne"


@job
def send_invitations(runtime: Runtime) -> None:
    """Mail every invitation that waits."""
    with runtime.store("service").reading() as session:
        waiting = list_waiting(session)
    if not waiting:
        return
    sender = open_transport(runtime.settings, runtime.clock, sender_name=SENDER_NAME)
    with sender as transport:
        for official_id in waiting:
            _send_invitation(runtime, transport, official_id)


def ask_for_invitations(runtime: Runtime) -> None:
    """Queue the mails of what was just stored; the sweep would send them too."""
    try:
        enqueue(queue_of(runtime, "service"), SWEEP_JOB)
    except redis.RedisError as unreachable:
        name = type(unreachable).__name__
        own_logger("web").warning("invitations not queued: %s", name)


def _send_invitation(runtime: Runtime, transport: Transport, official_id: str) -> None:
    store = runtime.store("service")
    try:
        with store.begin() as session:
            letter = draw_invitation(session, official_id, runtime.clock.now())
    except NotWaiting:
        return
    state = _hand_over(runtime, transport, letter)
    with store.begin() as session:
        note_outcome(session, letter, state)


def _hand_over(
    runtime: Runtime, transport: Transport, letter: Letter
) -> InvitationState:
    try:
        transport.send(write_invitation(letter, runtime.settings.service_url))
    except (MailRefused, MessageMalformed):
        return InvitationState.REFUSED
    except MailDeferred:
        return InvitationState.WAITING
    except MailUncertain:
        return InvitationState.SENDING
    return InvitationState.SENT
