"""The draft of an election: what an organiser may still change. Pure.

A draft is written as canonical JSON, in the words of the manifest where it can be, so
that what was previewed is what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crypto.encoding import JsonValue, decode_json, encode_json
from crypto.times import format_time
from voting.contests import Contest, Style, encode_contest, read_contest
from voting.documents import Fields, Item, read_document, read_text
from voting.manifest_model import Rules

FORMAT: Final = "urne/v1/draft"
GRACE_SECONDS: Final = 600
SHORTEST_OPENING: Final = timedelta(minutes=1)
FEWEST_HOLDERS: Final = 3
MOST_HOLDERS: Final = 9

_FIELDS: Final = (
    "approvals_needed",
    "closes_at",
    "contests",
    "language",
    "opens_at",
    "organisation",
    "practice",
    "rules",
    "threshold",
)


class DraftIncomplete(Exception):
    """The draft cannot be sealed yet; the code says what is missing."""

    def __init__(self, code: str) -> None:
        """Take a code such as `no-contests`."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class DraftContest:
    """A contest, and the labels of the groups that vote on it; none: all groups."""

    contest: Contest
    groups: tuple[str, ...] = ()

    def concerns(self, label: str) -> bool:
        """Tell whether a group votes on this."""
        return not self.groups or label in self.groups


@dataclass(frozen=True, slots=True)
class Draft:
    """What an organiser decides before the manifest is sealed."""

    organisation: str
    language: str
    practice: bool
    opens_at: datetime
    closes_at: datetime
    contests: tuple[DraftContest, ...]
    rules: Rules
    threshold: int
    approvals_needed: int


def encode_draft(draft: Draft) -> bytes:
    """Write a draft as canonical JSON."""
    document: dict[str, JsonValue] = {
        "approvals_needed": draft.approvals_needed,
        "closes_at": format_time(draft.closes_at),
        "contests": [
            {"contest": encode_contest(each.contest), "groups": list(each.groups)}
            for each in draft.contests
        ],
        "format": FORMAT,
        "language": draft.language,
        "opens_at": format_time(draft.opens_at),
        "organisation": draft.organisation,
        "practice": draft.practice,
        "rules": {
            "batch_size": draft.rules.batch_size,
            "grace_seconds": draft.rules.grace_seconds,
            "revoting": draft.rules.revoting,
            "suppression_threshold": draft.rules.suppression_threshold,
        },
        "threshold": draft.threshold,
    }
    return encode_json(document)


def decode_draft(encoded: bytes) -> Draft:
    """Read a draft; raises DocumentRefused, its path says where."""
    fields = read_document(decode_json(encoded), FORMAT, _FIELDS)
    contests = tuple(_read_contest(item) for item in fields.array("contests", 0, 20))
    return Draft(
        organisation=fields.text("organisation", 200, shortest=1),
        language=fields.text("language", 2, shortest=2),
        practice=fields.flag("practice"),
        opens_at=fields.time("opens_at"),
        closes_at=fields.time("closes_at"),
        contests=contests,
        rules=_read_rules(fields),
        threshold=fields.integer("threshold", 1, MOST_HOLDERS),
        approvals_needed=fields.integer("approvals_needed", 1, MOST_HOLDERS),
    )


def with_contest(draft: Draft, added: DraftContest, index: int | None = None) -> Draft:
    """Return the draft with a contest added at the end, or put at an index."""
    contests = list(draft.contests)
    if index is None:
        contests.append(added)
    else:
        contests[index] = added
    return replace(draft, contests=_numbered(contests))


def without_contest(draft: Draft, index: int) -> Draft:
    """Return the draft without the contest at an index."""
    left = [each for each in draft.contests if each.contest.index != index]
    return replace(draft, contests=_numbered(left))


def plan_styles(
    labels: Sequence[str], contests: Sequence[DraftContest]
) -> tuple[tuple[Style, ...], tuple[int, ...]]:
    """Return the ballot styles, and the style of each group in order.

    Groups that vote on the same contests share a style.

    Raises:
        DraftIncomplete: a group has no contest, or a contest no group.

    """
    sets = [
        tuple(each.contest.index for each in contests if each.concerns(label))
        for label in labels
    ]
    if not all(sets):
        raise DraftIncomplete("group-without-contest")
    voted_on = {index for indices in sets for index in indices}
    if len(voted_on) != len(contests):
        raise DraftIncomplete("contest-without-group")
    distinct = list(dict.fromkeys(sets))
    styles = tuple(Style(index, indices) for index, indices in enumerate(distinct))
    return styles, tuple(distinct.index(indices) for indices in sets)


def require_sealable(draft: Draft, holders: int, now: datetime) -> None:
    """Check what the manifest's own rules do not see.

    Raises:
        DraftIncomplete: no contest; closing before or too near opening; in the past;
            a committee of another size than the rules allow.

    """
    if not draft.contests:
        raise DraftIncomplete("no-contests")
    if draft.closes_at < draft.opens_at + SHORTEST_OPENING:
        raise DraftIncomplete("closes-too-soon")
    if draft.closes_at <= now:
        raise DraftIncomplete("closes-in-the-past")
    require_committee(holders, draft.threshold, draft.approvals_needed)


def require_committee(holders: int, threshold: int, approvals: int) -> None:
    """Check the committee's numbers (docs/protocol.md §3.1, §4.1).

    Raises:
        DraftIncomplete: not 3 to 9 holders, not n/2 < k < n, not n/2 < m <= n.

    """
    if not FEWEST_HOLDERS <= holders <= MOST_HOLDERS:
        raise DraftIncomplete("committee-size")
    if not holders < 2 * threshold < 2 * holders:
        raise DraftIncomplete("threshold")
    if not holders < 2 * approvals <= 2 * holders:
        raise DraftIncomplete("approvals")


def _numbered(contests: Iterable[DraftContest]) -> tuple[DraftContest, ...]:
    return tuple(
        replace(each, contest=replace(each.contest, index=index))
        for index, each in enumerate(contests)
    )


def _read_contest(item: Item) -> DraftContest:
    fields = item.fields("contest", "groups")
    contest = read_contest(Item(fields.at("contest"), fields.of("contest")))
    labels = fields.array("groups", 0, 1_000)
    groups = tuple(read_text(label.path, label.value) for label in labels)
    return DraftContest(contest, groups)


def _read_rules(draft: Fields) -> Rules:
    names = ("batch_size", "grace_seconds", "revoting", "suppression_threshold")
    fields = Item(draft.at("rules"), draft.of("rules")).fields(*names)
    return Rules(
        batch_size=fields.integer("batch_size", 1, 10_000),
        grace_seconds=fields.integer("grace_seconds", 0, 86_400),
        revoting=fields.flag("revoting"),
        suppression_threshold=fields.integer("suppression_threshold", 1, 10_000),
    )
