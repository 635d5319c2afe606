"""Every role, and nobody, at every route of both sides: who is let in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter
from werkzeug.test import TestResponse

from accounts.officials import OfficialIdentity
from accounts.passes import issue_pass
from accounts.roles import Role
from accounts.sessions import (
    REGISTER_COOKIE,
    SERVICE_COOKIE,
    open_entrance,
    open_session,
)
from crypto.signing import SigningSeed
from infra.runtime import open_runtime
from tests.accounts.account_site import Site, settings_for
from tests.conftest import Stores

ANYONE: Final = frozenset({"nobody", "half", "no role", *Role})
"""Open: pages for everybody, and those where a voter proves a right in the request."""

PROOF: Final = frozenset({"proof"})
"""A key or a signature in the request; no cookie opens it, whoever's it is."""

ENTRANT: Final = ANYONE - {"nobody"}
"""Who has shown a password."""

EVERY_OFFICIAL: Final = ENTRANT - {"half"}
EVERY_ROLE: Final = frozenset[str](Role)
ADMINISTRATOR: Final = frozenset[str]({Role.ADMINISTRATOR})
ORGANISER: Final = frozenset[str]({Role.ORGANISER})
COMMITTEE: Final = frozenset[str]({Role.COMMITTEE})
AUDITOR: Final = frozenset[str]({Role.AUDITOR})
DISTRICT_CONTACT: Final = frozenset[str]({Role.DISTRICT_CONTACT})
SURVEY_DESIGNER: Final = frozenset[str]({Role.SURVEY_DESIGNER})
ELECTIONS: Final = ORGANISER | COMMITTEE | AUDITOR
LOG_READERS: Final = ADMINISTRATOR | AUDITOR

