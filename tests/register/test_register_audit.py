"""The register's audit log on the page: whose it is, what it names, what it finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from accounts.roles import Role
from infra.audit import ChainHead, chain_head, record_event
from infra.tables import RegisterAudit
from register.audit_entries import entries_of
from tests.conftest import Stores
from tests.register.post_office import PostOffice, a_post_office, members
from tests.register.register_site import Browser, signed_in, soup_of, words_of
from tests.register.roll_files import ELECTION
from tests.smtp import SmtpServer

LOG = "/r/revisjonslogg"
SECRET = "Kari Nordmann ringte"
ENTRY = "5f" * 16
OTHER = "0b" * 16


@pytest.fixture
def office(
    sqlite_stores: Stores, tmp_path: Path, redis_url: str, smtp_server: SmtpServer
) -> Iterator[PostOffice]:
    lent = a_post_office(sqlite_stores, tmp_path, redis_url, smtp_server)
    yield lent
    lent.runtime.close()


def an_event(office: PostOffice, subject: str, **content: object) -> None:
    with office.election.store.begin() as session:
        record_event(
            session,
            at=office.now,
            actor="a" * 32,
            kind="link-resent",
            subject=subject,
            content=dict(content),  # type: ignore[arg-type] # texts and lists of them
        )


def send(browser: Browser, path: str, page: str, **fields: str) -> str:
    token = soup_of(browser.client.get(page)).select_one("[name=csrf_token]")
    assert token is not None
    data = {"csrf_token": token["value"], **fields}
    answer = browser.client.post(path, data=data)
    assert answer.status_code in {200, 422}
    return str(answer.get_data(as_text=True))


def head_of(office: PostOffice) -> ChainHead:
    with office.election.store.reading() as session:
        return chain_head(session)


def test_auditor_reads_verifies_and_takes_away_the_trail_of_one_roll(
    office: PostOffice,
) -> None:
    office.open(*members(2))
    an_event(office, ELECTION, entry=ENTRY, reason=SECRET)
    an_event(office, OTHER, entry=OTHER)
    reader = signed_in(office, Role.AUDITOR)
    here = f"/r/valg/{ELECTION}/revisjonslogg"
    before = head_of(office)
    shown = reader.get("/revisjonslogg")
    words = words_of(shown)
    assert "En lenke ble sendt på nytt" in words
    assert "Manntallet ble fryst" in words
    assert ENTRY[:8] in words
    html = shown.get_data(as_text=True)
    assert SECRET not in html, "a reason may name somebody"
    assert OTHER[:8] not in html, "what is of another roll"
    assert head_of(office) == before, "a page of ids is no look at a member"
    held = send(reader, f"{here}/kontroll", here, kept="")
    assert f"{before.seq}:{before.hash.hex()}" in held
    assert "64 tegn" in send(reader, f"{here}/kontroll", here, kept="<b>1")
    handed = send(reader, f"{here}/eksport", here).splitlines()
    lines = [json.loads(each) for each in handed]
    assert {each["subject"] for each in lines} == {ELECTION}
    assert lines[-1]["kind"] == "audit-exported"
    assert any(each["content"] == {"entry": ENTRY, "reason": SECRET} for each in lines)
    assert f'href="{here}"' in html, "it is in the menu"


def test_whole_log_tells_what_is_broken_and_is_of_no_single_union(
    office: PostOffice,
) -> None:
    office.open(*members(1))
    an_event(office, ELECTION, entries=[ENTRY, OTHER], searched="<b>x")
    an_event(office, OTHER, entries=["6e" * 16] * 5)
    reader = signed_in(office, Role.AUDITOR)
    shown = reader.client.get(LOG)
    words = words_of(shown)
    assert OTHER[:8] in words
    assert "5 innførsler" in words
    for wrong in ("0", "-1", "x", "9" * 30, "%00"):
        assert reader.client.get(f"{LOG}?for={wrong}").status_code == 200, wrong
    head = head_of(office)
    cut = f"{head.seq}:{'00' * 32}"
    assert "kuttet eller byttet" in send(reader, f"{LOG}/kontroll", LOG, kept=cut)
    handed = send(reader, f"{LOG}/eksport", LOG).splitlines()
    assert json.loads(handed[-1])["subject"] == "register"
    assert len(handed) == head.seq + 1
    with office.election.store.begin() as session:
        table = RegisterAudit
        session.execute(update(table).where(table.seq == 2).values(actor="another"))
    assert "brutt fra hendelse 2" in send(reader, f"{LOG}/kontroll", LOG, kept="")
    with office.election.store.reading() as session:
        kinds = session.scalars(select(RegisterAudit.kind)).all()
    assert kinds.count("audit-exported") == 1
    # Of one union alone: the whole log is not theirs, and the trail is.
    confined = signed_in(office, Role.AUDITOR, union="Forbundet")
    assert confined.client.get(LOG).status_code == 403
    assert confined.get("/revisjonslogg").status_code == 200
    stranger = signed_in(office, Role.AUDITOR, union="Et annet forbund")
    assert stranger.get("/revisjonslogg").status_code == 404
    for role in set(Role) - {Role.AUDITOR}:
        other = signed_in(office, role)
        assert other.client.get(LOG).status_code == 403
        assert other.get("/revisjonslogg").status_code == 403


def test_entries_are_read_from_whatever_an_event_holds() -> None:
    assert entries_of("") == ()
    assert entries_of('["entry"]') == ()
    assert entries_of('{"entries":"x","entry":1}') == ()
    assert entries_of('{"entries":["a","b"],"entry":"c"}') == ("c", "a", "b")
