"""The browser refuses the manifests that Python refuses, and takes those it takes."""

from typing import Any

from crypto.encoding import encode_json
from tests.javascript.places import Ask
from tests.voting.manifests import a_manifest, manifest_json, with_value
from tests.voting.test_manifest import REFUSED
from voting.manifest import encode_manifest


def test_whole_manifest_is_taken(ask: Ask) -> None:
    encoded = encode_manifest(a_manifest())
    assert ask("refused_manifests", manifests=[encoded.hex()]) == [None]


def test_every_manifest_that_python_refuses_is_refused(ask: Ask) -> None:
    manifests = [with_value(path, value).hex() for _, path, value in REFUSED]
    answers = ask("refused_manifests", manifests=manifests)
    wrong = [
        (refusal.__name__, path, answer)
        for (refusal, path, _), answer in zip(REFUSED, answers, strict=True)
        if answer is None or answer.startswith("not a refusal")
    ]
    assert wrong == []


def test_every_field_is_needed_and_has_its_type(ask: Ask) -> None:
    others: list[Any] = [None, True, 7, "7", [], {}]
    manifests = []
    for name, value in manifest_json().items():
        document = manifest_json()
        del document[name]
        manifests.append(encode_json(document))
        manifests += [
            with_value((name,), other)
            for other in others
            if type(other) is not type(value)
        ]
    answers = ask("refused_manifests", manifests=[each.hex() for each in manifests])
    assert [answer for answer in answers if not answer or "not a" in answer] == []


def test_unknown_field_is_refused(ask: Ask) -> None:
    manifests = [
        with_value(path, "hei").hex() for path in (("note",), ("groups", 1, "note"))
    ]
    answers = ask("refused_manifests", manifests=manifests)
    assert answers == ["NonCanonicalEncoding"] * 2
