"""Builders of manifests."""

import hashlib
from copy import deepcopy
from dataclasses import replace
from typing import Any

from crypto.encoding import decode_json, encode_json
from crypto.hashing import hash_to_point
from crypto.signing import SigningSeed
from voting.contests import Contest, Style
from voting.decision import Base, DecisionRule
from voting.manifest import (
    ElectionId,
    Group,
    Holder,
    Manifest,
    Rules,
    Script,
    Witness,
    encode_manifest,
)

TWO_THIRDS = DecisionRule(
    choice=0,
    base=Base.CHOICES,
    numerator=1,
    denominator=2,
    strict=True,
    turnout_numerator=2,
    turnout_denominator=3,
    turnout_strict=False,
    text="Flertall avgjør; bindende når to tredeler har stemt.",
)

AGREEMENT = Contest(
    index=0,
    title="Tariffavtalen",
    question="Godtar du forslaget til ny avtale?",
    choices=("Ja", "Nei"),
    min=1,
    max=1,
    blank=True,
    decision=TWO_THIRDS,
)

DELEGATES = Contest(
    index=1,
    title="Utsendinger",
    question="Velg inntil to.",
    choices=("Ås", "Berg", "Dahl"),
    min=1,
    max=2,
    blank=True,
    decision=None,
)


def seed_of(name: str) -> SigningSeed:
    """A signing seed that is the same in every run."""
    return SigningSeed(hashlib.sha256(name.encode()).digest())


def a_manifest(**changes: Any) -> Manifest:  # noqa: ANN401 - as dataclasses.replace
    """A manifest that every decoder takes; of a ceremony that was never held."""
    manifest = Manifest(
        election=ElectionId("0123456789abcdef0123456789abcdef"),
        slug="lonnsoppgjor-2027",
        title="Lønnsoppgjør 2027",
        organisation="Fagforbundet for prøver",
        language="nb",
        practice=False,
        service_url="https://stemme.example",
        register_url="https://manntall.example:8443",
        service_key=seed_of("service").public_key,
        register_key=seed_of("register").public_key,
        witnesses=(Witness("witness.example", seed_of("witness").public_key),),
        witness_threshold=1,
        ceremony=bytes(range(32)),
        election_key=hash_to_point("test", b"election"),
        threshold=2,
        holders=tuple(
            Holder(
                index=index,
                name=name,
                share_key=hash_to_point("test", name.encode()),
                signing_key=seed_of(name).public_key,
            )
            for index, name in enumerate(("Åse Å", "Bo Ø", "Cato Æ"), 1)
        ),
        approvals_needed=2,
        groups=tuple(
            Group(
                index=index,
                label=f"Krets {index}",
                entitled=40,
                style=index % 2,
                issuer_key=hash_to_point("test", b"issuer", bytes([index])),
            )
            for index in range(3)
        ),
        roll_commitment=bytes(range(32, 64)),
        styles=(Style(0, (0,)), Style(1, (0, 1))),
        contests=(AGREEMENT, DELEGATES),
        rules=Rules(
            batch_size=20, grace_seconds=600, revoting=False, suppression_threshold=20
        ),
        scripts=(Script("/static/js/vote.js", bytes(48)),),
        accepted_risks=("shared-cluster",),
    )
    return replace(manifest, **changes)


def manifest_json() -> dict[str, Any]:
    """The value that the bytes of `a_manifest` hold, free to be changed."""
    value = decode_json(encode_manifest(a_manifest()))
    assert isinstance(value, dict)
    return deepcopy(value)


def with_value(path: tuple[str | int, ...], value: object) -> bytes:
    """The bytes of a manifest in which one value was set."""
    document: Any = manifest_json()
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return encode_json(document)
