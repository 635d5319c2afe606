from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.messages import Message, MessageMalformed, parse_address, write_message

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINK = "https://valg.forbundet.example/s/lonnsoppgjoret#0123-4567-89AB-CDEF-GHJK.MNPQ"


def _written(message: Message) -> tuple[bytes, EmailMessage]:
    _, content = write_message(
        message, sender="valg@forbundet.example", sender_name="Forbundet Ærlig", at=AT
    )
    return content, message_from_bytes(content, policy=policy.default)


def _text(part: MIMEPart | None) -> str:
    assert isinstance(part, EmailMessage)
    content: str = part.get_content()
    return content


def test_a_folded_subject_is_read_as_it_was_written() -> None:
    words = "Makuleringen av manntallet i «Lønnsoppgjør 2027» er utsatt på nytt"
    for width in range(1, 90):
        subject = f"{'å' * width} {words}"
        _, content = write_message(
            Message("kari@f.example", subject, "x"),
            sender="valg@f.example",
            sender_name="F",
            at=datetime(2026, 6, 1, tzinfo=UTC),
        )
        read = message_from_bytes(content, policy=policy.default)
        assert read["Subject"] == subject
        assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_a_mail_carries_text_html_and_names_in_any_script() -> None:
    content, read = _written(
        Message(
            "kari@forbundet.example",
            "Stem nå – frist 1. juni",
            f"Hei Kåre!\n{LINK}\n",
            html=f'<p>Hei Kåre! <a href="{LINK}">Stem</a></p>',
            to_name='Kåre "Ølve" Ngô, 阮',
        )
    )
    assert read["Subject"] == "Stem nå – frist 1. juni"
    assert read["To"].addresses[0].display_name == 'Kåre "Ølve" Ngô, 阮'
    assert read["To"].addresses[0].addr_spec == "kari@forbundet.example"
    assert read["From"].addresses[0].display_name == "Forbundet Ærlig"
    assert LINK in _text(read.get_body(("plain",)))
    assert LINK in _text(read.get_body(("html",)))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_two_mails_share_no_id_and_the_id_tells_nothing() -> None:
    message = Message("kari@forbundet.example", "Stem", "Hei")
    ids = {
        write_message(message, sender="v@f.example", sender_name="", at=AT)[0]
        for _ in range(20)
    }
    assert len(ids) == 20
    assert all(len(each) == len("<@f.example>") + 32 for each in ids)


def test_a_mail_reports_nothing_back() -> None:
    content, read = _written(
        Message("kari@forbundet.example", "Stem", "Hei", html="<p>Hei</p>")
    )
    assert b"<img" not in content
    for header in ("Disposition-Notification-To", "Return-Receipt-To", "X-Mailer"):
        assert header not in read


def test_own_headers_may_be_added() -> None:
    _, read = _written(
        Message("k@f.example", "S", "T", headers=(("X-Urne-Batch", "7"),))
    )
    assert read["X-Urne-Batch"] == "7"


@pytest.mark.parametrize("breaker", ["\n", "\r", "\r\n", "\x00", "\u2028", "\x85"])
@pytest.mark.parametrize("part", ["to", "to_name", "subject", "header"])
def test_nobody_injects_a_header(part: str, breaker: str) -> None:
    evil = f"x{breaker}Bcc: mallory@evil.example"
    to = f"kari{breaker}@forbundet.example" if part == "to" else "k@f.example"
    with pytest.raises(MessageMalformed) as caught:
        Message(
            to,
            evil if part == "subject" else "S",
            "T",
            to_name=evil if part == "to_name" else "",
            headers=(("X-A", evil),) if part == "header" else (),
        )
    assert "mallory" not in str(caught.value)


@pytest.mark.parametrize("name", ["Bcc", "to", "X A", "X:", "", "Content-Type", "Ø"])
def test_no_header_of_the_mail_itself_is_overwritten(name: str) -> None:
    with pytest.raises(MessageMalformed):
        Message("k@f.example", "S", "T", headers=((name, "x"),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kari",
        "@f.example",
        "kari@",
        "a b@f.example",
        "a@b@f.example",
        "<a@f.example>",
        "a,b@f.example",
        ".a@f.example",
        "a..b@f.example",
        "a@-f.example",
        "a@f..example",
        f"{'a' * 65}@f.example",
        f"a@{'a' * 64}.example",
        "a@f.example>\r\nDATA",
        '"a b"@f.example',
        "a@[127.0.0.1]",
    ],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(MessageMalformed) as caught:
        parse_address(text)
    assert str(caught.value) == "the mail's address cannot stand in a mail"


def test_a_domain_outside_ascii_goes_through_idna() -> None:
    assert parse_address("kari@blåbær.example").spec == "kari@xn--blbr-roah.example"
    assert not parse_address("kari@blåbær.example").needs_utf8
    assert parse_address("kåre@forbundet.example").needs_utf8


def test_a_message_does_not_show_itself() -> None:
    message = Message("kari@f.example", "Hei Kari", LINK, to_name="Kari")
    assert "kari" not in repr(message).lower()
    assert "0123" not in repr(message)
    assert "kari" not in repr(parse_address("kari@f.example"))


@given(st.text(), st.text(), st.text(max_size=80))
def test_hostile_text_stays_where_it_was_put(
    text: str, html: str, subject: str
) -> None:
    try:
        for value in (text, html, subject):
            value.encode()
        message = Message("kari@f.example", subject, text, html=html)
    except (MessageMalformed, UnicodeEncodeError):
        return
    _, read = _written(message)
    assert [each.lower() for each in read.keys()].count("to") == 1  # noqa: SIM118
    assert set(read.keys()) == {
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert read["To"].addresses[0].addr_spec == "kari@f.example"
    assert len(read["To"].addresses) == 1
    assert len(list(read.iter_parts())) == 2
