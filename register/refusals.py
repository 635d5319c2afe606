"""Why a member does not get what was asked for; no text names anyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class VotingRefused(Exception):
    """A member's request that the register does not grant; see the subclasses."""


class UnknownElection(VotingRefused):
    """No sealed election has this address."""


class OtherFingerprint(VotingRefused):
    """The link belongs to another manifest than the one that was sealed."""


class WrongSignature(VotingRefused):
    """The login key did not sign this request."""


class UnknownVotingCode(VotingRefused):
    """No message of this election carried a code with this login key."""


class CodeDead(VotingRefused):
    """A newer message was asked for, and its code alone is good."""


class VotesOnPaper(VotingRefused):
    """The member votes, or has voted, on paper."""


class ElectionNotOpen(VotingRefused):
    """It has not opened yet, is closed, or was cancelled."""


class AlreadyUsed(VotingRefused):
    """The voting right was taken out before, with another element."""


class MalformedElement(VotingRefused):
    """The blinded element is no point, or the one that hides nothing."""


class CredentialExpected(VotingRefused):
    """A survey with names gives a right for a credential that it is told."""


class CredentialUnwanted(VotingRefused):
    """Only a survey with names may be told the credential, and one of its own."""


class RollShredded(VotingRefused):
    """The roll of this election is shredded: nobody stands on it any more."""


@dataclass(frozen=True, slots=True)
class UsedMessage:
    """The message whose code took out the right: how and on which day it went."""

    channel: str
    sent_on: date


class CodeSuperseded(VotingRefused):
    """Another code of the same member took out the right: that one can finish."""

    def __init__(self, message: UsedMessage) -> None:
        super().__init__()
        self.message = message
