"""Passkeys in Chromium, with its virtual authenticator, and forged answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from webauthn.helpers import base64url_to_bytes

from accounts.challenges import draw_challenge, take_challenge
from accounts.officials import OfficialIdentity
from accounts.passkeys import (
    MOST_PASSKEYS,
    TooManyPasskeys,
    register_passkey,
    registration_options,
    verify_passkey,
)
from accounts.relying_party import (
    PasskeysUnavailable,
    RelyingParty,
    relying_party,
)
from accounts.roles import Role
from accounts.second_factors import FactorRefused, read_factors
from accounts.tables import OfficialPasskey
from infra.runtime import open_runtime
from tests.accounts.account_site import NOW, PASSWORD, Site, settings_for
from tests.conftest import Stores
from tests.services import free_port
from tests.serving import served
from tests.web.test_look import AXE, RULES

NARROW = 320
OWN_PAGES = (
    "",
    "/brukere",
    "/brukere/ny",
    "/okter",
    "/passord",
    "/revisjonslogg",
    "/totrinn",
)
KEYED = {"id": "AA", "rawId": "AA", "type": "public-key"}


@pytest.fixture
def named(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Site]:
    """An installation whose address is a name, as passkeys need."""
    url = f"http://localhost:{free_port()}"
    settings = settings_for(sqlite_stores, tmp_path, redis_url, URNE_SERVICE_URL=url)
    runtime = open_runtime(settings)
    yield Site(runtime)
    runtime.close()


@contextmanager
def authenticator(browser: Browser) -> Iterator[tuple[Page, CDPSession, str]]:
    """A device with a fingerprint that is always the right one."""
    context = browser.new_context(
        locale="nb-NO", viewport={"width": NARROW, "height": 800}
    )
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    try:
        yield page, devtools, made["authenticatorId"]
    finally:
        context.close()


def enter(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/konto/inn")
    page.get_by_label("E-postadresse").fill(email)
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn").click()


def make_passkey(page: Page, name: str) -> None:
    page.get_by_label("Navn på passnøkkelen").fill(name)
    page.get_by_role("button", name="Lag passnøkkel").click()
    page.get_by_role("button", name=f"Lag «{name}»").click()


def refusals_of(page: Page) -> list[str]:
    """Collect what the browser complains of: a policy breached, a script failed."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_passkey_is_made_and_used_on_a_phone(browser: Browser, named: Site) -> None:
    kari = named.person("Kari", Role.ORGANISER)
    site = named.in_production()
    url = site.runtime.settings.service_url
    port = int(url.rpartition(":")[2])
    with served(site.app, port=port), authenticator(browser) as (page, devtools, key):
        said = refusals_of(page)
        enter(page, url, "kari@forbundet.example")
        expect(page.get_by_role("heading", level=1)).to_have_text("Totrinns innlogging")
        make_passkey(page, "Mobilen min")
        expect(page.get_by_role("heading", level=1)).to_have_text("Reservekodene dine")
        assert len(page.locator(".recovery-codes li").all()) == 10
        page.get_by_role("link", name="Jeg har tatt vare på kodene").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Valg")
        page.get_by_role("button", name="Logg ut").click()
        expect(page).to_have_url(f"{url}/konto/inn")
        enter(page, url, "kari@forbundet.example")
        page.get_by_role("button", name="Bruk passnøkkel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Valg")
        kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})
        assert len(kept["credentials"]) == 1
        assert [each for each in said if "Clear-Site-Data" not in each] == []
        assert any('"cookies", "storage"' in each for each in said)
    with site.runtime.store("service").reading() as session:
        (row,) = session.query(OfficialPasskey)
        assert (row.official_id, row.name) == (kari.id, "Mobilen min")
        assert row.sign_count == kept["credentials"][0]["signCount"] > 1


