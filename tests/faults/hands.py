"""What happens by itself in production, asked of real workers when a test wants it."""

from __future__ import annotations

from infra.sides import SIDES
from register.roll_phases import SendingState
from register.sending_jobs import enqueue_sending
from register.tables import Sending
from tests.faults.fleet import sweep, wait_until
from tests.secrecy.installation import Installation


def invite(held: Installation) -> None:
    """Have the register's worker send everyone the link."""
    runtime, sending_id = held.runtime("register"), held.send()
    enqueue_sending(runtime, sending_id)

    def is_done() -> bool:
        with held.store("register").reading() as session:
            return session.get_one(Sending, sending_id).state == SendingState.DONE

    wait_until(is_done, "every mail has gone")


def settle(held: Installation) -> None:
    """Have both workers do what is due, and the documents of it cross."""
    for _ in range(2):
        for side in SIDES:
            sweep(held.runtime(side), side)
