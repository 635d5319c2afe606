from datetime import UTC, datetime
from html.parser import HTMLParser

import html5lib
import pytest

from register.mail_templates import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    BodyMalformed,
    LoneBrace,
    MissingField,
    RepeatedLink,
    SubjectMalformed,
    Template,
    UnknownField,
    read_template,
    suggested_template,
)
from register.mails import (
    EXAMPLE_FRAGMENT,
    Letterhead,
    Personal,
    address_mail,
    render_example,
    render_mail,
    render_sms,
    sender_name,
)
from register.marks import MarkState
from register.reaching import LANGUAGES
from register.roll_phases import SendingKind

BODY = "Hei {navn}\n\n{organisasjon}: stem innen {frist}\n\n{lenke}"
LINK = "https://stemme.example/s/lonn#ABC.DEF"


def head(title: str = "Lønn 2026", organisation: str = "Forbundet") -> Letterhead:
    return Letterhead(
        election_id="ab" * 16,
        title=title,
        organisation=organisation,
        opens_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        closes_at=datetime(2026, 3, 31, 9, 30, tzinfo=UTC),
        page="https://stemme.example/s/lonn",
    )


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(  # type: ignore[explicit-override]
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.tags.add(tag)
        self.hrefs += [value for name, value in attrs if name == "href"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(SendingKind))
def test_the_suggested_text_of_every_kind_and_language_is_whole(
    kind: SendingKind, language: str
) -> None:
    suggested = suggested_template(kind, language)
    template = read_template(
        suggested.subject,
        suggested.body,
        kind=kind,
        sms=suggested.sms,
        language=language,
    )
    assert template == suggested
    is_notice = kind == SendingKind.NOTICE
    mark: MarkState | None = "none" if is_notice else None
    member = Personal("Kari", LINK, mark)
    mail = render_mail(head(), kind, template, member)
    assert mail.text.count(LINK) == (not is_notice)
    assert "{" not in mail.subject + mail.text + mail.html
    assert "{" not in render_sms(head(), template, member)
    html5lib.HTMLParser(strict=True).parse(mail.html)
    assert f'<html lang="{language}">' in mail.html
    assert set(Links(mail.html).hrefs) == (set() if is_notice else {LINK})


def test_the_deadline_is_told_as_in_oslo_summer_time_and_all() -> None:
    template = Template("Stem", BODY)
    mail = render_example(head(), SendingKind.INVITATION, template)
    assert "innen tirsdag 31. mars 2026 kl. 11.30" in mail.text
    assert "fra mandag 2. mars 2026 kl. 09.00" in mail.text


@pytest.mark.parametrize("field", ["organisasjon", "frist", "lenke"])
def test_a_text_without_what_members_need_is_refused(field: str) -> None:
    with pytest.raises(MissingField) as caught:
        read_template("Stem", BODY.replace(f"{{{field}}}", "…"))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("subject", "body", "refusal"),
    [
        ("", BODY, SubjectMalformed),
        ("a\r\nBcc: x@example.com", BODY, SubjectMalformed),
        ("a\x00", BODY, SubjectMalformed),
        ("a" * (LONGEST_SUBJECT + 1), BODY, SubjectMalformed),
        ("Hei {navn}", BODY, UnknownField),
        ("Stem: {lenke}", BODY, UnknownField),
        ("Stem", "", BodyMalformed),
        ("Stem", BODY + "\x07", BodyMalformed),
        ("Stem", BODY + "a" * LONGEST_BODY, BodyMalformed),
        ("Stem", BODY + "{fødselsnummer}", UnknownField),
        ("Stem", BODY + "{}", UnknownField),
        ("Stem", BODY + "{navn", LoneBrace),
        ("Stem", BODY + "}", LoneBrace),
        ("Stem", BODY + "{{lenke}}", LoneBrace),
        ("Stem", BODY + " {lenke}", RepeatedLink),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_by_name(
    subject: str, body: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        read_template(subject, body)


def test_line_ends_of_a_browsers_form_are_made_plain() -> None:
    template = read_template(" Stem ", BODY.replace("\n", "\r\n") + "\r\n\r\n")
    assert template == Template("Stem", BODY)


def test_a_name_that_looks_like_a_field_is_only_a_name() -> None:
    template = Template("Stem", BODY)
    kind = SendingKind.INVITATION
    mail = render_mail(head(), kind, template, Personal("{lenke} {frist}", LINK))
    assert "Hei {lenke} {frist}" in mail.text
    assert mail.text.count(LINK) == 1


def test_nothing_the_union_or_a_name_says_becomes_markup() -> None:
    evil = '<img src="https://spor.example/x.png" onerror=x>'
    named = head(title=evil, organisation=evil)
    template = Template("{valg}", BODY + f"\n\n{evil}")
    mail = render_mail(named, SendingKind.REMINDER, template, Personal(evil, LINK))
    found = Links(mail.html)
    assert "img" not in found.tags
    assert set(found.hrefs) == {LINK}


def test_an_election_whose_title_has_line_breaks_injects_nothing() -> None:
    odd = head(title="Lønn\r\nBcc: x@example.com", organisation="For\nbundet")
    template = Template("{valg}", BODY)
    mail = render_example(odd, SendingKind.INVITATION, template)
    assert mail.subject == "Lønn Bcc: x@example.com"
    assert sender_name(odd) == "For bundet"
    address_mail(odd, mail, "kari@example.no")


def test_the_preview_has_a_link_that_opens_nothing_and_says_so() -> None:
    template = suggested_template(SendingKind.INVITATION)
    mail = render_example(head(), SendingKind.INVITATION, template)
    assert f"#{EXAMPLE_FRAGMENT}" in mail.text
    assert "VIRKER-IKKE" in EXAMPLE_FRAGMENT


def test_a_mail_shows_nothing_of_itself_in_a_log() -> None:
    template = Template("Stem", BODY)
    mail = render_mail(
        head(), SendingKind.INVITATION, template, Personal("Kari Åsgård", LINK)
    )
    shown = repr(mail) + repr(address_mail(head(), mail, "kari@example.no"))
    assert not [each for each in ("Kari", "ABC", "kari@") if each in shown]


def test_words_stand_apart_also_where_two_fields_meet() -> None:
    template = Template("Stem", "{navn} {organisasjon}\nfrist {frist}\n\n{lenke}")
    mail = render_mail(head(), SendingKind.INVITATION, template, Personal("Kari", LINK))
    assert "Kari Forbundet<br>frist " in mail.html
