"""Challenges of passkeys: drawn for one session and one purpose, answered once."""

from __future__ import annotations

import secrets
from typing import Final, cast

from accounts.second_factors import FactorRefused
from accounts.sessions import token_digest
from infra.runtime import Runtime

CHALLENGE_SIZE: Final = 32
SECONDS_TO_ANSWER: Final = 300


def draw_challenge(runtime: Runtime, purpose: str, token: str) -> bytes:
    """Draw a challenge of 32 bytes for a session's token; an earlier one is void."""
    challenge = secrets.token_bytes(CHALLENGE_SIZE)
    runtime.redis("service").set(_name(purpose, token), challenge, ex=SECONDS_TO_ANSWER)
    return challenge


def take_challenge(runtime: Runtime, purpose: str, token: str) -> bytes:
    """Return the session's challenge, and forget it.

    Raises:
        FactorRefused: none was drawn, it was answered, or it is too old.

    """
    found = runtime.redis("service").getdel(_name(purpose, token))
    if found is None:
        raise FactorRefused
    return cast("bytes", found)


def _name(purpose: str, token: str) -> str:
    return f"challenge:{purpose}:{token_digest(token).hex()}"
