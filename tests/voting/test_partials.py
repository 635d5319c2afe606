"""Partial decryptions: of one tally, by one holder, proven, combined by any k."""

from dataclasses import replace
from functools import cache
from itertools import permutations

import pytest

from crypto.decryption import TooFewPartials
from crypto.discrete_log import NoSuchTotal
from crypto.encoding import decode_json
from crypto.group import SecretScalar
from crypto.signing import sign
from tests.record.builder import Built, build, plain_plan
from voting.leaf_signatures import OtherElection, SignatureRefused
from voting.manifest import Fingerprint
from voting.partials import (
    FalseDecryption,
    Incomplete,
    NoSuchHolder,
    OtherTally,
    Partial,
    make_partial,
    open_tally,
    partial_document,
    partial_parts,
    read_partial,
    verify_holder_partial,
)
from voting.tally import BoardHead, Tally, decode_tally


@cache
def the_election() -> Built:
    return build(plain_plan((4, 3, 3, 2)))


def the_tally() -> Tally:
    return decode_tally(the_election().parts.tally, limit=2**20)


def the_partials() -> list[Partial]:
    values = decode_json(the_election().parts.partials)
    assert isinstance(values, list)
    return [read_partial(value) for value in values]


def verify(partial: Partial, tally: Tally | None = None) -> None:
    verify_holder_partial(the_election().manifest, tally or the_tally(), partial)


def test_a_partial_is_read_as_it_was_written() -> None:
    for partial in the_partials():
        verify(partial)
        assert read_partial(partial_document(partial)) == partial


def test_any_two_of_three_open_the_same_totals() -> None:
    manifest = the_election().manifest
    opened = {
        open_tally(manifest, the_tally(), chosen)
        for count in (2, 3)
        for chosen in permutations(the_partials(), count)
    }
    assert len(opened) == 1
    ((agreement, *_), *_) = opened.pop()
    assert sum(agreement) == 7


def test_one_alone_opens_nothing() -> None:
    one = the_partials()[0]
    for chosen in ([one], [one, one], []):
        with pytest.raises(TooFewPartials):
            open_tally(the_election().manifest, the_tally(), chosen)


def test_a_partial_of_something_else_is_refused() -> None:
    partial = the_partials()[0]
    tally = the_tally()
    with pytest.raises(OtherElection):
        verify(replace(partial, fingerprint=Fingerprint(bytes(32))))
    with pytest.raises(OtherTally):
        verify(partial, replace(tally, checkpoint=BoardHead(1, bytes(32))))
    with pytest.raises(NoSuchHolder):
        verify(replace(partial, index=4))


def test_a_partial_is_signed_by_its_holder() -> None:
    one, two, _ = the_partials()
    with pytest.raises(SignatureRefused, match="holder 2"):
        verify(replace(one, index=2))
    with pytest.raises(SignatureRefused, match="holder 1"):
        verify(replace(one, decryptions=two.decryptions))
    with pytest.raises(SignatureRefused):
        verify(replace(one, decryptions=one.decryptions[::-1]))


def made_with(share: SecretScalar) -> Partial:
    built = the_election()
    return make_partial(
        built.manifest,
        the_tally(),
        index=1,
        share=share,
        signing_seed=built.ceremony.seeds[0],
    )


def test_another_share_decrypts_falsely() -> None:
    with pytest.raises(FalseDecryption, match="holder 1"):
        verify(made_with(SecretScalar.random()))


def test_unverified_partials_open_to_no_number_of_votes() -> None:
    lying = [made_with(SecretScalar.random()), the_partials()[1]]
    with pytest.raises(NoSuchTotal):
        open_tally(the_election().manifest, the_tally(), lying)


def test_every_ciphertext_is_decrypted() -> None:
    built = the_election()
    tally = the_tally()
    smaller = replace(tally, units=tally.units[:1])
    part = make_partial(
        built.manifest,
        smaller,
        index=1,
        share=built.ceremony.shares[0],
        signing_seed=built.ceremony.seeds[0],
    )
    verify(part, smaller)
    with pytest.raises(OtherTally):
        verify(part)
    fewer = part.decryptions[:-1]
    parts = partial_parts(
        part.fingerprint, part.tally, 1, [each.encoded for each in fewer]
    )
    signature = sign(built.ceremony.seeds[0], "partial", *parts)
    with pytest.raises(Incomplete):
        verify(replace(part, decryptions=fewer, signature=signature), smaller)
