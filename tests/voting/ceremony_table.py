"""A ceremony at a table: holders played in Python over the service's use cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from crypto.ceremony import (
    deal_share,
    open_all_shares,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
)
from crypto.ceremony_openings import ShareOpening, open_in_public, sign_complaint
from crypto.encoding import JsonValue
from crypto.group import Scalar, SecretScalar
from crypto.integers import u16
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from infra.databases import Store
from voting.ceremony import Ceremony, load_ceremony, post_message
from voting.ceremony_complaints import open_share_in_public, report_bad_share
from voting.elections import draft_of, get_election


@dataclass(slots=True)
class CeremonyTable:
    """The secrets of all holders of one ceremony."""

    store: Store
    election_id: str
    at: datetime
    names: Sequence[str]
    seeds: list[SigningSeed] = field(default_factory=list)
    sealing: list[SealingKey] = field(default_factory=list)
    polynomials: list[Polynomial] = field(default_factory=list)

    @contextmanager
    def sitting(self) -> Iterator[tuple[Session, Ceremony]]:
        """The ceremony as it stands, in a writing transaction."""
        with self.store.begin() as session:
            election = get_election(session, self.election_id)
            threshold = draft_of(election).threshold
            yield session, load_ceremony(session, election, threshold)

    @property
    def indices(self) -> range:
        """Of all holders, from 1."""
        return range(1, len(self.names) + 1)

    def post_keys(self, count: int) -> None:
        """The first few draw keys and post them."""
        self.seeds = [SigningSeed.generate() for _ in self.names]
        self.sealing = [SealingKey.generate() for _ in self.names]
        for i in self.indices[:count]:
            with self.sitting() as (_, ceremony):
                name, key = self.names[i - 1], self.sealing[i - 1].public_key
                keys = post_keys(ceremony.id, i, name, self.seeds[i - 1], key)
            self.post("keys", i, keys.entry)

    def until_shares(self) -> None:
        """Everybody draws secrets, and deals."""
        self.post_keys(len(self.names))
        with self.sitting() as (_, ceremony):
            assembly = ceremony.assembly()
        self.polynomials = [Polynomial.draw(assembly.threshold) for _ in self.names]
        for i in self.indices:
            f, seed = self.polynomials[i - 1], self.seeds[i - 1]
            self.post("commit", i, post_commit(assembly, i, f, seed).entry)
        for i in self.indices:
            f, seed = self.polynomials[i - 1], self.seeds[i - 1]
            self.post("reveal", i, post_reveal(assembly, i, f, seed).entry)
        for i in self.indices:
            f, seed = self.polynomials[i - 1], self.seeds[i - 1]
            dealt = [deal_share(assembly, i, j, f, seed).entry for j in self.indices]
            self.post("share", i, [*dealt])

    def sign_and_rehearse(
        self, openings: Sequence[ShareOpening] = ()
    ) -> list[SecretScalar]:
        """Everybody opens the shares, signs, and reads the file back."""
        with self.sitting() as (_, ceremony):
            document = ceremony.document()
        for i in self.indices:
            self.sign(i)
        shares = [
            open_all_shares(document, i, self.sealing[i - 1], openings)
            for i in self.indices
        ]
        for i, share in zip(self.indices, shares, strict=True):
            self.post("rehearsal", i, rehearse(document.transcript, i, share).entry)
        return shares

    def sign(self, i: int) -> None:
        """One holder signs the transcript."""
        with self.sitting() as (_, ceremony):
            transcript = ceremony.document().transcript
        signed = sign_transcript(transcript, i, self.seeds[i - 1])
        self.post("signature", i, signed.entry)

    def post(self, kind: str, i: int, value: JsonValue) -> None:
        """One holder posts a message."""
        with self.sitting() as (session, ceremony):
            post_message(session, ceremony, kind=kind, index=i, value=value, at=self.at)

    def complain(self, by: int, dealer: int, at: datetime | None = None) -> None:
        """One holder says, signed, that a dealer's share is bad."""
        with self.sitting() as (session, ceremony):
            seed = self.seeds[by - 1]
            signature = sign_complaint(ceremony.id, dealer, by, seed).hex()
            value: JsonValue = {"dealer": dealer, "signature": signature}
            report_bad_share(session, ceremony, by, value, at or self.at)

    def answer(self, dealer: int, to: int, share: Scalar | None = None) -> bool:
        """A dealer opens the share in public, or another number instead."""
        with self.sitting() as (session, ceremony):
            entry = self.opening(ceremony, dealer, to, share).entry
            return open_share_in_public(session, ceremony, dealer, entry, self.at)

    def opening(
        self, ceremony: Ceremony, dealer: int, to: int, share: Scalar | None = None
    ) -> ShareOpening:
        """What `answer` posts, signed by the dealer."""
        assembly = ceremony.assembly()
        f, seed = self.polynomials[dealer - 1], self.seeds[dealer - 1]
        if share is None:
            return open_in_public(assembly, dealer, to, f, seed)
        points = b"".join(point.encoded for point in f.commitments)
        head = (assembly.ceremony, assembly.keys, u16(dealer), u16(to))
        parts = (*head, points, share.encoded)
        signature = sign(seed, "ceremony/opening", *parts)
        return ShareOpening(dealer, to, share, signature)
