"""Which ballots count, and their sums unopened (docs/protocol.md §4.3, §4.9)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crypto.ballot import BallotHeader, read_header
from crypto.ballot_shape import HEADER_BYTES, SLOT_BYTES, StyleShape, sealed_length
from crypto.ballot_signature import tracking_digest
from crypto.elgamal import CIPHERTEXT_BYTES, Ciphertext, sum_ciphertexts
from crypto.errors import WrongLength
from voting.leaves import BallotLeaf
from voting.manifest_model import Fingerprint, Manifest
from voting.units import Unit, opened_units, plan_units


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A ballot of the board, and what its first bytes say."""

    leaf: BallotLeaf
    header: BallotHeader
    tracking: bytes
    """32 bytes; the tracking code shows the first 100 bits."""


@dataclass(frozen=True, slots=True)
class BallotBox:
    """The ballots of a board, told apart."""

    cast: tuple[CastBallot, ...]
    """All of them, in the order of the board."""
    counted: tuple[CastBallot, ...]
    """For each credential the last of its unbroken chain."""
    uncounted: tuple[CastBallot, ...]
    """Ballots outside an unbroken chain: a discrepancy."""

    def cast_by_group(self) -> Counter[int]:
        """Credentials with a ballot, by voter group: what marks are held against."""
        return Counter(
            group
            for group, _ in {
                (each.header.group, each.leaf.credential.encoded) for each in self.cast
            }
        )

    def counted_by_group(self) -> Counter[int]:
        """Ballots that count, by voter group."""
        return Counter(each.header.group for each in self.counted)

    def uncounted_by_group(self) -> Counter[int]:
        """Ballots outside an unbroken chain, by voter group."""
        return Counter(each.header.group for each in self.uncounted)


@dataclass(frozen=True, slots=True)
class UnitSum:
    """The sum of a unit: one ciphertext for each slot of each contest."""

    unit: Unit
    contests: tuple[tuple[Ciphertext, ...], ...]


def read_cast_ballot(fingerprint: Fingerprint, leaf: BallotLeaf) -> CastBallot:
    """Read the header of a ballot and reckon its tracking digest.

    Raises:
        WrongLength: fewer than the 41 bytes of a header.
        WrongVersion: of another version of the protocol.

    """
    tracking = tracking_digest(fingerprint, leaf.credential, leaf.ballot)
    return CastBallot(leaf, read_header(leaf.ballot), tracking)


def sort_ballots(cast: Iterable[CastBallot]) -> BallotBox:
    """Find the ballots that count (docs/protocol.md §4.3).

    Without revoting every credential has one ballot, which counts. With it the last
    of the unbroken chain counts; a fork ends the chain before it, so that nobody
    can choose afterwards which of two was meant.
    """
    every = tuple(cast)
    chains: dict[bytes, list[CastBallot]] = {}
    for ballot in every:
        chains.setdefault(ballot.leaf.credential.encoded, []).append(ballot)
    unbroken = {key: unbroken_chain(ballots) for key, ballots in chains.items()}
    last = {chain[-1].tracking for chain in unbroken.values() if chain}
    inside = {ballot.tracking for chain in unbroken.values() for ballot in chain}
    return BallotBox(
        cast=every,
        counted=tuple(ballot for ballot in every if ballot.tracking in last),
        uncounted=tuple(ballot for ballot in every if ballot.tracking not in inside),
    )


def unbroken_chain(ballots: Sequence[CastBallot]) -> list[CastBallot]:
    """Return the ballots of one credential from sequence 0 as far as they follow.

    Each is the only one of its sequence, of the group of the first, and names the
    tracking digest of the one before.
    """
    by_sequence: dict[int, list[CastBallot]] = {}
    for ballot in ballots:
        by_sequence.setdefault(ballot.header.sequence, []).append(ballot)
    chain: list[CastBallot] = []
    while len(found := by_sequence.get(len(chain), [])) == 1 and (
        not chain or _follows(chain[-1], found[0])
    ):
        chain.append(found[0])
    return chain


def ciphertexts_of(
    sealed: bytes, shape: StyleShape
) -> tuple[tuple[Ciphertext, ...], ...]:
    """Return the ciphertexts of a sealed ballot, by contest and slot (§4.3).

    Proofs are passed over: they are verified elsewhere.

    Raises:
        WrongLength: not the length of its style.
        NonCanonicalPoint, IdentityPoint: in a ciphertext.

    """
    if len(sealed) != sealed_length(shape):
        raise WrongLength("sealed ballot", sealed_length(shape), len(sealed))
    contests: list[tuple[Ciphertext, ...]] = []
    at = HEADER_BYTES
    for contest in shape.contests:
        starts = range(at, at + contest.slots * SLOT_BYTES, SLOT_BYTES)
        contests.append(
            tuple(
                Ciphertext.decode(sealed[start : start + CIPHERTEXT_BYTES])
                for start in starts
            )
        )
        at += contest.sealed_bytes
    return tuple(contests)


def plan_counted_units(
    manifest: Manifest, ballots: Mapping[int, int]
) -> tuple[Unit, ...]:
    """Return the units of an election by its counted ballots per group (§5.8)."""
    return plan_units(
        manifest.styles_by_group, ballots, manifest.rules.suppression_threshold
    )


def sum_units(
    manifest: Manifest, box: BallotBox, tick: Callable[[], None] = lambda: None
) -> tuple[UnitSum, ...]:
    """Return the sum of every unit that may be opened, unopened (§4.9).

    The ballots have been verified before; the order of the ballots makes no
    difference to any byte of the sums. `tick` is told of each ballot.

    Raises:
        WrongLength, NonCanonicalPoint, IdentityPoint: of an unverified ballot.

    """
    by_group: dict[int, list[CastBallot]] = {}
    for ballot in box.counted:
        by_group.setdefault(ballot.header.group, []).append(ballot)
    planned = plan_counted_units(manifest, box.counted_by_group())
    units = opened_units(planned, manifest.rules.suppression_threshold)
    return tuple(
        UnitSum(
            unit,
            _sum_ballots(
                manifest.shape_of_style(unit.style),
                [each for group in unit.groups for each in by_group.get(group, [])],
                tick,
            ),
        )
        for unit in units
    )


def _sum_ballots(
    shape: StyleShape, ballots: Sequence[CastBallot], tick: Callable[[], None]
) -> tuple[tuple[Ciphertext, ...], ...]:
    opened = []
    for each in ballots:
        opened.append(ciphertexts_of(each.leaf.ballot, shape))
        tick()
    return tuple(
        tuple(
            sum_ciphertexts(contests[place][slot] for contests in opened)
            for slot in range(contest.slots)
        )
        for place, contest in enumerate(shape.contests)
    )


def _follows(before: CastBallot, after: CastBallot) -> bool:
    return (
        after.header.predecessor == before.tracking
        and after.header.group == before.header.group
    )