EXPECTED: Final[dict[str, frozenset[str]]] = {
    "accounts.audit_log": LOG_READERS,
    "accounts.begin_app": ENTRANT,
    "accounts.begin_passkey": ENTRANT,
    "accounts.disable": ADMINISTRATOR,
    "accounts.enable": ADMINISTRATOR,
    "accounts.end_other_sessions": EVERY_OFFICIAL,
    "accounts.end_session": EVERY_OFFICIAL,
    "accounts.export_audit_log": LOG_READERS,
    "accounts.invite": ADMINISTRATOR,
    "accounts.invite_anew": ADMINISTRATOR,
    "accounts.officials": ADMINISTRATOR,
    "accounts.own_account": EVERY_OFFICIAL,
    "accounts.own_password": EVERY_OFFICIAL,
    "accounts.own_sessions": EVERY_OFFICIAL,
    "accounts.passkey_step": ENTRANT,
    "accounts.recovery_step": ENTRANT,
    "accounts.remove_app": EVERY_OFFICIAL,
    "accounts.remove_key": EVERY_OFFICIAL,
    "accounts.renew_codes": EVERY_OFFICIAL,
    "accounts.second_step": ENTRANT,
    "accounts.set_up": ENTRANT,
    "accounts.set_up_app": ENTRANT,
    "accounts.set_up_passkey": ENTRANT,
    "accounts.show_official": ADMINISTRATOR,
    "accounts.sign_in": ANYONE,
    "accounts.sign_out": ENTRANT,
    "accounts.take_invitation": ANYONE,
    "accounts.verify_audit_log": LOG_READERS,
    "answer_api.answer": ANYONE,
    "answer_api.definition": ANYONE,
    "answer_api.manifest": ANYONE,
    "answer_api.status": ANYONE,
    "answer_api.wording": ANYONE,
    "answering.answer": ANYONE,
    "answering.page": ANYONE,
    "answering.receipt": ANYONE,
    "board.batch": ANYONE,
    "board.checkpoint": ANYONE,
    "board.checkpoints": ANYONE,
    "board.consistency": ANYONE,
    "board.inclusion": ANYONE,
    "board.leaves": ANYONE,
    "board.own_inclusion": ANYONE,
    "board.page": ANYONE,
    "board.search": ANYONE,
    "certificate.download": ANYONE,
    "committee.begin": ORGANISER,
    "committee.begin_without": ORGANISER,
    "committee.leave_out": ORGANISER,
    "committee.open_key_page": COMMITTEE,
    "committee.progress": ELECTIONS,
    "committee.seat": ORGANISER,
    "committee.show": ELECTIONS,
    "copying.make": ORGANISER,
    "copying.show": ORGANISER,
    "counting.progress": ELECTIONS,
    "counting.show": ELECTIONS,
    "counting.start": ORGANISER | COMMITTEE,
    "districts.index": DISTRICT_CONTACT,
    "drafting.add_contest": ORGANISER,
    "drafting.change_basics": ORGANISER,
    "drafting.change_rules": ORGANISER,
    "drafting.edit_contest": ORGANISER,
    "drafting.explain_rule": ORGANISER,
    "drafting.remove_contest": ORGANISER,
    "drafting.reorder_contest": ORGANISER,
    "drafting.show": ORGANISER,
    "elections.cancel": ORGANISER,
    "elections.create": ORGANISER,
    "elections.index": ELECTIONS | DISTRICT_CONTACT,
    "elections.preview": ELECTIONS,
    "elections.review": ELECTIONS,
    "elections.seal": ORGANISER,
    "elections.show": ELECTIONS | DISTRICT_CONTACT,
    "exchange.take_document": PROOF,
    "front.show": ANYONE,
    "health.liveness": ANYONE,
    "health.readiness": ANYONE,
    "holders.open_share": PROOF,
    "holders.post_bad_share": PROOF,
    "holders.post_partial": PROOF,
    "holders.post_round": PROOF,
    "holders.post_signature": PROOF,
    "holders.save_page": ANYONE,
    "holders.show_count": PROOF,
    "holders.show_desk": PROOF,
    "holders.show_leaves": PROOF,
    "holders.show_page": ANYONE,
    "holders.show_sealed": PROOF,
    "joint.agree": ORGANISER,
    "joint.download": ANYONE,
    "joint.download_printed": ANYONE,
    "joint.leave": ORGANISER,
    "joint.propose": ORGANISER,
    "joint.show": ELECTIONS,
    "joint.show_public": ANYONE,
    "papers.download_annex": ANYONE,
    "papers.download_archive": ELECTIONS,
    "papers.download_protocol": ANYONE,
    "papers.download_record": ANYONE,
    "papers.official_protocol": ELECTIONS,
    "proposing.deadline": ORGANISER | COMMITTEE,
    "proposing.paper": COMMITTEE,
    "proposing.withdraw": ORGANISER | COMMITTEE,
    "protocol.approval": ELECTIONS,
    "protocol.object_to_protocol": COMMITTEE,
    "protocol.show": ELECTIONS,
    "protocol.show_public": ANYONE,
    "publishing.publish": ORGANISER,
    "publishing.show": ORGANISER,
    "register_additions.agree": ORGANISER | COMMITTEE,
    "register_additions.ask_for_addition": ORGANISER | COMMITTEE,
    "register_additions.ask_for_address": ORGANISER | COMMITTEE,
    "register_additions.ask_for_mobile": ORGANISER | COMMITTEE,
    "register_additions.ask_for_postal": ORGANISER | COMMITTEE,
    "register_additions.refuse": ORGANISER | COMMITTEE,
    "register_additions.show": ELECTIONS,
    "register_additions.show_one": ORGANISER | COMMITTEE,
    "register_additions.write_addition": ORGANISER | COMMITTEE,
    "register_audit.export": AUDITOR,
    "register_audit.export_whole": AUDITOR,
    "register_audit.show": AUDITOR,
    "register_audit.show_whole": AUDITOR,
    "register_audit.verify": AUDITOR,
    "register_audit.verify_whole": AUDITOR,
    "register_entrance.enter": PROOF,
    "register_entrance.leave": EVERY_ROLE,
    "register_letters.confirm": ORGANISER,
    "register_letters.post": ORGANISER,
    "register_letters.print_batch": ORGANISER,
    "register_letters.show_example": ELECTIONS,
    "register_lookups.decide": ORGANISER,
    "register_lookups.list_doubts": ORGANISER,
    "register_lookups.look_up": ORGANISER | COMMITTEE,
    "register_lookups.look_up_letter": ORGANISER | COMMITTEE,
    "register_lookups.note_return": ORGANISER | COMMITTEE,
    "register_lookups.resend": ORGANISER,
    "register_lookups.show": ORGANISER | COMMITTEE,
    "register_lookups.vote_on_paper": ORGANISER | COMMITTEE,
    "register_readings.cancel": ORGANISER,
    "register_readings.choose_columns": ORGANISER,
    "register_readings.confirm": ORGANISER,
    "register_readings.errors": ORGANISER,
    "register_readings.progress": ORGANISER,
    "register_readings.show": ORGANISER,
    "register_reports.take_bounce": PROOF,
    "register_reports.take_sms_report": PROOF,
    "register_roll.choose_columns": ORGANISER,
    "register_roll.confirm": ORGANISER,
    "register_roll.errors": ORGANISER,
    "register_roll.freeze": ORGANISER,
    "register_roll.freeze_page": ORGANISER,
    "register_roll.show": ELECTIONS,
    "register_roll.undo": ORGANISER,
    "register_roll.upload": ORGANISER,
    "register_sending.change": ORGANISER,
    "register_sending.create": ORGANISER,
    "register_sending.edit": ORGANISER,
    "register_sending.pause": ORGANISER,
    "register_sending.progress": ELECTIONS,
    "register_sending.resume": ORGANISER,
    "register_sending.show": ELECTIONS,
    "register_sending.show_one": ELECTIONS,
    "register_sending.start": ORGANISER,
    "register_sending.stop": ORGANISER,
    "register_sending.unschedule": ORGANISER,
    "register_sending.write": ORGANISER,
    "register_sending_texts.remove": ORGANISER,
    "register_sending_texts.save": ORGANISER,
    "register_sending_texts.show_mail": ELECTIONS,
    "register_sending_texts.try_out": ORGANISER,
    "register_sending_texts.write": ORGANISER,
    "register_shredding.certificate": ELECTIONS,
    "register_shredding.hasten": ORGANISER,
    "register_shredding.show": ELECTIONS,
    "register_turnout.draw": AUDITOR | COMMITTEE,
    "register_turnout.names": AUDITOR | COMMITTEE | DISTRICT_CONTACT,
    "register_turnout.show": AUDITOR | COMMITTEE | DISTRICT_CONTACT | ORGANISER,
    "register_turnout.show_sample": AUDITOR | COMMITTEE,
    "register_voter.identify": ANYONE,
    "register_voter.named_right": ANYONE,
    "register_voter.right": ANYONE,
    "shredding.hold": ORGANISER | COMMITTEE,
    "shredding.show": ELECTIONS,
    "static": ANYONE,
    "survey_design.create": SURVEY_DESIGNER,
    "survey_design.export": SURVEY_DESIGNER,
    "survey_design.preview": SURVEY_DESIGNER,
    "survey_design.save_frame": SURVEY_DESIGNER,
    "survey_design.save_translations": SURVEY_DESIGNER,
    "survey_design.show_all": SURVEY_DESIGNER,
    "survey_design.show_frame": SURVEY_DESIGNER,
    "survey_design.show_import": SURVEY_DESIGNER,
    "survey_design.show_translations": SURVEY_DESIGNER,
    "survey_design.take_import": SURVEY_DESIGNER,
    "survey_editing.arrange_page": SURVEY_DESIGNER,
    "survey_editing.arrange_question": SURVEY_DESIGNER,
    "survey_editing.edit_page": SURVEY_DESIGNER,
    "survey_editing.edit_question": SURVEY_DESIGNER,
    "survey_editing.new_page": SURVEY_DESIGNER,
    "survey_editing.new_question": SURVEY_DESIGNER,
    "survey_editing.save_page": SURVEY_DESIGNER,
    "survey_editing.save_question": SURVEY_DESIGNER,
    "survey_editing.show": SURVEY_DESIGNER,
    "survey_files.codebook": SURVEY_DESIGNER,
    "survey_files.document": SURVEY_DESIGNER,
    "survey_files.printed": SURVEY_DESIGNER,
    "survey_files.rows": SURVEY_DESIGNER,
    "survey_files.spss": SURVEY_DESIGNER,
    "survey_files.table": SURVEY_DESIGNER,
    "survey_files.workbook": SURVEY_DESIGNER,
    "survey_launch.anonymise": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.cancel": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.extend": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.launch": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.save_settings": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.show": SURVEY_DESIGNER | ORGANISER,
    "survey_launch.show_settings": SURVEY_DESIGNER | ORGANISER,
    "survey_log.checkpoint": ANYONE,
    "survey_log.consistency": ANYONE,
    "survey_log.inclusion": ANYONE,
    "survey_log.leaves": ANYONE,
    "survey_log.page": ANYONE,
    "survey_results.choose": SURVEY_DESIGNER,
    "survey_results.share": SURVEY_DESIGNER,
    "survey_results.show": SURVEY_DESIGNER,
    "survey_results.show_shared": ANYONE,
    "trail.export": AUDITOR,
    "trail.show": AUDITOR,
    "trail.verify": AUDITOR,
    "voter.cast": ANYONE,
    "voter.manifest": ANYONE,
    "voter.page": ANYONE,
    "voter.status": ANYONE,
}
"""Who is let in, by endpoint. A route that is not here fails the test below: ask who
may open it, and write it down."""

