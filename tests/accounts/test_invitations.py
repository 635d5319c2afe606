"""Inviting officials by mail, from the form to the first sign-in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.administration import LastAdministrator, disable_official, read_account
from accounts.invitations import (
    INVITATION_DAYS,
    MOST_ATTEMPTS,
    InvitationState,
    NotWaiting,
    draw_invitation,
)
from accounts.jobs import send_invitations
from accounts.officials import OfficialIdentity
from accounts.roles import District, Role
from accounts.tables import Official, OfficialInvitation
from infra.delivery import DELIVERY_JOB
from infra.queues import queue_of
from infra.tables import ServiceAudit
from tests.accounts.account_site import PASSWORD, Site, path_of
from tests.smtp import SmtpServer, Stage
from tests.web.official_site import Answer, Visitor
from tests.web.test_official_pages import require_sound

TO = "gro@krets.example"
LINK = re.compile(r"/konto/invitasjon#([A-Za-z0-9_-]{43})")


def invite(visitor: Visitor, **changes: Any) -> Answer:  # noqa: ANN401 - any field
    fields = {"name": "Gro Ås", "email": TO, "roles": ["committee", "auditor"]}
    return visitor.post("/konto/brukere/ny", **{**fields, **changes})


def the_token(server: SmtpServer) -> str:
    mail = server.messages_to(TO)[-1].parsed
    text = mail.get_body(("plain",))
    assert text is not None
    found = LINK.search(text.get_content())
    assert found is not None
    return found[1]


def gro(site: Site) -> OfficialIdentity:
    with site.runtime.store("service").reading() as session:
        row = session.scalars(select(Official).where(Official.email == TO)).one()
        site.emails[row.id] = TO
        return read_account(session, row.id).identity


def state(site: Site) -> InvitationState | None:
    with site.runtime.store("service").reading() as session:
        return read_account(session, gro(site).id).invitation


def accept(site: Site, token: str, password: str = "nok et langt passord") -> Answer:
    return site.browser().post(
        "/konto/invitasjon", token=token, password=password, repeated=password
    )


@pytest.fixture
def admin(mailing: Site) -> OfficialIdentity:
    return mailing.person("Ada", Role.ADMINISTRATOR)


def test_invited_official_chooses_a_password_and_is_in(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    listed = invite(mailing.browser(admin))
    assert path_of(listed) == "/konto/brukere"
    assert "Invitasjon på vei" in listed.text
    require_sound(listed)
    send_invitations(mailing.runtime)
    assert state(mailing) is InvitationState.SENT
    (mail,) = smtp_server.messages_to(TO)
    assert "Gro" not in str(mail.parsed["subject"])
    page = accept(mailing, the_token(smtp_server))
    assert path_of(page) == "/valg"
    found = gro(mailing)
    assert found.roles == {Role.COMMITTEE, Role.AUDITOR}
    assert state(mailing) is None
    _, again = mailing.entered(found, "nok et langt passord")
    assert path_of(again) == "/valg"
    assert [event[1] for event in mailing.events()] == [
        "official-invited",
        "official-joined",
        "signed-in",
        "signed-in",
    ]


def test_link_works_once_and_for_seven_days(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    invite(mailing.browser(admin))
    send_invitations(mailing.runtime)
    token = the_token(smtp_server)
    late = mailing.later(days=INVITATION_DAYS)
    assert accept(late, token).status == 422
    assert "utløpt" in late.browser(admin).get("/konto/brukere").text
    assert path_of(accept(mailing.later(days=INVITATION_DAYS - 0.01), token)) == "/valg"
    used = accept(mailing, token)
    assert used.status == 422
    assert "gjelder ikke lenger" in used.text


def test_token_is_neither_in_the_store_nor_in_the_queue(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    invite(mailing.browser(admin))
    jobs = queue_of(mailing.runtime, "service").jobs
    (queued,) = [job for job in jobs if job.func_name != DELIVERY_JOB]
    assert queued.func is send_invitations
    assert not queued.args
    send_invitations(mailing.runtime)
    token = the_token(smtp_server).encode()
    with mailing.runtime.store("service").reading() as session:
        (row,) = session.scalars(select(OfficialInvitation))
        assert row.token_digest is not None
        assert token not in row.token_digest
        contents = [event.content for event in session.scalars(select(ServiceAudit))]
    assert not any(TO.encode() in (content or b"") for content in contents)


@pytest.mark.parametrize("token", ["", "x", "æ" * 43, "\x00", "A" * 43, "A" * 10_000])
def test_other_tokens_open_nothing(
    mailing: Site, admin: OfficialIdentity, token: str
) -> None:
    invite(mailing.browser(admin))  # waits, and so has no token yet
    shown = accept(mailing, token)
    assert shown.status == 422
    assert mailing.browser().get("/konto").status == 302


def test_password_that_is_too_short_leaves_the_link_usable(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    invite(mailing.browser(admin))
    send_invitations(mailing.runtime)
    token = the_token(smtp_server)
    refused = accept(mailing, token, "kort")
    assert refused.status == 422
    assert "12 til 200" in refused.text
    require_sound(refused)
    unlike = mailing.browser().post(
        "/konto/invitasjon", token=token, password=PASSWORD, repeated="noe annet her"
    )
    assert "ikke like" in unlike.text
    assert path_of(accept(mailing, token)) == "/valg"


def test_new_invitation_kills_the_old_one_and_all_that_opened_the_account(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    desk = mailing.browser(admin)
    invite(desk)
    send_invitations(mailing.runtime)
    first = the_token(smtp_server)
    found = gro(mailing)
    accept(mailing, first)
    inside, _ = mailing.entered(found, "nok et langt passord")
    assert inside.get("/valg").status == 200
    here = f"/konto/brukere/{found.id}"
    require_sound(desk.get(here))
    told = desk.post(f"{here}/inviter", page=here)
    assert "ny invitasjon er på vei" in told.text
    assert inside.get("/valg").status == 302
    assert mailing.entered(found, "nok et langt passord")[1].status == 422
    send_invitations(mailing.runtime)
    second = the_token(smtp_server)
    assert second != first
    assert accept(mailing, first).status == 422
    assert path_of(accept(mailing, second)) == "/valg"


def test_disabled_official_cannot_take_up_the_invitation(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    desk = mailing.browser(admin)
    invite(desk)
    send_invitations(mailing.runtime)
    here = f"/konto/brukere/{gro(mailing).id}"
    assert "Stengt" in desk.post(f"{here}/steng", page=here).text
    assert accept(mailing, the_token(smtp_server)).status == 422
    refused = desk.post(f"{here}/inviter", page="/konto/brukere/ny")
    assert refused.status == 409
    desk.post(f"{here}/apne", page=here)
    assert path_of(accept(mailing, the_token(smtp_server))) == "/valg"


def test_mail_that_is_refused_uncertain_or_put_off_is_told_apart(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    desk = mailing.browser(admin)
    invite(desk)
    here = f"/konto/brukere/{gro(mailing).id}"
    smtp_server.refuse_at(Stage.MAIL, "451 4.3.0 later")
    send_invitations(mailing.runtime)
    assert state(mailing) is InvitationState.WAITING
    smtp_server.behave()
    smtp_server.refuse_at(Stage.RCPT, "550 5.1.1 unknown")
    send_invitations(mailing.runtime)
    assert state(mailing) is InvitationState.REFUSED
    assert "avvist" in desk.get(here).text
    smtp_server.behave()
    smtp_server.hang_up_at(Stage.CONTENT)
    desk.post(f"{here}/inviter", page=here)
    send_invitations(mailing.runtime)
    assert state(mailing) is InvitationState.SENDING
    smtp_server.behave()
    send_invitations(mailing.runtime)
    assert smtp_server.messages_to(TO) == [], "nobody gets two mails unasked"


def test_mail_server_that_stays_away_is_not_tried_for_ever(
    mailing: Site, admin: OfficialIdentity, smtp_server: SmtpServer
) -> None:
    invite(mailing.browser(admin))
    smtp_server.refuse_at(Stage.MAIL, "451 4.3.0 later")
    for _ in range(MOST_ATTEMPTS):
        assert state(mailing) is InvitationState.WAITING
        send_invitations(mailing.runtime)
    assert state(mailing) is InvitationState.UNSENT


def test_two_workers_write_one_mail(mailing: Site, admin: OfficialIdentity) -> None:
    invite(mailing.browser(admin))
    store, official_id = mailing.runtime.store("service"), gro(mailing).id
    with store.begin() as session:
        draw_invitation(session, official_id, mailing.now)
    with store.begin() as session, pytest.raises(NotWaiting):
        draw_invitation(session, official_id, mailing.now + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Skriv navnet"),
        ({"name": "\u200b\x07"}, "synlige tegn"),
        ({"email": "gro"}, "ikke en e-postadresse"),
        ({"email": "ada@forbundet.example"}, "En annen bruker"),
        ({"roles": []}, "minst én rolle"),
        ({"roles": ["king"]}, "minst én rolle"),
        ({"roles": ["district-contact"]}, "én til fire"),
        (
            {
                "roles": ["district-contact"],
                "organisation": "F",
                "groups": "\n".join("12345"),
            },
            "én til fire",
        ),
        (
            {"roles": ["district-contact"], "organisation": "F", "groups": "x" * 101},
            "organisasjonen",
        ),
    ],
)
def test_invitation_that_cannot_be_is_refused_on_the_page(
    mailing: Site, admin: OfficialIdentity, changes: dict[str, object], told: str
) -> None:
    shown = invite(mailing.browser(admin), **changes)
    assert shown.status == 422
    assert told in shown.text
    require_sound(shown)
    with mailing.runtime.store("service").reading() as session:
        assert session.query(Official).count() == 1


def test_district_contact_has_voter_groups(
    mailing: Site, admin: OfficialIdentity
) -> None:
    desk = mailing.browser(admin)
    invite(
        desk,
        roles=["district-contact"],
        organisation=" Forbundet  for prøver ",
        groups="Krets 7\r\n\r\n Krets  8 ",
    )
    found = gro(mailing)
    assert found.districts == {
        District("Forbundet for prøver", "Krets 7"),
        District("Forbundet for prøver", "Krets 8"),
    }
    assert found.is_contact_of("Forbundet for prøver", "Krets 7")
    assert not found.is_contact_of("Forbundet for prøver", "Krets 9")
    assert not found.is_contact_of("Et annet forbund", "Krets 7")
    here = f"/konto/brukere/{found.id}"
    desk.post(here, roles=["auditor"], organisation="Forbundet", groups="Krets 7")
    assert gro(mailing).districts == frozenset()
    assert gro(mailing).roles == {Role.AUDITOR}


def test_nobody_changes_the_own_account_and_one_administrator_stays(
    mailing: Site, admin: OfficialIdentity
) -> None:
    desk = mailing.browser(admin)
    own = f"/konto/brukere/{admin.id}"
    assert "din egen konto" in desk.get(own).text
    for action in ("/steng", "/inviter"):
        assert desk.post(own + action, page="/konto/brukere/ny").status == 409
    assert desk.post(own, page="/konto/brukere/ny", roles=["auditor"]).status == 409
    with mailing.runtime.store("service").begin() as session:
        settings = mailing.runtime.settings
        with pytest.raises(LastAdministrator):
            disable_official(
                session, settings, admin.id, actor="system", at=mailing.now
            )
    second = mailing.person("Bo", Role.ADMINISTRATOR)
    there = f"/konto/brukere/{second.id}"
    assert desk.post(there, roles=["auditor"]).status == 200
    assert mailing.browser(second).get("/konto/brukere").status == 403


@pytest.mark.parametrize("official_id", ["x", "0" * 32, "%00", "..%2f..", "æ"])
def test_unknown_official_is_not_found(
    mailing: Site, admin: OfficialIdentity, official_id: str
) -> None:
    desk = mailing.browser(admin)
    assert desk.get(f"/konto/brukere/{official_id}").status == 404
    assert (
        desk.post(
            f"/konto/brukere/{official_id}/steng", page="/konto/brukere/ny"
        ).status
        == 404
    )