def test_device_without_the_passkey_is_told_and_the_person_may_retry(
    browser: Browser, named: Site
) -> None:
    kari = named.person("Kari", Role.ORGANISER)
    url = named.runtime.settings.service_url
    port = int(url.rpartition(":")[2])
    with served(named.app, port=port), authenticator(browser) as (page, devtools, key):
        enter(page, url, "kari@forbundet.example")
        page.goto(f"{url}/konto/totrinn")
        make_passkey(page, "Nøkkel")
        expect(page.get_by_role("heading", level=1)).to_have_text("Reservekodene dine")
        page.goto(f"{url}/konto")
        page.get_by_role("button", name="Logg ut").click()
        devtools.send("WebAuthn.setUserVerified", _verified(key, is_verified=False))
        devtools.send("WebAuthn.clearCredentials", {"authenticatorId": key})
        enter(page, url, "kari@forbundet.example")
        page.get_by_role("button", name="Bruk passnøkkel").click()
        expect(page.get_by_text("Passnøkkelen ble ikke brukt.")).to_be_visible(
            timeout=70_000
        )
        expect(page.get_by_role("button", name="Bruk passnøkkel")).to_be_enabled()
    assert kari.id


def _verified(key: str, *, is_verified: bool) -> dict[str, Any]:
    return {"authenticatorId": key, "isUserVerified": is_verified}


@pytest.fixture
def answers(
    browser: Browser, named: Site
) -> tuple[Site, OfficialIdentity, str, str, bytes]:
    """A registered passkey, and an unused answer to a challenge of ours."""
    kari = named.person("Kari", Role.ORGANISER)
    url = named.runtime.settings.service_url
    with (
        served(named.app, port=int(url.rpartition(":")[2])),
        authenticator(browser) as (page, _, _),
    ):
        enter(page, url, "kari@forbundet.example")
        page.goto(f"{url}/konto/totrinn")
        sent: list[str] = []
        page.on(
            "request",
            lambda request: (
                sent.append(request.post_data or "")
                if request.url.endswith("/passnokkel")
                else None
            ),
        )
        make_passkey(page, "Nøkkel")
        expect(page.get_by_role("heading", level=1)).to_have_text("Reservekodene dine")
        page.goto(f"{url}/konto")
        page.get_by_role("button", name="Logg ut").click()
        enter(page, url, "kari@forbundet.example")
        form = page.locator("[data-passkey]")
        options = json.loads(str(form.get_attribute("data-options")))
        page.evaluate(
            "document.querySelector('[data-passkey]').submit = function () {}"
        )
        page.get_by_role("button", name="Bruk passnøkkel").click()
        field = page.locator("[data-passkey] [name=answer]")
        expect(field).not_to_have_value("")
        answer = field.input_value()
    challenge = base64url_to_bytes(options["challenge"])
    return named, kari, answer, url, challenge


def test_answer_is_good_for_its_challenge_origin_and_owner_alone(
    answers: tuple[Site, OfficialIdentity, str, str, bytes],
) -> None:
    site, kari, answer, url, challenge = answers
    party = relying_party(url)
    ola = site.person("Ola", Role.AUDITOR)
    store = site.runtime.store("service")

    def shown(
        who: str = kari.id,
        party: RelyingParty = party,
        challenge: bytes = challenge,
        answer: str = answer,
    ) -> None:
        with store.begin() as session:
            verify_passkey(session, party, who, challenge=challenge, answer=answer)

    changed = json.loads(answer)
    changed["response"]["signature"] = (
        changed["response"]["signature"][:-8] + "AAAAAAAA"
    )
    for wrong in (
        {"who": ola.id},
        {"challenge": bytes(32)},
        {"party": RelyingParty("localhost", "http://localhost:1")},
        {"party": RelyingParty("ond.example", url)},
        {"answer": json.dumps(changed)},
    ):
        with pytest.raises(FactorRefused):
            shown(**wrong)
    shown()
    with pytest.raises(FactorRefused):
        shown()  # its counter is no longer ahead: as that of a copied passkey


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{",
        '{"id": 1}',
        '{"id": "AA"}',
        json.dumps({**KEYED, "response": {}}),
        json.dumps(
            {**KEYED, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}
        ),
        json.dumps(
            {
                **KEYED,
                "response": {
                    "clientDataJSON": "e30",
                    "authenticatorData": "AA",
                    "signature": "AA",
                },
            }
        ),
        "[" * 10_000,
        "x" * 20_000,
        "\ud800",
    ],
)
def test_forged_answers_are_refused(named: Site, answer: str) -> None:
    kari = named.person("Kari", Role.ORGANISER)
    party = relying_party(named.runtime.settings.service_url)
    with named.runtime.store("service").begin() as session:
        session.add(
            OfficialPasskey(
                credential_id=b"\x00",
                official_id=kari.id,
                name="x",
                public_key=b"\xa0",
                sign_count=0,
            )
        )
        session.flush()
        with pytest.raises(FactorRefused):
            register_passkey(
                session,
                party,
                kari.id,
                name="x",
                challenge=bytes(32),
                answer=answer,
                at=NOW,
            )
        with pytest.raises(FactorRefused):
            verify_passkey(session, party, kari.id, challenge=bytes(32), answer=answer)
        assert len(read_factors(session, kari.id).passkeys) == 1


