"""Apps and recovery codes beside the password, over HTTP and in the store."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from accounts.officials import OfficialIdentity
from accounts.recovery_codes import CODES, draw_codes, use_code
from accounts.roles import Role
from accounts.second_factors import FactorRefused, factor_key, read_factors
from accounts.sessions import SERVICE_COOKIE
from accounts.tables import OfficialRecoveryCode, OfficialTotp
from accounts.totp import (
    STEP_SECONDS,
    begin_totp,
    confirm_totp,
    provisioning_uri,
    qr_svg,
    verify_totp,
)
from accounts.views.entering import CODES_PER_DAY, CODES_PER_QUARTER
from infra.fields import FieldUnreadable
from infra.keystore import DataKey
from tests.accounts.account_site import NOW, PASSWORD, Site, path_of
from tests.web.official_site import Answer, Visitor
from tests.web.test_official_pages import require_sound

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


@pytest.fixture
def kari(site: Site) -> OfficialIdentity:
    return site.person("Kari", Role.ORGANISER)


def step_two(visitor: Visitor, code: str) -> Answer:
    return visitor.post("/konto/inn/trinn-2", code=code)


def code_at(app: pyotp.TOTP, at: datetime, away: int) -> str:
    """The code of a moment, some steps away."""
    return app.at(at + away * timedelta(seconds=STEP_SECONDS))


def with_app(site: Site, who: OfficialIdentity) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an app; return it and the recovery codes that were shown."""
    visitor, _ = site.entered(who)
    app, shown = site.set_up_app(visitor)
    return app, CODE.findall(shown.text)


def test_in_production_nobody_gets_past_setting_up_a_factor(
    site: Site, kari: OfficialIdentity
) -> None:
    site = site.in_production()
    visitor, shown = site.entered(kari)
    assert path_of(shown) == "/konto/totrinn"
    assert "Du må sette opp" in shown.text
    require_sound(shown)
    for page in ("/valg", "/konto", "/konto/okter", "/konto/passord", "/valg/ny"):
        assert path_of(Answer(visitor.client.get(page, follow_redirects=True))) == (
            "/konto/totrinn"
        )
    _, done = site.set_up_app(visitor)
    assert done.title == "Reservekodene dine"
    assert visitor.get("/valg").status == 200


def test_elsewhere_it_is_offered(site: Site, kari: OfficialIdentity) -> None:
    visitor, shown = site.entered(kari)
    assert path_of(shown) == "/valg"
    assert "ikke satt opp totrinns" in visitor.get("/konto").text


def test_with_an_app_a_password_alone_opens_nothing(
    site: Site, kari: OfficialIdentity
) -> None:
    app, _ = with_app(site, kari)
    site = site.later(minutes=1)
    visitor, shown = site.entered(kari)
    assert path_of(shown) == "/konto/inn/trinn-2"
    require_sound(shown)
    for page in ("/valg", "/konto", "/konto/totrinn", "/konto/totrinn/app"):
        assert visitor.get(page).status == 302
    # A password must not bring a second factor of its own.
    for page in ("/konto/totrinn/app/ny", "/konto/totrinn/passnokkel/ny"):
        answer = visitor.post(page, page="/konto/inn/trinn-2", name="Ny")
        assert path_of(answer) == "/konto/inn/trinn-2"
    before = visitor.client.get_cookie(SERVICE_COOKIE)
    assert path_of(step_two(visitor, app.at(site.now))) == "/valg"
    after = visitor.client.get_cookie(SERVICE_COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value, "a token of before the factor opens nothing"
    visitor.client.set_cookie(SERVICE_COOKIE, before.value)
    assert visitor.get("/valg").status == 302


def test_half_session_ends_after_a_quarter_of_an_hour(
    site: Site, kari: OfficialIdentity
) -> None:
    app, _ = with_app(site, kari)
    visitor, _ = site.later(minutes=1).entered(kari)
    late = site.later(minutes=16)
    cookie = visitor.client.get_cookie(SERVICE_COOKIE)
    assert cookie is not None
    other = late.browser()
    other.client.set_cookie(SERVICE_COOKIE, cookie.value)
    assert other.get("/konto/inn/trinn-2").status == 302
    assert app.at(late.now)


def test_a_code_is_good_once(site: Site, kari: OfficialIdentity) -> None:
    app, _ = with_app(site, kari)
    setting_up = site.entered(kari)[0]
    assert step_two(setting_up, app.at(NOW)).status == 422, "used to set it up"
    site = site.later(seconds=STEP_SECONDS)
    first, second = site.entered(kari)[0], site.entered(kari)[0]
    assert path_of(step_two(first, app.at(site.now))) == "/valg"
    refused = step_two(second, app.at(site.now))
    assert refused.status == 422
    assert "brukt" in refused.text
    require_sound(refused)


def test_codes_of_one_step_before_and_after_are_right_and_no_others(
    site: Site, kari: OfficialIdentity
) -> None:
    key = factor_key(site.runtime.settings)
    with site.runtime.store("service").begin() as session:
        app = pyotp.TOTP(begin_totp(session, key, kari.id))
        confirm_totp(session, key, kari.id, app.at(NOW), NOW)
        at = NOW + timedelta(hours=1)
        for away in (-2, 2):
            with pytest.raises(FactorRefused):
                verify_totp(session, key, kari.id, code_at(app, at, away), at)
        for away in (-1, 0, 1):
            verify_totp(session, key, kari.id, code_at(app, at, away), at)
        for away in (-1, 0, 1):
            with pytest.raises(FactorRefused):
                verify_totp(session, key, kari.id, code_at(app, at, away), at)


@pytest.mark.parametrize(
    "code",
    ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "\x00", "9" * 20],
)
def test_what_is_no_code_is_refused(
    site: Site, kari: OfficialIdentity, code: str
) -> None:
    with_app(site, kari)
    assert step_two(site.entered(kari)[0], code).status == 422


