"""Sealing the manifest: from draft, ceremony and frozen roll to what never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.ceremony_record import CeremonyOutcome
from crypto.encoding import JsonValue
from crypto.group import Point
from crypto.signing import SigningSeed
from infra.audit import record_event
from infra.config import Settings
from infra.exchange import post_document
from voting.board import NewLeaf, append_leaves
from voting.ceremony import load_ceremony, outcome_of
from voting.documents import read_object
from voting.drafts import Draft, DraftIncomplete, plan_styles, require_sealable
from voting.elections import draft_of, hold_phase, stored
from voting.leaf_signatures import sign_schedule
from voting.leaves import Leaf, ManifestLeaf, encode_leaf, leaf_document
from voting.manifest import encode_manifest, fingerprint_of, manifest_document
from voting.manifest_model import ElectionId, Group, Holder, Manifest, Script
from voting.phases import Phase, require_transition
from voting.schedule import is_published_too_late
from voting.tables import Election


@dataclass(frozen=True, slots=True)
class FrozenGroup:
    """A voter group as the register froze it."""

    label: str
    entitled: int
    issuer_key: Point
    sealed_issuer_key: bytes


@dataclass(frozen=True, slots=True)
class RollTotals:
    """What the register says of a frozen roll; no person."""

    groups: tuple[FrozenGroup, ...]
    commitment: bytes


def read_roll_totals(value: JsonValue) -> RollTotals:
    """Read the register's totals; raises DocumentRefused."""
    fields = read_object(value, ("groups", "roll_commitment"))
    names = ("entitled", "issuer_key", "label", "sealed_issuer_key")
    groups = []
    for item in fields.array("groups", 1, 1_000):
        group = item.fields(*names)
        groups.append(
            FrozenGroup(
                label=group.text("label", 120, shortest=1),
                entitled=group.integer("entitled", 0),
                issuer_key=group.point("issuer_key"),
                sealed_issuer_key=group.base64("sealed_issuer_key"),
            )
        )
    return RollTotals(tuple(groups), fields.hexadecimal("roll_commitment"))


def prepare_manifest(
    session: Session, settings: Settings, election: Election, scripts: Sequence[Script]
) -> Manifest:
    """Return the manifest as it would be sealed now, for review.

    Raises:
        DraftIncomplete: something is missing; its code says what.
        CeremonyIncomplete: a holder has not rehearsed.

    """
    draft = draft_of(election)
    frozen = stored(election.roll_totals)
    if frozen is None:
        raise DraftIncomplete("roll-not-frozen")
    # The closing may have been moved since the time was set.
    publish_at = election.publish_at
    if publish_at and is_published_too_late(publish_at, draft.closes_at):
        raise DraftIncomplete("published-too-late")
    ceremony = load_ceremony(session, election, draft.threshold)
    totals = read_roll_totals(frozen)
    return _compose(
        settings, election, draft, totals, outcome_of(ceremony), scripts=scripts
    )


def seal_election(
    session: Session,
    settings: Settings,
    election: Election,
    scripts: Sequence[Script],
    *,
    actor: str,
    at: datetime,
) -> bytes:
    """Seal the manifest, put it and the schedule on the board; returns its digest.

    Raises:
        ForbiddenTransition, DraftIncomplete, CeremonyIncomplete, DocumentRefused.

    """
    hold_phase(session, election)
    require_transition(Phase(election.phase), Phase.READY)
    manifest = prepare_manifest(session, settings, election, scripts)
    draft = draft_of(election)
    require_sealable(draft, len(manifest.holders), at)
    encoded = encode_manifest(manifest)
    fingerprint = fingerprint_of(encoded)
    election.manifest, election.fingerprint = encoded, fingerprint
    election.phase = Phase.READY
    seed = service_seed(settings)
    schedule = sign_schedule(seed, fingerprint, draft.opens_at, draft.closes_at, "")
    leaves: list[Leaf] = [ManifestLeaf(manifest_document(manifest)), schedule]
    append_leaves(
        session,
        election.id,
        fingerprint,
        [NewLeaf(encode_leaf(leaf)) for leaf in leaves],
        seed,
    )
    for kind, body in (
        ("manifest", {"manifest": manifest_document(manifest)}),
        ("schedule", {"leaf": leaf_document(schedule)}),
    ):
        post_document(
            session, settings, kind=kind, subject=election.id, body=body, at=at
        )
    record_event(
        session,
        at=at,
        actor=actor,
        kind="manifest-sealed",
        subject=election.id,
        content={"fingerprint": fingerprint.hex()},
    )
    return fingerprint


def service_seed(settings: Settings) -> SigningSeed:
    """Return the service's signing key; SideNotServed where it is not."""
    return SigningSeed(settings.secrets_of("service").signing_seed.reveal())


def _compose(
    settings: Settings,
    election: Election,
    draft: Draft,
    totals: RollTotals,
    outcome: CeremonyOutcome,
    *,
    scripts: Sequence[Script],
) -> Manifest:
    labels = [group.label for group in totals.groups]
    styles, style_of = plan_styles(labels, draft.contests)
    return Manifest(
        election=ElectionId(election.id),
        slug=election.slug,
        title=election.title,
        organisation=draft.organisation,
        language=draft.language,
        practice=draft.practice,
        service_url=settings.service_url,
        register_url=settings.register_url,
        service_key=settings.verify_key("service"),
        register_key=settings.verify_key("register"),
        witnesses=(),
        witness_threshold=0,
        ceremony=outcome.transcript,
        election_key=outcome.election_key,
        threshold=outcome.assembly.threshold,
        holders=_holders(outcome),
        approvals_needed=draft.approvals_needed,
        groups=_groups(totals, style_of),
        roll_commitment=totals.commitment,
        styles=styles,
        contests=tuple(each.contest for each in draft.contests),
        rules=draft.rules,
        scripts=tuple(scripts),
        accepted_risks=_accepted_risks(settings),
    )


def _holders(outcome: CeremonyOutcome) -> tuple[Holder, ...]:
    return tuple(
        Holder(holder.index, holder.name, share_key, holder.signing_key)
        for holder, share_key in zip(
            outcome.assembly.holders, outcome.share_keys, strict=True
        )
    )


def _groups(totals: RollTotals, style_of: Sequence[int]) -> tuple[Group, ...]:
    return tuple(
        Group(index, group.label, group.entitled, style, group.issuer_key)
        for index, (group, style) in enumerate(
            zip(totals.groups, style_of, strict=True)
        )
    )


def _accepted_risks(settings: Settings) -> tuple[str, ...]:
    return ("shared-cluster",) if settings.accept_shared_cluster else ()
