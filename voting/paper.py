"""Paper results: entered by two of the committee, declared and not proven (§4.8).

Envelopes are counted by voter group; votes by ballot style, so that no small group
shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from crypto.encoding import JsonValue, decode_json, encode_json
from voting.contests import MOST_CONTESTS, MOST_STYLES, Contest
from voting.documents import Item, read_array, read_document, read_integer
from voting.leaf_signatures import SIGNERS_OF_A_CHANGE, verify_holders
from voting.leaves import IndexedSignature, read_signatures, signatures_document
from voting.manifest_model import Fingerprint, Manifest

FORMAT: Final = "urne/v1/paper"
MOST_GROUPS: Final = 1_000
MOST_BALLOTS: Final = 1_000_000


class PaperRefused(Exception):
    """Paper results do not add up; the subclasses say where."""


class OtherGroups(PaperRefused):
    """They do not speak of every group and style of the manifest."""


class MoreRejectedThanOpened(PaperRefused):
    """More ballots were rejected than envelopes opened."""


class VotesDoNotAddUp(PaperRefused):
    """The votes of a contest cannot come from so many ballots."""


@dataclass(frozen=True, slots=True)
class PaperGroup:
    """The envelopes of one voter group."""

    envelopes: int
    """Opened."""
    rejected: int
    """Opened, without a valid ballot."""
    unopened: int
    """Of members who were marked already."""

    @property
    def ballots(self) -> int:
        """Paper ballots that count."""
        return self.envelopes - self.rejected


@dataclass(frozen=True, slots=True)
class PaperResults:
    """What the committee counted by hand."""

    groups: tuple[PaperGroup, ...]
    """By index of the voter group."""
    styles: tuple[tuple[tuple[int, ...], ...], ...]
    """Votes by style, contest of the style, slot."""
    signatures: tuple[IndexedSignature, ...]

    def ballots_of_style(self, manifest: Manifest, style: int) -> int:
        """Return how many paper ballots of a style count."""
        return sum(
            paper.ballots
            for group, paper in zip(manifest.groups, self.groups, strict=True)
            if group.style == style
        )

    def votes_in(self, manifest: Manifest, contest: Contest) -> tuple[int, ...]:
        """Return the votes of a contest, by slot, over all styles that have it."""
        rows = [
            self.styles[style.index][style.contests.index(contest.index)]
            for style in manifest.styles
            if contest.index in style.contests
        ]
        return tuple(sum(row[slot] for row in rows) for slot in range(contest.slots))


def no_paper(manifest: Manifest) -> PaperResults:
    """Return the results of an election without paper: noughts everywhere."""
    return PaperResults(
        groups=tuple(PaperGroup(0, 0, 0) for _ in manifest.groups),
        styles=tuple(
            tuple(
                (0,) * contest.slots
                for contest in manifest.contests_of_style(style.index)
            )
            for style in manifest.styles
        ),
        signatures=(),
    )


def encode_paper(results: PaperResults) -> bytes:
    """Write paper results with their signatures (docs/protocol.md §4.8)."""
    signatures = signatures_document(results.signatures)
    return encode_json({**_document(results), "signatures": signatures})


def paper_parts(fingerprint: bytes, results: PaperResults) -> tuple[bytes, ...]:
    """What two holders sign with the tag ``paper``."""
    return (fingerprint, encode_json(_document(results)))


def signed_paper(
    results: PaperResults, signatures: Sequence[IndexedSignature]
) -> PaperResults:
    """Return the results with the signatures below them, in order of index."""
    ordered = sorted(signatures, key=lambda each: each.index)
    return replace(results, signatures=tuple(ordered))


def decode_paper(encoded: bytes) -> PaperResults:
    """Read paper results, of at most 1 MiB.

    Raises:
        NonCanonicalEncoding: not written the one way.
        DocumentRefused: its subclass says what may not be, its path where.

    """
    fields = read_document(
        decode_json(encoded), FORMAT, ("groups", "signatures", "styles")
    )
    groups = fields.array("groups", 1, MOST_GROUPS)
    styles = fields.array("styles", 1, MOST_STYLES)
    return PaperResults(
        groups=tuple(_read_group(item, place) for place, item in enumerate(groups)),
        styles=tuple(_read_style(item, place) for place, item in enumerate(styles)),
        signatures=read_signatures(fields, "signatures"),
    )


def require_paper_adds_up(manifest: Manifest, results: PaperResults) -> None:
    """Check that the votes can come from the ballots (docs/protocol.md §4.8).

    Raises:
        OtherGroups: not every group, style, contest and slot of the manifest.
        MoreRejectedThanOpened: naming the group.
        VotesDoNotAddUp: naming the style and the contest.

    """
    _require_same_form(manifest, results)
    for group, paper in zip(manifest.groups, results.groups, strict=True):
        if paper.rejected > paper.envelopes:
            raise MoreRejectedThanOpened(f"group {group.index}")
    for style, rows in zip(manifest.styles, results.styles, strict=True):
        ballots = results.ballots_of_style(manifest, style.index)
        contests = manifest.contests_of_style(style.index)
        for contest, slots in zip(contests, rows, strict=True):
            if not _can_come_from(contest, slots, ballots):
                where = f"style {style.index}, contest {contest.index}"
                raise VotesDoNotAddUp(f"{where}: not from {ballots} ballots")


def verify_paper(
    manifest: Manifest, fingerprint: Fingerprint, results: PaperResults
) -> None:
    """Check that paper results add up, and that two holders signed them.

    Raises:
        PaperRefused: as `require_paper_adds_up`.
        SignersRefused, SignatureRefused: as `verify_holders`.

    """
    require_paper_adds_up(manifest, results)
    verify_holders(
        manifest,
        results.signatures,
        SIGNERS_OF_A_CHANGE,
        "paper",
        paper_parts(fingerprint, results),
    )


def _can_come_from(contest: Contest, slots: Sequence[int], ballots: int) -> bool:
    choices = slots[: len(contest.choices)]
    blank = slots[-1] if contest.blank else 0
    weighed = sum(choices) + contest.max * blank
    if max(slots) > ballots or weighed > contest.max * ballots:
        return False
    return contest.max > 1 or weighed == ballots


def _require_same_form(manifest: Manifest, results: PaperResults) -> None:
    expected = no_paper(manifest)
    if len(results.groups) != len(expected.groups):
        raise OtherGroups("not every voter group")
    if len(results.styles) != len(expected.styles):
        raise OtherGroups("not every ballot style")
    for mine, theirs in zip(results.styles, expected.styles, strict=True):
        if [len(row) for row in mine] != [len(row) for row in theirs]:
            raise OtherGroups("not every contest and slot")


def _document(results: PaperResults) -> dict[str, JsonValue]:
    groups: list[JsonValue] = [
        {
            "envelopes": paper.envelopes,
            "index": index,
            "rejected": paper.rejected,
            "unopened": paper.unopened,
        }
        for index, paper in enumerate(results.groups)
    ]
    styles: list[JsonValue] = [
        {"contests": [list(slots) for slots in contests], "index": index}
        for index, contests in enumerate(results.styles)
    ]
    return {"format": FORMAT, "groups": groups, "styles": styles}


def _read_group(item: Item, index: int) -> PaperGroup:
    fields = item.fields("envelopes", "index", "rejected", "unopened")
    fields.integer("index", index, index)
    return PaperGroup(
        envelopes=fields.integer("envelopes", 0, MOST_BALLOTS),
        rejected=fields.integer("rejected", 0, MOST_BALLOTS),
        unopened=fields.integer("unopened", 0, MOST_BALLOTS),
    )


def _read_style(item: Item, index: int) -> tuple[tuple[int, ...], ...]:
    fields = item.fields("contests", "index")
    fields.integer("index", index, index)
    return tuple(
        tuple(
            read_integer(slot.path, slot.value, 0, MOST_BALLOTS)
            for slot in read_array(contest.path, contest.value)
        )
        for contest in fields.array("contests", 1, MOST_CONTESTS)
    )