def test_guessing_codes_is_stopped_even_slowly(
    site: Site, kari: OfficialIdentity
) -> None:
    app, _ = with_app(site, kari)
    visitor, _ = site.entered(kari)
    wrong = "000000" if app.at(site.now) != "000000" else "111111"
    for _ in range(CODES_PER_QUARTER):
        assert step_two(visitor, wrong).status == 422
    assert step_two(visitor, wrong).status == 429
    redis = site.runtime.redis("service")
    answers: set[int] = set()
    for _ in range(CODES_PER_DAY // CODES_PER_QUARTER):
        for name in redis.scan_iter("throttle:totp:*"):
            redis.delete(name)  # as if a quarter had passed
        answers = {step_two(visitor, wrong).status for _ in range(CODES_PER_QUARTER)}
    assert 429 in answers
    assert step_two(visitor, app.at(site.now)).status == 429


def test_secret_is_sealed_for_one_official(site: Site, kari: OfficialIdentity) -> None:
    key = factor_key(site.runtime.settings)
    ola = site.person("Ola", Role.AUDITOR)
    with site.runtime.store("service").begin() as session:
        secret = begin_totp(session, key, kari.id)
        confirm_totp(session, key, kari.id, pyotp.TOTP(secret).at(NOW), NOW)
        row = session.get_one(OfficialTotp, kari.id)
        assert row.secret is not None
        assert secret.encode() not in row.secret
        session.add(OfficialTotp(official_id=ola.id, secret=row.secret, last_step=0))
        session.flush()
        code, at = code_at(pyotp.TOTP(secret), NOW, 1), NOW
        with pytest.raises(FieldUnreadable):
            verify_totp(session, key, ola.id, code, at)
        with pytest.raises(FieldUnreadable):
            verify_totp(session, DataKey("other", bytes(32)), kari.id, code, at)


def test_new_app_replaces_the_old_one_only_when_it_works(
    site: Site, kari: OfficialIdentity
) -> None:
    old, _ = with_app(site, kari)
    site = site.later(minutes=2)
    visitor, _ = site.entered(kari)
    step_two(visitor, old.at(site.now))
    shown = visitor.post("/konto/totrinn/app/ny", page="/konto/totrinn")
    require_sound(shown)
    new = pyotp.TOTP("".join(shown.words("details code").split()))
    wrong = visitor.post("/konto/totrinn/app", code=code_at(old, site.now, 1))
    assert wrong.status == 422
    site = site.later(minutes=2)
    assert path_of(step_two(site.entered(kari)[0], old.at(site.now))) == "/valg"
    visitor.client.application = site.app
    assert path_of(visitor.post("/konto/totrinn/app", code=new.at(site.now))) == (
        "/konto"
    )
    site = site.later(minutes=2)
    assert step_two(site.entered(kari)[0], old.at(site.now)).status == 422
    assert path_of(step_two(site.entered(kari)[0], new.at(site.now))) == "/valg"


def test_first_factor_ends_every_session_that_a_password_alone_opened(
    site: Site, kari: OfficialIdentity
) -> None:
    elsewhere, _ = site.entered(kari)
    with_app(site, kari)
    assert elsewhere.get("/valg").status == 302


def test_ten_recovery_codes_are_shown_once_and_each_opens_once(
    site: Site, kari: OfficialIdentity
) -> None:
    _, codes = with_app(site, kari)
    assert len(set(codes)) == CODES
    inside, _ = site.entered(kari)
    shown = inside.post("/konto/inn/reservekode", code=codes[0].lower())
    assert path_of(shown) == "/valg"
    assert "9 igjen" in shown.text
    account = inside.get("/konto")
    require_sound(account)
    assert not any(code in account.html for code in codes)
    again, _ = site.entered(kari)
    refused = again.post("/konto/inn/reservekode", code=codes[0])
    assert refused.status == 422
    require_sound(refused)
    assert path_of(again.post("/konto/inn/reservekode", code=codes[1])) == "/valg"


def test_recovery_codes_are_kept_as_keyed_digests_of_one_official(
    site: Site, kari: OfficialIdentity
) -> None:
    key, ola = factor_key(site.runtime.settings), site.person("Ola", Role.AUDITOR)
    with site.runtime.store("service").begin() as session:
        codes = draw_codes(session, key, kari.id, NOW)
        rows = session.scalars(select(OfficialRecoveryCode)).all()
        assert len(rows) == CODES
        with pytest.raises(FactorRefused):
            use_code(session, key, ola.id, codes[0], NOW)
        with pytest.raises(FactorRefused):
            use_code(session, DataKey("x", bytes(32)), kari.id, codes[0], NOW)
        for hostile in ("", "\ud800", "æ" * 40, codes[0][:-1]):
            with pytest.raises(FactorRefused):
                use_code(session, key, kari.id, hostile, NOW)
        use_code(session, key, kari.id, codes[0].replace("-", " "), NOW)
        assert read_factors(session, kari.id).recovery_codes == CODES - 1
        fresh = draw_codes(session, key, kari.id, NOW)
        with pytest.raises(FactorRefused):
            use_code(session, key, kari.id, codes[1], NOW)
        use_code(session, key, kari.id, fresh[0], NOW)


def test_guessing_recovery_codes_is_stopped(site: Site, kari: OfficialIdentity) -> None:
    _, codes = with_app(site, kari)
    visitor, _ = site.entered(kari)
    for _ in range(CODES_PER_QUARTER):
        answer = visitor.post("/konto/inn/reservekode", code="0000-0000-0000-0000")
        assert answer.status == 422
    assert visitor.post("/konto/inn/reservekode", code=codes[0]).status == 429


def test_removing_takes_the_password_and_leaves_one_in_production(
    site: Site, kari: OfficialIdentity
) -> None:
    with_app(site, kari)
    inside = site.browser(kari)
    wrong = inside.post(
        "/konto/totrinn/fjern-app", page="/konto", own_password="feil passord her"
    )
    assert "Ingenting er endret" in wrong.text
    kept = site.in_production().browser(kari)
    refused = kept.post(
        "/konto/totrinn/fjern-app", page="/konto", own_password=PASSWORD
    )
    assert refused.status == 409
    done = inside.post("/konto/totrinn/fjern-app", page="/konto", own_password=PASSWORD)
    assert "Appen er fjernet" in done.text
    for hostile in ("zz", "00", ""):
        gone = inside.post(
            "/konto/totrinn/fjern-passnokkel",
            page="/konto/passord",
            own_password=PASSWORD,
            passkey=hostile,
        )
        assert gone.status in {200, 404}
    assert [event[1] for event in site.events()][-1] == "second-factor-removed"


def test_new_codes_take_the_password(site: Site, kari: OfficialIdentity) -> None:
    _, old = with_app(site, kari)
    inside = site.browser(kari)
    wrong = inside.post(
        "/konto/totrinn/reservekoder", page="/konto", own_password="feil passord her"
    )
    assert "Ingenting er endret" in wrong.text
    shown = inside.post(
        "/konto/totrinn/reservekoder", page="/konto", own_password=PASSWORD
    )
    require_sound(shown)
    new = CODE.findall(shown.text)
    assert len(set(new) - set(old)) == CODES


def test_qr_code_carries_the_address_and_no_style(site: Site) -> None:
    uri = provisioning_uri("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "kari@forbundet.example")
    assert uri.startswith("otpauth://totp/Urne:kari%40forbundet.example?secret=")
    drawn = qr_svg(uri)
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "<script" not in drawn
    assert site.runtime.settings.environment == "test"
