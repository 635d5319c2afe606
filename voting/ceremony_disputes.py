"""Disputes over shares: where each stands, and whether the ceremony can go on. Pure.

A holder complains of a share, signed; its dealer opens that share in public, signed. A
right share ends the dispute; a wrong one, silence, or as many complaints of one dealer
as there are holders to a count, ends the dealer's part (docs/protocol.md §3.1). Silence
does not, when the complaint came after the dealer had signed: whoever complains last
could otherwise wait until an honest dealer, done with everything, is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from crypto.encoding import JsonValue
from crypto.sharing import MOST_HOLDERS
from voting.documents import read_object

ANSWER_TIME: Final = timedelta(minutes=30)
"""How long a dealer has to answer; the pages say it."""


class Fault(Enum):
    """Why a ceremony cannot go on with a dealer."""

    SILENT = "silent"
    WRONG = "wrong"
    CROWDED = "crowded"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A complaint of holder `by` over the share of `dealer`, and its answer."""

    by: int
    dealer: int
    at: datetime
    complaint: JsonValue
    opening: JsonValue
    """The message that opens the share; None until the dealer has answered."""
    right: bool | None
    """Whether the opened share is right; None until the dealer has answered."""
    dealer_has_signed: bool = False
    """Whether the dealer has signed the transcript. While an answer is awaited nobody
    can sign: whoever has, had before the complaint."""

    @property
    def answer_by(self) -> datetime:
        """When the dealer's time is over."""
        return self.at + ANSWER_TIME

    @property
    def is_awaited(self) -> bool:
        """Tell whether the dealer has not answered yet."""
        return self.right is None

    @property
    def entry(self) -> dict[str, JsonValue]:
        """As the holders' pages are told."""
        if not isinstance(self.complaint, dict):
            raise TypeError("a complaint is an object")
        return {**self.complaint, "opening": self.opening, "right": self.right}


def read_disputes(
    complaints: Iterable[JsonValue],
    openings: Iterable[JsonValue],
    signers: Collection[int] = (),
) -> tuple[Dispute, ...]:
    """Return the disputes of a ceremony from what was kept of it, oldest first.

    `signers` are the holders who have signed the transcript, by index.
    """
    answers = dict(map(_read_answer, openings))
    found = [_read_dispute(value, answers, signers) for value in complaints]
    return tuple(sorted(found, key=lambda each: (each.at, each.dealer, each.by)))


def unsettled(disputes: Sequence[Dispute], threshold: int) -> Dispute | None:
    """Return what the ceremony waits for, or cannot go on with; None: it goes on."""
    for each in disputes:
        if each.right is False or _complaints_of(each.dealer, disputes) >= threshold:
            return each
    return next((each for each in disputes if each.is_awaited), None)


def fault_of(
    dealer: int, disputes: Sequence[Dispute], threshold: int, now: datetime
) -> Fault | None:
    """Return why a ceremony must begin anew without a dealer; None: there is no reason.

    Silence is one when the time that was given is over, unless the dealer had signed
    before the complaint came: then the ceremony begins anew with the same holders, or
    an organiser seats others.
    """
    own = [each for each in disputes if each.dealer == dealer]
    if any(each.right is False for each in own):
        return Fault.WRONG
    if len(own) >= threshold:
        return Fault.CROWDED
    unanswered = [each for each in own if each.is_awaited and now >= each.answer_by]
    is_silent = any(not each.dealer_has_signed for each in unanswered)
    return Fault.SILENT if is_silent else None


def _complaints_of(dealer: int, disputes: Sequence[Dispute]) -> int:
    return sum(each.dealer == dealer for each in disputes)


_Answers = dict[tuple[int, int], tuple[JsonValue, bool]]


def _read_answer(value: JsonValue) -> tuple[tuple[int, int], tuple[JsonValue, bool]]:
    fields = read_object(value, ("opening", "right"))
    opening = fields.of("opening")
    told = read_object(opening, ("dealer", "recipient", "share", "signature"))
    place = (
        told.integer("dealer", 1, MOST_HOLDERS),
        told.integer("recipient", 1, MOST_HOLDERS),
    )
    return place, (opening, fields.flag("right"))


def _read_dispute(
    value: JsonValue, answers: _Answers, signers: Collection[int]
) -> Dispute:
    fields = read_object(value, ("at", "by", "dealer", "signature"))
    by = fields.integer("by", 1, MOST_HOLDERS)
    dealer = fields.integer("dealer", 1, MOST_HOLDERS)
    opening, right = answers.get((dealer, by), (None, None))
    has_signed = dealer in signers
    return Dispute(by, dealer, fields.time("at"), value, opening, right, has_signed)