WITHOUT_PASS: Final = frozenset({"nobody", "half"})
VALUES: Final[dict[str, Any]] = {"filename": "css/urne.css", "slug": "finnes-ikke"}
ID: Final = "0a" * 16
PERSONAS: Final = ("nobody", "half", "no role", *Role)


@pytest.fixture
def house(sqlite_stores: Stores, tmp_path: Path, redis_url: str) -> Iterator[Site]:
    """Both sides in one process."""
    settings = settings_for(sqlite_stores, tmp_path, redis_url)
    runtime = open_runtime(settings)
    yield Site(runtime)
    runtime.close()


class Caller:
    """One persona with every cookie that it can come by."""

    def __init__(self, site: Site, persona: str) -> None:
        """Create the official, unless it is nobody."""
        self.site, self.persona = site, persona
        roles = [role for role in Role if role == persona]
        self.who = None if persona == "nobody" else site.person("Person", *roles)
        self.client: FlaskClient = site.app.test_client()
        page = self.client.get("/konto/inn").get_data(as_text=True)
        token = page.partition('name="csrf_token"')[2].partition('value="')[2]
        self.token = token.partition('"')[0]

    def call(self, method: str, path: str) -> TestResponse:
        """Send an empty form of our own, with a session that is new."""
        if self.who is not None:
            self._sign_in(self.who)
        data = {"csrf_token": self.token} if method == "POST" else None
        return self.client.open(path, method=method, data=data)

    def _sign_in(self, who: OfficialIdentity) -> None:
        site, opened = self.site, open_session
        if self.persona == "half":
            opened = open_entrance
        else:
            secrets = site.runtime.settings.secrets_of("service")
            seed = SigningSeed(secrets.signing_seed.reveal())
            seated = replace(who, seats=frozenset({ID}))
            given = issue_pass(seated, site.now, seed)
            self.client.set_cookie(REGISTER_COOKIE, given, path="/r")
        with site.runtime.store("service").begin() as session:
            token = opened(session, who.id, site.now)
        self.client.set_cookie(SERVICE_COOKIE, token)


