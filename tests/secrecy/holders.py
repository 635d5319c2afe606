"""What a key holder's page does at the count and the approval, in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.encoding import JsonValue
from crypto.signing import sign
from tests.secrecy.devices import Exchange, Line
from tests.voting.whole_election import WholeElection
from tests.web.holder_site import seat_everyone
from voting.counting_room import load_tally
from voting.partials import make_partial, partial_document
from voting.proposal_signing import proposal_parts
from voting.tables import Proposal


@dataclass(frozen=True, slots=True)
class HolderPages:
    """The pages of all key holders; each has its own access key."""

    line: Line
    election: WholeElection
    keys: Mapping[int, str] = field(repr=False)

    @classmethod
    def of(cls, line: Line, election: WholeElection) -> HolderPages:
        """Open every holder's page anew."""
        return cls(line, election, seat_everyone(election))

    def post_partial(self, index: int) -> Exchange:
        """Hand in one holder's partial decryptions."""
        return self.post(index, "partial", self.partial(index))

    def partial(self, index: int) -> dict[str, JsonValue]:
        """Make one holder's partial decryptions of the tally."""
        election = self.election
        with election.store.reading() as session:
            tally = load_tally(session, election.id)
        partial = make_partial(
            election.sealed().manifest,
            tally,
            index=index,
            share=election.shares[index - 1],
            signing_seed=election.seeds[index - 1],
        )
        return partial_document(partial)

    def post_approval(self, index: int) -> Exchange:
        """Hand in one holder's signature under the protocol."""
        election = self.election
        with election.store.reading() as session:
            row = session.get_one(Proposal, (election.id, "approval", 1))
            document = row.document
        parts = proposal_parts(election.sealed(), "approval", 1, document)
        signature = sign(election.seeds[index - 1], "approval", *parts)
        sent = {"kind": "approval", "number": 1, "signature": signature.hex()}
        return self.post(index, "sign", sent)

    def post(self, index: int, name: str, value: Mapping[str, Any]) -> Exchange:
        """Send JSON as one holder."""
        return self.line.ask(
            "service",
            "POST",
            f"/api/k/{self.election.id}/{name}",
            json.dumps(value).encode(),
            bearer=self.keys[index],
        )
