"""What a record says, read once and only when a check asks for it.

So a check that fails hides no other that can still be run: each asks for what it
needs, and fails on its own account when that cannot be had.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from crypto.ceremony_record import CeremonyOutcome, CeremonyRecord, verify_ceremony
from crypto.encoding import JsonValue, decode_json
from crypto.merkle import CompactTree, leaf_hash
from voting.approvals import Approvals, decode_approvals
from voting.board_order import BoardOrder, read_board
from voting.checkpoints import SignedCheckpoint, verify_checkpoint
from voting.counting import BallotBox, CastBallot, read_cast_ballot, sort_ballots
from voting.documents import read_array, read_text
from voting.leaves import BallotLeaf, Leaf, decode_leaf
from voting.manifest import decode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest
from voting.paper import PaperResults, decode_paper
from voting.partials import Partial, open_tally, read_partial
from voting.record import ENTRY_BYTES, RecordParts, read_board_files
from voting.results import (
    ElectionResult,
    UnitTotals,
    reckon_groups,
    reckon_result,
)
from voting.tally import BoardHead, Tally, decode_tally

Progress = Callable[[int, int], None]
"""Told how many ballots of how many have been verified."""


class CheckFailed(Exception):
    """A check does not hold; the text says what was found."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody about progress."""


@dataclass(frozen=True)
class Facts:
    """A record, and what follows from its entries; each raises its own refusal."""

    parts: RecordParts
    progress: Progress = silent
    parallel_from: int = 300
    """Ballots from which two processes verify them."""

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest of ``manifest.json``."""
        return decode_manifest(self.parts.manifest)

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """FP of the bytes of ``manifest.json``, whatever they are."""
        return fingerprint_of(self.parts.manifest)

    @cached_property
    def ceremony(self) -> CeremonyOutcome:
        """The ceremony of ``ceremony.json``, every message and proof checked."""
        return verify_ceremony(CeremonyRecord.read(decode_json(self.parts.ceremony)))

    @cached_property
    def encoded_leaves(self) -> tuple[bytes, ...]:
        """The leaves of the board as bytes."""
        return read_board_files(self.parts.board)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of the board, read."""
        return tuple(map(decode_leaf, self.encoded_leaves))

    @cached_property
    def board(self) -> BoardOrder:
        """The board, read in order to its end."""
        return read_board(self.manifest, self.fingerprint, self.leaves)

    @cached_property
    def ballots(self) -> tuple[CastBallot, ...]:
        """Every ballot of the board, counted or not."""
        return tuple(
            read_cast_ballot(self.fingerprint, leaf)
            for leaf in self.leaves
            if isinstance(leaf, BallotLeaf)
        )

    @cached_property
    def box(self) -> BallotBox:
        """The ballots, those that count told from the others."""
        return sort_ballots(self.ballots)

    @cached_property
    def checkpoints(self) -> tuple[SignedCheckpoint, ...]:
        """The checkpoints, form, origin and signatures checked."""
        notes = decode_json(self.parts.checkpoints, limit=ENTRY_BYTES)
        return tuple(
            verify_checkpoint(
                self.manifest, self.fingerprint, read_text(item.path, item.value)
            )
            for item in read_array("checkpoints", notes)
        )

    @cached_property
    def head(self) -> BoardHead:
        """Size and root over all leaves, reckoned anew."""
        size = len(self.encoded_leaves)
        return BoardHead(size, self.roots_at([size])[size])

    @cached_property
    def tally(self) -> Tally:
        """The tally as the record has it."""
        return decode_tally(self.parts.tally, limit=ENTRY_BYTES)

    @cached_property
    def partials(self) -> tuple[Partial, ...]:
        """The partial decryptions as the record has them."""
        values = decode_json(self.parts.partials, limit=ENTRY_BYTES)
        items = read_array("partials", values)
        return tuple(read_partial(item.value) for item in items)

    @cached_property
    def totals(self) -> tuple[UnitTotals, ...]:
        """The opened tally."""
        return open_tally(self.manifest, self.tally, self.partials)

    @cached_property
    def paper(self) -> PaperResults | None:
        """The paper results, if there are any."""
        encoded = self.parts.paper
        return None if encoded is None else decode_paper(encoded)

    @cached_property
    def result(self) -> ElectionResult:
        """All numbers of the election, reckoned anew."""
        groups = reckon_groups(self.manifest, self.board, self.box, self.paper)
        return reckon_result(self.manifest, self.tally, self.totals, groups, self.paper)

    @cached_property
    def approvals(self) -> Approvals:
        """The approvals as the record has them."""
        return decode_approvals(self.parts.approvals)

    def document(self, encoded: bytes) -> JsonValue:
        """Return the value of an entry of the record."""
        return decode_json(encoded, limit=ENTRY_BYTES)

    def roots_at(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """Return the roots over the first leaves, for each size up to all."""
        wanted = {size for size in sizes if 0 <= size <= len(self.encoded_leaves)}
        tree = CompactTree()
        at = 0
        roots: dict[int, bytes] = {}
        for size in sorted(wanted):
            tree = tree.extended(map(leaf_hash, self.encoded_leaves[at:size]))
            roots[size] = tree.root
            at = size
        return roots

    def cast_at(self, sizes: Iterable[int]) -> dict[int, Counter[int]]:
        """Return credentials with a ballot in the first leaves, by voter group."""
        wanted = set(sizes)
        ballots = iter(self.ballots)
        seen: set[tuple[int, bytes]] = set()
        cast: Counter[int] = Counter()
        found: dict[int, Counter[int]] = {0: Counter()}
        for size, leaf in enumerate(self.leaves, 1):
            if isinstance(leaf, BallotLeaf):
                group = next(ballots).header.group
                new = (group, leaf.credential.encoded)
                cast[group] += new not in seen
                seen.add(new)
            if size in wanted:
                found[size] = cast.copy()
        return found