def test_table_is_of_the_routes_that_there_are(house: Site) -> None:
    endpoints = {rule.endpoint for rule in house.app.url_map.iter_rules()}
    assert endpoints - EXPECTED.keys() == set(), "say in the table who may open these"
    assert EXPECTED.keys() - endpoints == set(), "the table tells of what is gone"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("persona", PERSONAS)
def test_each_is_let_in_where_the_table_says_and_nowhere_else(
    house: Site, persona: str
) -> None:
    caller, wrong = Caller(house, persona), []
    for rule, method, path in walk(house):
        answer = caller.call(method, path)
        expected = EXPECTED.get(rule.endpoint, frozenset())
        if not is_as_expected(answer, rule, persona, expected):
            where = answer.headers.get("Location", "")
            wrong.append((rule.endpoint, method, answer.status_code, where))
        answer.close()
    assert wrong == []


def is_as_expected(
    answer: TestResponse, rule: Rule, persona: str, expected: frozenset[str]
) -> bool:
    """Tell whether an answer is that of a view, or of its guard, as it should be."""
    if expected == PROOF:
        return 400 <= answer.status_code < 500
    sent_away = is_sent_away(answer, rule, is_entrance=expected == ENTRANT)
    if persona in expected:
        return answer.status_code not in {401, 403, 500} and not sent_away
    return sent_away if persona in WITHOUT_PASS else answer.status_code == 403


def is_sent_away(answer: TestResponse, rule: Rule, *, is_entrance: bool) -> bool:
    """Tell whether a guard sent the caller to where one signs in."""
    # A view that ends a session leads there too, and takes the cookie back.
    taken_back = {REGISTER_COOKIE, SERVICE_COOKIE} & {
        each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")
    }
    if answer.status_code != 302 or taken_back:
        return False
    location = answer.headers["Location"]
    if rule.endpoint.startswith("register_"):
        return location.endswith("/valg")
    if location.startswith("/konto/inn/trinn-2"):
        return not is_entrance  # the way in leads from one step to the other
    return location.partition("?")[0] == "/konto/inn"


def walk(site: Site) -> Iterator[tuple[Rule, str, str]]:
    """Every route with each of its methods, and an address of nothing that exists."""
    bound = site.app.url_map.bind("localhost")
    for rule in sorted(site.app.url_map.iter_rules(), key=lambda each: each.rule):
        values = {name: value_for(rule, name) for name in rule.arguments}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, bound.build(rule.endpoint, values, method=method)


def value_for(rule: Rule, name: str) -> object:
    """Return something that a route's variable takes."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, IntegerConverter):
        return 1
    return VALUES.get(name, ID)
