"""A sealed election: its manifest, read once and kept, for it never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from infra.slugs import is_slug
from voting.manifest import decode_manifest, fingerprint_of
from voting.manifest_model import Fingerprint, Manifest
from voting.phases import Phase
from voting.tables import Election


class UnknownElection(Exception):
    """There is no election of this name, or it is not sealed yet."""


class ElectionNotOpen(Exception):
    """The election takes no ballots now: not yet, not any more, or never."""


@dataclass(frozen=True, slots=True)
class SealedElection:
    """What never changes, and the phase and schedule as they stand now."""

    id: str
    manifest: Manifest
    fingerprint: Fingerprint
    phase: Phase
    opens_at: datetime
    closes_at: datetime

    @property
    def last_ballot_at(self) -> datetime:
        """The end of the grace for rights that were taken out in time."""
        grace = timedelta(seconds=self.manifest.rules.grace_seconds)
        return self.closes_at + grace

    def require_casting(self, now: datetime) -> None:
        """Check that ballots are taken now.

        Raises:
            ElectionNotOpen: they are not.

        """
        in_time = self.opens_at <= now < self.last_ballot_at
        if self.phase is not Phase.OPEN or not in_time:
            raise ElectionNotOpen


def find_sealed(session: Session, slug: str) -> SealedElection:
    """Return the sealed election with a slug.

    Raises:
        UnknownElection: there is none.

    """
    if not is_slug(slug):
        raise UnknownElection
    query = select(Election).where(Election.slug == slug)
    election = session.scalars(query).one_or_none()
    if election is None:
        raise UnknownElection
    return sealed_of(election)


def get_sealed(session: Session, election_id: str) -> SealedElection:
    """Return the sealed election with an id.

    Raises:
        UnknownElection: there is none.

    """
    election = session.get(Election, election_id, populate_existing=True)
    if election is None:
        raise UnknownElection
    return sealed_of(election)


def sealed_of(election: Election) -> SealedElection:
    """Return what is sealed of a stored election.

    Raises:
        UnknownElection: nothing yet.

    """
    manifest, opens, closes = election.manifest, election.opens_at, election.closes_at
    if manifest is None or opens is None or closes is None:
        raise UnknownElection
    return SealedElection(
        election.id,
        _read(manifest),
        _fingerprint(manifest),
        Phase(election.phase),
        opens,
        closes,
    )


@lru_cache(maxsize=64)
def _read(manifest: bytes) -> Manifest:
    return decode_manifest(manifest)


@lru_cache(maxsize=64)
def _fingerprint(manifest: bytes) -> Fingerprint:
    return fingerprint_of(manifest)
