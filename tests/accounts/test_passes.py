from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.officials import OfficialIdentity
from accounts.passes import (
    LARGEST_PASS,
    MINUTES_TO_PRESENT,
    PassRefused,
    issue_pass,
    read_pass,
    require_fresh,
)
from accounts.roles import (
    LONGEST_DISTRICT_NAME,
    MOST_DISTRICT_BYTES,
    MOST_DISTRICTS,
    MOST_SEATS,
    District,
    Role,
)
from accounts.sessions import SESSION_HOURS
from crypto.encoding import encode_json
from crypto.signing import SigningSeed, sign

NOW = datetime(2027, 3, 1, 9, 30, 15, 5, tzinfo=UTC)
SEED = SigningSeed(bytes(range(32)))
KARI = OfficialIdentity(
    "a" * 32,
    "Kari Ærlig",
    frozenset({Role.ORGANISER, Role.DISTRICT_CONTACT}),
    frozenset({District("Forbundet", "Krets 7"), District("Forbundet", "Krets 8")}),
)


def test_pass_says_who_and_until_when() -> None:
    found = read_pass(issue_pass(KARI, NOW, SEED), SEED.public_key, NOW)
    assert found.official == KARI
    whole = NOW.replace(microsecond=0)
    assert found.issued_at == whole
    assert found.expires_at == whole + timedelta(hours=SESSION_HOURS)
    assert found.present_by == whole + timedelta(minutes=MINUTES_TO_PRESENT)


def test_pass_fits_a_cookie() -> None:
    name = "Æ" * LONGEST_DISTRICT_NAME
    assert len(name.encode()) == MOST_DISTRICT_BYTES
    districts = frozenset(
        District(name, f"{number}{name}"[:LONGEST_DISTRICT_NAME])
        for number in range(MOST_DISTRICTS)
    )
    longest = OfficialIdentity(
        *("a" * 32, "😀" * 100, frozenset(Role), districts),
        union=name,
        seats=frozenset(f"{number:032x}" for number in range(MOST_SEATS)),
    )
    text = issue_pass(longest, NOW, SEED)
    assert text.isascii()
    assert len(text) < LARGEST_PASS
    assert read_pass(text, SEED.public_key, NOW).official == longest
    with pytest.raises(ValueError, match="too many seats"):
        issue_pass(replace(longest, seats=longest.seats | {"f" * 32}), NOW, SEED)


def test_pass_grows_stale_in_a_page_and_ends_with_the_day() -> None:
    text = issue_pass(KARI, NOW, SEED)
    found = read_pass(text, SEED.public_key, NOW)
    require_fresh(found, NOW)
    with pytest.raises(PassRefused):
        require_fresh(found, NOW + timedelta(minutes=MINUTES_TO_PRESENT))
    late = NOW + timedelta(hours=SESSION_HOURS)
    with pytest.raises(PassRefused):
        read_pass(text, SEED.public_key, late)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_pass_with_any_byte_changed_is_refused(place: int, difference: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(issue_pass(KARI, NOW, SEED)))
    raw[place % len(raw)] ^= difference
    changed = base64.urlsafe_b64encode(raw).decode()
    with pytest.raises(PassRefused):
        read_pass(changed, SEED.public_key, NOW)


def test_pass_by_another_signer_or_of_another_kind_is_refused() -> None:
    other = SigningSeed(bytes(32))
    with pytest.raises(PassRefused):
        read_pass(issue_pass(KARI, NOW, other), SEED.public_key, NOW)
    raw = base64.urlsafe_b64decode(issue_pass(KARI, NOW, SEED))
    signed_otherwise = sign(SEED, "exchange", raw[64:]) + raw[64:]
    text = base64.urlsafe_b64encode(signed_otherwise).decode()
    with pytest.raises(PassRefused):
        read_pass(text, SEED.public_key, NOW)


SOUND = {
    "districts": [],
    "expires_at": 2**31,
    "id": "a",
    "issued_at": 1,
    "name": "b",
    "present_by": 1,
    "roles": [],
    "seats": [],
    "union": "",
}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {**SOUND, "roles": ["king"]},
        {name: told for name, told in SOUND.items() if name != "union"},
        {**SOUND, "roles": None},
        {**SOUND, "present_by": "x"},
        {**SOUND, "issued_at": None},
        {**SOUND, "districts": None},
        {**SOUND, "seats": None},
        {**SOUND, "districts": [["Forbundet"]]},
        {**SOUND, "districts": [["Forbundet", "  "]]},
        {**SOUND, "districts": [[1, 2]]},
        {**SOUND, "present_by": 2**52, "expires_at": 2**52},
    ],
)
def test_signed_nonsense_is_refused(document: object) -> None:
    read_pass(_signed(SOUND), SEED.public_key, NOW)
    with pytest.raises(PassRefused):
        read_pass(_signed(document), SEED.public_key, NOW)


def _signed(document: object) -> str:
    body = encode_json(document)  # type: ignore[arg-type]
    return base64.urlsafe_b64encode(sign(SEED, "pass", body) + body).decode()


@given(st.text(max_size=300))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(PassRefused):
        read_pass(text, SEED.public_key, NOW)


def test_longer_than_a_cookie_is_refused_unread() -> None:
    with pytest.raises(PassRefused):
        read_pass("A" * (LARGEST_PASS + 1), SEED.public_key, NOW)
