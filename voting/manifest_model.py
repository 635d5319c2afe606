"""What a manifest says of an election (docs/protocol.md §4.1)."""

from dataclasses import dataclass
from typing import NewType

from crypto.ballot_shape import ContestShape, StyleShape
from crypto.group import Point
from voting.contests import Contest, Style

ElectionId = NewType("ElectionId", str)
"""32 hexadecimal digits."""

Fingerprint = NewType("Fingerprint", bytes)
"""FP: 32 bytes."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside the operator who signs checkpoints."""

    name: str
    key: bytes
    """Ed25519, 32 bytes."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A key holder, who is a member of the committee and signs as such."""

    index: int
    """From 1."""
    name: str
    share_key: Point
    signing_key: bytes
    """Ed25519, 32 bytes."""


@dataclass(frozen=True, slots=True)
class Group:
    """A voter group: who may vote as one of it, and on what."""

    index: int
    label: str
    entitled: int
    """Members on the roll when it was frozen; additions are leaves of the board."""
    style: int
    issuer_key: Point


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers that the machinery goes by."""

    batch_size: int
    """Fewest ballots that are appended to the board together."""
    grace_seconds: int
    """How long after closing a ballot is taken with a right taken out in time."""
    revoting: bool
    suppression_threshold: int
    """Fewest ballots whose sum may be opened."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script that the voter's page loads."""

    path: str
    sha384: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the voters vote on, under which keys and rules (docs/protocol.md §4.1)."""

    election: ElectionId
    slug: str
    title: str
    organisation: str
    language: str
    practice: bool
    """True only of an election that decides nothing."""
    service_url: str
    register_url: str
    service_key: bytes
    register_key: bytes
    witnesses: tuple[Witness, ...]
    witness_threshold: int
    ceremony: bytes
    """Digest of the ceremony's transcript, 32 bytes."""
    election_key: Point
    threshold: int
    """k: how many holders open a sum together."""
    holders: tuple[Holder, ...]
    approvals_needed: int
    groups: tuple[Group, ...]
    roll_commitment: bytes
    styles: tuple[Style, ...]
    contests: tuple[Contest, ...]
    rules: Rules
    scripts: tuple[Script, ...]
    accepted_risks: tuple[str, ...]

    def holder(self, index: int) -> Holder | None:
        """Return the key holder with an index from 1, if there is one."""
        return self.holders[index - 1] if 1 <= index <= len(self.holders) else None

    def contests_of_style(self, style: int) -> tuple[Contest, ...]:
        """Return the contests of a style, in order of index."""
        return tuple(self.contests[index] for index in self.styles[style].contests)

    def groups_of_contest(self, contest: int) -> frozenset[int]:
        """Return the groups whose ballots have a contest."""
        return frozenset(
            group.index
            for group in self.groups
            if contest in self.styles[group.style].contests
        )

    def shape_of_style(self, style: int) -> StyleShape:
        """Return what the ballots of a style look like."""
        return StyleShape(
            tuple(
                ContestShape(
                    index=contest.index,
                    choices=len(contest.choices),
                    blank=contest.blank,
                    minimum=contest.min,
                    maximum=contest.max,
                )
                for contest in self.contests_of_style(style)
            )
        )

    @property
    def styles_by_group(self) -> dict[int, int]:
        """The ballot style of every voter group."""
        return {group.index: group.style for group in self.groups}
