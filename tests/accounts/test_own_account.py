"""One's own password and sessions, and what ends them, on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.officials import OfficialIdentity
from accounts.passes import issue_pass
from accounts.revocations import KIND, is_revoked, revoke_passes
from accounts.roles import Role
from accounts.sessions import (
    IDLE_HOURS,
    REGISTER_COOKIE,
    SESSION_HOURS,
    NotSignedIn,
    official_of,
    open_session,
)
from accounts.tables import OfficialSession, RevokedPass
from accounts.views.own import PASSWORDS_PER_QUARTER
from crypto.encoding import JsonValue
from crypto.signing import SigningSeed
from infra.delivery import deliver_pending
from infra.exchange import DocumentMalformed, accept_document, sign_document
from tests.accounts.account_site import NOW, PASSWORD, Site, path_of
from tests.web.official_site import Answer, Visitor
from tests.web.test_official_pages import require_sound

NEW = "et helt annet passord"


@pytest.fixture
def kari(site: Site) -> OfficialIdentity:
    return site.person("Kari", Role.ORGANISER)


def change(visitor: Visitor, current: str = PASSWORD, new: str = NEW) -> Answer:
    return visitor.post(
        "/konto/passord", own_password=current, password=new, repeated=new
    )


def register_pass(site: Site, who: OfficialIdentity) -> str:
    secrets = site.runtime.settings.secrets_of("service")
    return issue_pass(who, site.now, SigningSeed(secrets.signing_seed.reveal()))


def is_let_into_register(site: Site, given: str) -> bool:
    client = site.app.test_client()
    client.set_cookie(REGISTER_COOKIE, given, path="/r")
    return client.get(f"/r/valg/{'0' * 32}/manntall").status_code == 404


def test_new_password_ends_every_other_session(
    site: Site, kari: OfficialIdentity
) -> None:
    here, elsewhere = site.browser(kari), site.browser(kari)
    given = register_pass(site, kari)
    assert is_let_into_register(site, given)
    done = change(here)
    assert "logget ut alle andre steder" in done.text
    assert here.get("/valg").status == 200
    assert elsewhere.get("/valg").status == 302
    deliver_pending(site.runtime, "service")
    assert not is_let_into_register(site, given)
    assert site.entered(kari)[1].status == 422
    assert path_of(site.entered(kari, NEW)[1]) == "/valg"


def test_password_is_not_changed_without_the_present_one(
    site: Site, kari: OfficialIdentity
) -> None:
    here = site.browser(kari)
    wrong = change(here, current="feil passord her")
    assert wrong.status == 422
    assert "stemmer ikke" in wrong.text
    require_sound(wrong)
    assert change(here, new="kort").status == 422
    for _ in range(PASSWORDS_PER_QUARTER):
        change(here, current="feil passord her")
    assert change(here).status == 429
    assert path_of(site.entered(kari)[1]) == "/valg"


def test_sessions_are_listed_by_their_hours_and_can_be_ended(
    site: Site, kari: OfficialIdentity
) -> None:
    first, second = site.browser(kari), site.browser(kari)
    later = site.later(hours=2)
    moved = later.browser()
    cookie = first.client.get_cookie("urne_service")
    assert cookie is not None
    moved.client.set_cookie("urne_service", cookie.value)
    page = moved.get("/konto/okter")
    require_sound(page)
    assert "kl. 10.00" in page.text
    assert "kl. 12.00" in page.text
    assert "30" not in page.words("tbody"), "minutes are not kept"
    assert len(page.soup.select("tbody tr")) == 2
    (field,) = page.soup.select("[name=session_id]")
    ended = moved.post(
        "/konto/okter/avslutt", page="/konto/okter", session_id=field["value"]
    )
    assert len(ended.soup.select("tbody tr")) == 1
    assert second.get("/valg").status == 302
    assert moved.get("/valg").status == 200
    again = moved.post(
        "/konto/okter/avslutt", page="/konto/passord", session_id=field["value"]
    )
    assert again.status == 404


def test_nobody_ends_the_session_of_another(site: Site, kari: OfficialIdentity) -> None:
    ola = site.browser(site.person("Ola", Role.AUDITOR))
    karis = site.browser(kari)
    with site.runtime.store("service").reading() as session:
        query = select(OfficialSession.id).where(OfficialSession.official_id == kari.id)
        (theirs,) = session.scalars(query)
    for hostile in (theirs, "x", "", "\x00"):
        answer = ola.post(
            "/konto/okter/avslutt", page="/konto/passord", session_id=hostile
        )
        assert answer.status == 404
    assert karis.get("/valg").status == 200


def test_all_other_sessions_end_at_once(site: Site, kari: OfficialIdentity) -> None:
    here, *others = (site.browser(kari) for _ in range(3))
    ended = here.post("/konto/okter/avslutt-andre", page="/konto/okter")
    assert len(ended.soup.select("tbody tr")) == 1
    assert [each.get("/valg").status for each in others] == [302, 302]
    deliver_pending(site.runtime, "service")
    assert not is_let_into_register(site, register_pass(site, kari))
    assert is_let_into_register(
        site.later(seconds=1), register_pass(site.later(seconds=1), kari)
    )


def test_session_that_is_not_used_ends_before_the_day(
    site: Site, kari: OfficialIdentity
) -> None:
    with site.runtime.store("service").begin() as session:
        token = open_session(session, kari.id, NOW)
        (row,) = session.scalars(select(OfficialSession))
        assert row.seen_at == row.begun_at == NOW.replace(minute=0)
        hour = NOW.replace(minute=0)
        last = hour + timedelta(hours=IDLE_HOURS, seconds=-1)
        assert official_of(session, token, last).id == kari.id
        with pytest.raises(NotSignedIn):
            official_of(session, token, last + timedelta(seconds=1))


def test_use_keeps_a_session_but_not_beyond_the_day(
    site: Site, kari: OfficialIdentity
) -> None:
    visitor = site.browser(kari)
    cookie = visitor.client.get_cookie("urne_service")
    assert cookie is not None
    for hours in range(1, SESSION_HOURS):
        moved = site.later(hours=hours).browser()
        moved.client.set_cookie("urne_service", cookie.value)
        assert moved.get("/konto").status == 200
    late = site.later(hours=SESSION_HOURS).browser()
    late.client.set_cookie("urne_service", cookie.value)
    assert late.get("/konto").status == 302


def test_signing_out_clears_the_browser(site: Site, kari: OfficialIdentity) -> None:
    visitor = site.browser(kari)
    token = visitor.get("/konto").soup.select_one("[name=csrf_token]")
    assert token is not None
    answer = visitor.client.post("/konto/ut", data={"csrf_token": token["value"]})
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    gone = [each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")]
    assert {"urne_service", REGISTER_COOKIE} <= set(gone)


def test_disabled_official_is_out_on_both_sides_at_once(
    site: Site, kari: OfficialIdentity
) -> None:
    desk = site.browser(site.person("Ada", Role.ADMINISTRATOR))
    inside, given = site.browser(kari), register_pass(site, kari)
    here = f"/konto/brukere/{kari.id}"
    desk.post(f"{here}/steng", page=here)
    deliver_pending(site.runtime, "service")
    assert inside.get("/valg").status == 302
    assert not is_let_into_register(site, given)
    assert site.entered(kari)[1].status == 422
    desk.post(f"{here}/apne", page=here)
    assert path_of(site.entered(kari)[1]) == "/valg"
    later = site.later(seconds=1)
    assert is_let_into_register(later, register_pass(later, kari))


def test_changed_roles_hold_on_the_register_at_once(
    site: Site, kari: OfficialIdentity
) -> None:
    desk, given = (
        site.browser(site.person("Ada", Role.ADMINISTRATOR)),
        register_pass(site, kari),
    )
    desk.post(f"/konto/brukere/{kari.id}", roles=["survey-designer"])
    deliver_pending(site.runtime, "service")
    assert not is_let_into_register(site, given)


def test_register_keeps_the_latest_instant_and_refuses_nonsense(
    site: Site, kari: OfficialIdentity
) -> None:
    runtime = site.runtime
    with runtime.store("service").begin() as session:
        for seconds in (10, 5):
            at = NOW + timedelta(seconds=seconds)
            revoke_passes(session, runtime.settings, kari.id, at)
    assert deliver_pending(runtime, "service").waiting == 0
    with runtime.store("register").reading() as session:
        row = session.get_one(RevokedPass, kari.id)
        assert row.issued_before == NOW + timedelta(seconds=10)
        assert is_revoked(session, kari.id, NOW + timedelta(seconds=10))
        assert not is_revoked(session, kari.id, NOW + timedelta(seconds=11))
        assert not is_revoked(session, "0" * 32, NOW)
    hostile: list[JsonValue] = [None, [], {}]
    hostile += [{"issued_before": "x"}, {"issued_before": True}]
    for body in hostile:
        document = sign_document(runtime.settings, "service", KIND, kari.id, body)
        with pytest.raises(DocumentMalformed):
            accept_document(runtime, "register", document)