def test_forged_form_brings_nobody_in(named: Site) -> None:
    kari = named.person("Kari", Role.ORGANISER)
    with named.runtime.store("service").begin() as session:
        session.add(
            OfficialPasskey(
                credential_id=b"\x00",
                official_id=kari.id,
                name="x",
                public_key=b"\xa0",
                sign_count=0,
            )
        )
    visitor, shown = named.entered(kari)
    assert shown.soup.select_one("[data-passkey=get]") is not None
    told = visitor.post(
        "/konto/inn/passnokkel", page="/konto/inn/trinn-2", answer='{"id": "AA"}'
    )
    assert "ble ikke godtatt" in told.text
    assert visitor.get("/valg").status == 302


def test_challenge_is_answered_once_and_by_its_own_session(named: Site) -> None:
    runtime = named.runtime
    drawn = draw_challenge(runtime, "sign-in", "a-token")
    for purpose, token in (("sign-in", "another"), ("set-up", "a-token")):
        with pytest.raises(FactorRefused):
            take_challenge(runtime, purpose, token)
    assert take_challenge(runtime, "sign-in", "a-token") == drawn
    with pytest.raises(FactorRefused):
        take_challenge(runtime, "sign-in", "a-token")
    assert "a-token" not in repr(runtime.redis("service").keys())


def test_an_official_has_at_most_ten(named: Site) -> None:
    kari = named.person("Kari", Role.ORGANISER)
    party = relying_party(named.runtime.settings.service_url)
    with named.runtime.store("service").begin() as session:
        for number in range(MOST_PASSKEYS):
            session.add(
                OfficialPasskey(
                    credential_id=bytes([number]),
                    official_id=kari.id,
                    name="x",
                    public_key=b"\xa0",
                    sign_count=0,
                )
            )
        session.flush()
        with pytest.raises(TooManyPasskeys):
            registration_options(session, party, kari.id, bytes(32))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://[::1]"])
def test_numeric_address_has_no_passkeys(url: str) -> None:
    with pytest.raises(PasskeysUnavailable):
        relying_party(url)


def test_pages_are_clean_on_a_phone(browser: Browser, named: Site) -> None:
    named.person("Kari", Role.ADMINISTRATOR, Role.AUDITOR)
    url = named.runtime.settings.service_url
    context = browser.new_context(
        locale="nb-NO",
        viewport={"width": NARROW, "height": 800},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    with served(named.app, port=int(url.rpartition(":")[2])):
        page.goto(f"{url}/konto/invitasjon#et-tegn")
        expect(page).to_have_url(f"{url}/konto/invitasjon")
        expect(page.get_by_label("Kode fra e-posten")).to_be_hidden()
        _require_clean(page)
        enter(page, url, "kari@forbundet.example")
        for name in OWN_PAGES:
            page.goto(f"{url}/konto{name}")
            _require_clean(page)
        page.get_by_role("button", name="Sett opp app").click()
        expect(page.get_by_role("img", name="QR-kode for appen")).to_be_visible()
        _require_clean(page)
    context.close()


def _require_clean(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW, page.url
    page.evaluate(AXE.read_text("utf-8"))
    tags = {"runOnly": RULES}
    found = page.evaluate("(rules) => axe.run(document, rules)", tags)["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], page.url
