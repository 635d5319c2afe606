"""The verifier process keeps the keys that votes rely on, and no others."""

from __future__ import annotations

import json
import secrets
import socket
from pathlib import Path

import pytest

from crypto.group import SecretScalar, mul_base
from crypto.sealing import seal
from infra.token_verifier import TokenVerifier, VerifierAnsweredNo
from tests.voting.polling import running_verifier

ELECTION = secrets.token_hex(16)


def sealed(verifier: TokenVerifier, *keys: SecretScalar) -> list[bytes]:
    return [seal(verifier.public_key(), key.encoded) for key in keys]


def test_other_keys_never_replace_those_installed(tmp_path: Path) -> None:
    one, two, other = (SecretScalar.random() for _ in range(3))
    public = [mul_base(key).encoded for key in (one, two)]
    with running_verifier(tmp_path) as verifier:
        first = sealed(verifier, one, two)
        assert verifier.install_keys(ELECTION, first) == public
        for keys in ((one, other), (one,), (other,)):
            with pytest.raises(VerifierAnsweredNo, match="OtherIssuerKeysInstalled"):
                verifier.install_keys(ELECTION, sealed(verifier, *keys))
        assert verifier.install_keys(ELECTION, sealed(verifier, one, two)) == public
    with running_verifier(tmp_path) as again:
        with pytest.raises(VerifierAnsweredNo, match="OtherIssuerKeysInstalled"):
            again.install_keys(ELECTION, sealed(again, other, two))
        assert again.install_keys(ELECTION, first) == public


def test_a_key_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    one, two = SecretScalar.random(), SecretScalar.random()
    with running_verifier(tmp_path) as verifier:
        boxes = sealed(verifier, one, two)
        verifier.install_keys(ELECTION, boxes)
    (tmp_path / "issuers" / ELECTION / "1").write_bytes(boxes[1][:7])
    with running_verifier(tmp_path) as again:
        assert again.install_keys(ELECTION, boxes)
    assert (tmp_path / "issuers" / ELECTION / "1").read_bytes() == boxes[1]


@pytest.mark.parametrize("sent", [b"[]", b'"op"', b"7", b"null", b'{"op":[]}', b"{}"])
def test_what_is_no_request_is_answered_by_a_name(tmp_path: Path, sent: bytes) -> None:
    with running_verifier(tmp_path), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(tmp_path / "v.sock"))
        connection.sendall(sent + b"\n")
        answer = json.loads(connection.makefile("rb").readline())
    assert answer == {"error": "MalformedRequest"}
