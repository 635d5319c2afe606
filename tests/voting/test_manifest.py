"""The manifest: written one way, and what no decoder takes."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.encoding import encode_json
from crypto.errors import NonCanonicalEncoding
from crypto.hashing import digest
from tests.voting.manifests import (
    AGREEMENT,
    TWO_THIRDS,
    a_manifest,
    manifest_json,
    seed_of,
    with_value,
)
from voting.contests import EmptyStyle, EqualNames, ImpossibleRule, Style
from voting.documents import (
    DocumentRefused,
    MalformedValue,
    MissingField,
    OtherFormat,
    OutOfBounds,
    UnknownField,
    WrongType,
)
from voting.manifest import (
    EqualKeys,
    IndexOutOfPlace,
    OutOfOrder,
    decode_manifest,
    encode_manifest,
    fingerprint_of,
)

SERVICE = seed_of("service").public_key.hex()
IDENTITY = "00" * 32
NO_POINT = "ff" * 32


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest = a_manifest()
    assert decode_manifest(encode_manifest(manifest)) == manifest


def test_the_fingerprint_is_that_of_the_bytes() -> None:
    encoded = encode_manifest(a_manifest())
    assert fingerprint_of(encoded) == digest("fingerprint", encoded)


def test_a_change_of_one_word_changes_the_fingerprint() -> None:
    other = a_manifest(contests=(replace(AGREEMENT, question="Nei?"),) * 1)
    other = replace(other, styles=(Style(0, (0,)), Style(1, (0,))))
    first, second = encode_manifest(a_manifest()), encode_manifest(other)
    assert fingerprint_of(first) != fingerprint_of(second)


def test_shapes_of_ballots_follow_from_the_styles() -> None:
    shape = a_manifest().shape_of_style(1)
    assert [contest.index for contest in shape.contests] == [0, 1]
    assert [contest.slots for contest in shape.contests] == [3, 4]
    assert [contest.sums for contest in shape.contests] == [range(1, 2), range(1, 3)]


def test_groups_of_a_contest_are_those_whose_style_has_it() -> None:
    assert a_manifest().groups_of_contest(0) == {0, 1, 2}
    assert a_manifest().groups_of_contest(1) == {1}


@pytest.mark.parametrize("name", sorted(manifest_json()))
def test_every_field_is_needed(name: str) -> None:
    document = manifest_json()
    del document[name]
    with pytest.raises(MissingField) as refusal:
        decode_manifest(encode_json(document))
    assert refusal.value.path == name


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(UnknownField):
        decode_manifest(with_value(("note",), "hei"))
    with pytest.raises(UnknownField):
        decode_manifest(with_value(("groups", 1, "note"), "hei"))


@pytest.mark.parametrize("name", sorted(manifest_json()))
def test_every_field_has_its_type(name: str) -> None:
    value = manifest_json()[name]
    others: list[Any] = [None, True, 7, "7", [], {}]
    for other in others:
        if type(other) is not type(value):
            with pytest.raises(DocumentRefused):
                decode_manifest(with_value((name,), other))


def test_white_space_is_refused() -> None:
    with pytest.raises(NonCanonicalEncoding):
        decode_manifest(encode_manifest(a_manifest()) + b"\n")


REFUSED: list[tuple[type[DocumentRefused], tuple[str | int, ...], Any]] = [
    (OtherFormat, ("format",), "urne/v2/manifest"),
    (IndexOutOfPlace, ("groups", 1, "index"), 2),
    (IndexOutOfPlace, ("groups", 1, "style"), 2),
    (IndexOutOfPlace, ("styles", 0, "index"), 1),
    (IndexOutOfPlace, ("contests", 0, "index"), 1),
    (IndexOutOfPlace, ("holders", 0, "index"), 2),
    (IndexOutOfPlace, ("styles", 1, "contests"), [0, 2]),
    (IndexOutOfPlace, ("styles", 1, "contests"), [1, 0]),
    (IndexOutOfPlace, ("styles", 1, "contests"), [0, 0]),
    (EmptyStyle, ("styles", 0, "contests"), []),
    (OutOfBounds, ("holders", 0, "index"), 0),
    (OutOfBounds, ("threshold",), 1),
    (OutOfBounds, ("threshold",), 3),
    (OutOfBounds, ("approvals_needed",), 1),
    (OutOfBounds, ("approvals_needed",), 4),
    (OutOfBounds, ("witness_threshold",), 2),
    (OutOfBounds, ("witness_threshold",), -1),
    (OutOfBounds, ("rules", "batch_size"), 0),
    (OutOfBounds, ("rules", "suppression_threshold"), 0),
    (OutOfBounds, ("rules", "grace_seconds"), -1),
    (OutOfBounds, ("groups", 0, "entitled"), -1),
    (OutOfBounds, ("groups",), []),
    (OutOfBounds, ("contests",), []),
    (OutOfBounds, ("contests", 0, "choices"), []),
    (OutOfBounds, ("contests", 0, "choices"), [str(i) for i in range(51)]),
    (OutOfBounds, ("contests", 0, "choices"), ["", "Nei"]),
    (OutOfBounds, ("contests", 1, "max"), 4),
    (OutOfBounds, ("contests", 1, "max"), 0),
    (OutOfBounds, ("contests", 1, "min"), 3),
    (OutOfBounds, ("contests", 1, "min"), 0),
    (EqualNames, ("contests", 0, "choices"), ["Ja", "Ja"]),
    (EqualNames, ("groups", 1, "label"), "Krets 0"),
    (EqualNames, ("holders", 1, "name"), "Åse Å"),
    (EqualNames, ("witnesses", 0, "name"), "service.urne"),
    (EqualKeys, ("register_key",), SERVICE),
    (EqualKeys, ("holders", 2, "signing_key"), SERVICE),
    (EqualKeys, ("witnesses", 0, "key"), SERVICE),
    (
        EqualKeys,
        ("groups", 2, "issuer_key"),
        a_manifest().groups[0].issuer_key.encoded.hex(),
    ),
    (MalformedValue, ("election_key",), IDENTITY),
    (MalformedValue, ("election_key",), NO_POINT),
    (MalformedValue, ("holders", 0, "share_key"), IDENTITY),
    (MalformedValue, ("groups", 0, "issuer_key"), IDENTITY),
    (MalformedValue, ("groups", 0, "issuer_key"), NO_POINT),
    (MalformedValue, ("groups", 0, "label"), "Krets\n0"),
    (MalformedValue, ("holders", 0, "name"), ""),
    (MalformedValue, ("holders", 0, "name"), "x" * 101),
    (MalformedValue, ("witnesses", 0, "name"), "to ord"),
    (MalformedValue, ("witnesses", 0, "name"), "a+b"),
    (MalformedValue, ("service_key",), SERVICE.upper()),
    (MalformedValue, ("service_key",), SERVICE[:-2]),
    (MalformedValue, ("ceremony",), "00" * 31),
    (MalformedValue, ("election",), "0" * 31),
    (MalformedValue, ("slug",), "Lønn"),
    (MalformedValue, ("slug",), "ab"),
    (MalformedValue, ("language",), "sv"),
    (MalformedValue, ("service_url",), "https://stemme.example/"),
    (MalformedValue, ("service_url",), "ftp://stemme.example"),
    (MalformedValue, ("service_url",), "https://a@b.example"),
    (MalformedValue, ("accepted_risks",), ["Shared cluster"]),
    (MalformedValue, ("scripts", 0, "sha384"), "00" * 32),
    (OutOfOrder, ("accepted_risks",), ["b", "a"]),
    (OutOfOrder, ("accepted_risks",), ["a", "a"]),
    (
        OutOfOrder,
        ("scripts",),
        [{"path": f"/{letter}", "sha384": "00" * 48} for letter in "ba"],
    ),
    (ImpossibleRule, ("contests", 0, "decision", "choice"), 2),
    (ImpossibleRule, ("contests", 0, "decision", "numerator"), 3),
    (ImpossibleRule, ("contests", 0, "decision", "turnout_numerator"), 4),
    (OutOfBounds, ("contests", 0, "decision", "denominator"), 0),
    (OutOfBounds, ("contests", 0, "decision", "turnout_denominator"), 0),
    (MalformedValue, ("contests", 0, "decision", "base"), "marks"),
    (MissingField, ("contests", 0, "decision"), {}),
    (WrongType, ("contests", 0, "blank"), 1),
    (WrongType, ("contests", 0, "max"), True),
]


@pytest.mark.parametrize(("reason", "path", "value"), REFUSED)
def test_a_manifest_is_refused_by_name(
    reason: type[DocumentRefused], path: tuple[str | int, ...], value: object
) -> None:
    with pytest.raises(reason):
        decode_manifest(with_value(path, value))


def test_what_no_decoder_takes_is_not_written_either() -> None:
    with pytest.raises(OutOfBounds):
        encode_manifest(a_manifest(approvals_needed=1))
    rule = replace(TWO_THIRDS, choice=2)
    contests = (replace(AGREEMENT, decision=rule), a_manifest().contests[1])
    with pytest.raises(ImpossibleRule):
        encode_manifest(a_manifest(contests=contests))
