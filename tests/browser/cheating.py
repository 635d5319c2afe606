"""A key holder played in Python, who may deal other shares than were revealed."""

from __future__ import annotations

from typing import Any

from crypto.ceremony import deal_share, post_commit, post_keys, post_reveal
from crypto.encoding import JsonValue, encode_base64
from crypto.group import Scalar
from crypto.integers import u16
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from tests.browser.holder_pages import HolderPage
from tests.browser.holder_walk import Site
from tests.voting.ceremony_table import CeremonyTable
from tests.voting.whole_election import BEFORE, NAMES
from voting.ceremony import load_ceremony, post_message
from voting.ceremony_disputes import Dispute
from voting.elections import get_election


def wait_for(site: Site, kind: str, count: int, holder: HolderPage) -> None:
    """Wait until so many messages of a round are there."""
    for _ in range(300):
        with site.election.store.begin() as session:
            row = get_election(session, site.election.id)
            if len(load_ceremony(session, row, 2).messages[kind]) == count:
                return
        holder.page.wait_for_timeout(200)
    raise AssertionError(f"not {count} of {kind}")


class Cheat:
    """A holder played in Python, who commits to one polynomial and deals another."""

    def __init__(self, site: Site, index: int) -> None:
        """Draw keys and two polynomials."""
        self.site, self.index = site, index
        self.seed = SigningSeed.generate()
        self.sealing = SealingKey.generate()
        self.shown, self.dealt = Polynomial.draw(2), Polynomial.draw(2)

    def keys(self) -> JsonValue:
        """The entry of step 1."""
        ceremony, name = self._ceremony().id, NAMES[self.index - 1]
        key = self.sealing.public_key
        return post_keys(ceremony, self.index, name, self.seed, key).entry

    def post_keys(self) -> None:
        """Step 1."""
        self._post("keys", self.keys())

    def post_commit(self) -> None:
        """Step 3."""
        made = post_commit(self._ceremony().assembly(), 3, self.shown, self.seed)
        self._post("commit", made.entry)

    def post_reveal(self) -> None:
        """Step 4."""
        made = post_reveal(self._ceremony().assembly(), 3, self.shown, self.seed)
        self._post("reveal", made.entry)

    def post_bad_shares(self, cheated: tuple[int, ...]) -> None:
        """Step 5: signed over what was revealed, and to some of something else."""
        assembly = self._ceremony().assembly()
        entries: list[JsonValue] = []
        for j in (1, 2, 3):
            right = deal_share(assembly, 3, j, self.shown, self.seed)
            wrong = deal_share(assembly, 3, j, self.dealt, self.seed)
            points = b"".join(each.encoded for each in self.shown.commitments)
            where = (assembly.ceremony, assembly.keys, u16(3), u16(j))
            parts = (*where, points, wrong.sealed)
            signature = sign(self.seed, "ceremony/share", *parts).hex()
            bad = {"sealed": encode_base64(wrong.sealed), "signature": signature}
            entries.append({**right.entry, **(bad if j in cheated else {})})
        self._post("share", entries)

    def open_share(self, recipient: int, share: Scalar | None = None) -> None:
        """Answer a complaint: with the right share, or with another."""
        self._table().answer(3, recipient, share)

    def disputes(self) -> tuple[Dispute, ...]:
        """All complaints so far."""
        with self._table().sitting() as (_, ceremony):
            return ceremony.disputes

    def complain(self, dealer: int) -> None:
        """Call a good share bad."""
        self._table().complain(3, dealer)

    def sign(self) -> None:
        """Step 6."""
        self._table().sign(3)

    def _table(self) -> CeremonyTable:
        table = CeremonyTable(
            self.site.election.store, self.site.election.id, BEFORE, NAMES
        )
        # The others' secrets are in their browsers.
        table.seeds = [self.seed] * len(NAMES)
        table.polynomials = [self.shown] * len(NAMES)
        return table

    def _ceremony(self) -> Any:  # noqa: ANN401 - voting.ceremony.Ceremony
        with self.site.election.store.begin() as session:
            row = get_election(session, self.site.election.id)
            return load_ceremony(session, row, 2)

    def _post(self, kind: str, value: JsonValue) -> None:
        with self.site.election.store.begin() as session:
            row = get_election(session, self.site.election.id)
            ceremony = load_ceremony(session, row, 2)
            i = self.index
            post_message(session, ceremony, kind=kind, index=i, value=value, at=BEFORE)
