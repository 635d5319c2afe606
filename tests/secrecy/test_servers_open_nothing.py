"""Whoever has taken all that both servers hold still opens no ballot.

Stores, data folder (keystore, verifier's folder, secrets of the settings) while the
election is open, every wrapped key unwrapped, every sealed issuer key opened, every
salt in the clear: each 32 bytes of it is tried as a key. What it takes are the shares
of k key holders, which no server ever had; put among the rest, they are found.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crypto.ceremony_messages import SealedShare
from crypto.decryption import lagrange
from crypto.elgamal import CIPHERTEXT_BYTES, Ciphertext
from crypto.encoding import decode_base64, decode_json
from crypto.group import SecretScalar, mul_base
from infra.sides import SIDES
from tests.secrecy.needles import HEADER
from tests.secrecy.thieves import KEY, Opened, keys_in, try_every_key
from tests.secrecy.voted import Voted

NOTHING = Opened(ballots=0, boxes=0)
ALIKE = 4
"""Of rows of one kind so many are taken apart; of the rest, what has a key's size."""


def values_of(voted: Voted) -> Iterator[bytes]:
    """Return the values of every table, of many rows that are made alike a few."""
    for seen in (voted.fresh, voted.after):
        for rows in (rows for side in SIDES for rows in seen[side].values()):
            for number, row in enumerate(rows):
                for value in row.values():
                    plain = value if isinstance(value, bytes) else str(value).encode()
                    if number < ALIKE or len(plain) == KEY:
                        yield plain


def loot(voted: Voted) -> set[bytes]:
    """Return all that could be a key, of all that both operators have."""
    small = [held for held in voted.disk.values() if len(held) < 10_000]
    told = [device.salt for device in voted.devices]
    return keys_in([*values_of(voted), *small, *told, *voted.unwrapped])


def a_ballot(voted: Voted) -> list[Ciphertext]:
    """Return the first choice's ciphertext of one ballot."""
    sealed = voted.devices[0].ballot
    return [Ciphertext.decode(sealed[HEADER : HEADER + CIPHERTEXT_BYTES])]


def sealed_shares(voted: Voted) -> list[bytes]:
    """Return what one dealer sealed to each key holder, as the service carried it."""
    rows = voted.after["service"]["ceremony_messages"]
    found = [
        SealedShare.read(decode_json(row["body"]))
        for row in rows
        if row["kind"] == "share"
    ]
    assert len(found) == 9
    return [share.sealed for share in found if share.dealer == 1]


def sealed_issuer_keys(voted: Voted) -> list[bytes]:
    """Return what the register sealed to the verifier."""
    (row,) = voted.after["service"]["elections"]
    totals = decode_json(row["roll_totals"])
    assert isinstance(totals, dict)
    groups = totals["groups"]
    assert isinstance(groups, list)
    return [
        decode_base64(str(group["sealed_issuer_key"]))
        for group in groups
        if isinstance(group, dict)
    ]


def election_secret(voted: Voted, *indices: int) -> SecretScalar:
    """Return what key holders would get if they put their shares together."""
    shares = voted.installation.election.shares
    total = SecretScalar.from_int(0)
    for index in indices:
        total = total + lagrange(index, list(indices)) * shares[index - 1]
    return SecretScalar(total.encoded)


def test_nothing_that_the_servers_hold_opens_a_ballot_or_a_share(voted: Voted) -> None:
    keys = loot(voted)
    assert len(keys) > 1_000
    assert try_every_key(keys, a_ballot(voted), sealed_shares(voted)) == NOTHING


def test_the_verifiers_key_is_among_them_and_opens_what_is_its_own(
    voted: Voted,
) -> None:
    identity = voted.disk["verifier/identity.key"]
    assert identity in loot(voted)
    opened = try_every_key([identity], a_ballot(voted), sealed_issuer_keys(voted))
    assert opened == Opened(ballots=0, boxes=2)


def test_every_data_key_and_issuer_key_is_among_them(voted: Voted) -> None:
    keys = loot(voted)
    assert len(voted.unwrapped) >= 5
    assert keys >= set(voted.unwrapped)
    group = voted.devices[0].manifest.groups[0]
    issuers = [SecretScalar(key) for key in voted.unwrapped[-2:]]
    assert group.issuer_key in map(mul_base, issuers)


def test_the_shares_of_two_holders_among_them_would_have_opened_it(
    voted: Voted,
) -> None:
    hidden = b"..." + election_secret(voted, 1, 3).encoded.hex().encode() + b"..."
    keys = keys_in([hidden, *voted.unwrapped])
    assert try_every_key(keys, a_ballot(voted), []).ballots == 1
    assert (
        mul_base(election_secret(voted, 1, 3)) == voted.devices[0].manifest.election_key
    )
    assert election_secret(voted, 1, 3) == election_secret(voted, 2, 3)


@pytest.mark.parametrize("index", [1, 2, 3])
def test_the_share_of_one_holder_opens_nothing(voted: Voted, index: int) -> None:
    share = voted.installation.election.shares[index - 1].encoded
    assert try_every_key([share], a_ballot(voted), sealed_shares(voted)) == NOTHING
