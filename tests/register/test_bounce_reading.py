"""Mail that came back is told from what is not, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.bounces import (
    LARGEST,
    Bounce,
    NotABounce,
    Outcome,
    UnknownToUs,
    read_bounce,
)
from tests.register.returned_mail import (
    EXCHANGE,
    EXIM,
    ID,
    OURS,
    QMAIL,
    QUOTED,
    a_report,
    prose,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (a_report("failed", "5.1.1"), Bounce(OURS, Outcome.FAILED, "5.1.1")),
        (a_report("Failed (it is)", "4.4.7"), Bounce(OURS, Outcome.FAILED, "4.4.7")),
        (a_report("delayed", "4.4.1"), Bounce(OURS, Outcome.DELAYED, "4.4.1")),
        (a_report("delivered", "2.0.0"), Bounce(OURS, Outcome.DELIVERED, "2.0.0")),
        (prose(QMAIL), Bounce(OURS, Outcome.FAILED, "")),
        (
            prose(EXIM, X_Failed_Recipients="medlem1@example.no"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (prose(EXCHANGE), Bounce(OURS, Outcome.FAILED, "5.1.10")),
        (
            prose(f"Your message is delayed. 4.7.1\r\nMessage-ID: <{ID}@urne.example>"),
            Bounce(OURS, Outcome.DELAYED, "4.7.1"),
        ),
        (
            prose("Undeliverable. 5.7.1", To=f"retur+{ID}@urne.example"),
            Bounce(OURS, Outcome.FAILED, "5.7.1"),
        ),
        (
            prose("No such user.", Delivered_To=f"retur+{ID}@urne.example"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (
            prose("550 no", In_Reply_To=f"<{ID}@urne.example>"),
            Bounce(OURS, Outcome.FAILED, ""),
        ),
        (
            a_report("failed", "5.0.0", quoted="Subject: x\r\n\r\n").replace(
                b"To: retur@", f"To: retur+{ID}@".encode()
            ),
            Bounce(OURS, Outcome.FAILED, "5.0.0"),
        ),
    ],
)
def test_what_servers_send_back_is_read(raw: bytes, expected: Bounce) -> None:
    assert read_bounce(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe not a mail",
        prose(f"Jeg er på ferie.\r\n\r\n{QUOTED}", From="Kari <kari@example.no>"),
        prose(
            f"550 5.1.1 sier jeg\r\n{QUOTED}",
            From="kari@example.no",
            Return_Path="<kari@example.no>",
        ),
        prose(f"Ute\r\n{QUOTED}", Auto_Submitted="auto-replied"),
        a_report("opened", "2.0.0"),
        prose(f"Hello\r\n{QUOTED}"),
        b"From: mailer-daemon@x\r\n\r\n550 " + b"x" * LARGEST,
    ],
)
def test_what_is_no_bounce_changes_nothing(raw: bytes) -> None:
    with pytest.raises(NotABounce):
        read_bounce(raw)


@pytest.mark.parametrize(
    "raw",
    [
        a_report("failed", "5.1.1", quoted="Message-ID: <abc@other>\r\n\r\nHi"),
        prose("550 user unknown"),
        prose("550 user unknown", To=f"retur+{ID[:-1]}@urne.example"),
        prose("550 user unknown", To=f"retur+{ID.upper()}@urne.example"),
    ],
)
def test_a_bounce_of_somebody_elses_mail_is_said_to_be_that(raw: bytes) -> None:
    with pytest.raises(UnknownToUs):
        read_bounce(raw)


def test_parts_within_parts_without_end_come_to_an_end() -> None:
    raw = prose("550 5.1.1", To=f"retur+{ID}@urne.example")
    for depth in range(60):
        raw = (
            f"From: MAILER-DAEMON@x\r\nTo: retur+{ID}@urne.example\r\n"
            f'Content-Type: multipart/mixed; boundary="b{depth}"\r\n\r\n'
            f"--b{depth}\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode() + raw
    assert read_bounce(raw).outcome == Outcome.FAILED


@given(st.binary(max_size=400), st.sampled_from([a_report("failed", "5.1.1"), b""]))
def test_no_bytes_make_the_reading_fail_otherwise(noise: bytes, mail: bytes) -> None:
    cut = len(noise) % (len(mail) + 1)
    for raw in (noise, mail[:cut] + noise + mail[cut:]):
        try:
            found = read_bounce(raw)
        except (NotABounce, UnknownToUs):
            continue
        assert len(found.token) == 16


def test_nothing_of_the_quoted_mail_is_in_what_is_read() -> None:
    found = read_bounce(a_report("failed", "5.1.1"))
    assert "KODE" not in repr(found)
    assert "medlem1" not in repr(found)
