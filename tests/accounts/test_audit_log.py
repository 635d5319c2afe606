"""The audit log's page, command and export, and every way of tampering with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import accounts.audit_cli
from accounts.audit_log import (
    PAGE_SIZE,
    ChainCut,
    HeadMalformed,
    export_lines,
    read_head,
    verify_log,
    write_head,
)
from accounts.roles import Role
from crypto.encoding import encode_json
from crypto.hashing import digest
from infra.audit import ChainBroken, ChainHead, chain_head, record_event
from infra.sides import SIDES, Side
from infra.tables import AUDIT, AuditEvent
from tests.accounts.account_site import NOW, Site
from tests.web.test_official_pages import require_sound

EVENTS = 5
ELECTION = "e" * 32


def write_events(session: Session, count: int = EVENTS) -> ChainHead:
    for number in range(count):
        record_event(
            session,
            at=NOW,
            actor="system",
            kind="draft-changed",
            subject=ELECTION,
            content={"number": number, "text": "<b>æ</b>"},
        )
    return chain_head(session)


def change(session: Session, table: type[AuditEvent]) -> None:
    session.execute(update(table).where(table.seq == 3).values(actor="another"))


def change_content(session: Session, table: type[AuditEvent]) -> None:
    content = encode_json({"number": 99})
    session.execute(update(table).where(table.seq == 3).values(content=content))


def change_all_but_the_hash_after(session: Session, table: type[AuditEvent]) -> None:
    """A forger who reckons the changed event's own hash anew."""
    row = session.get_one(table, 3)
    row.kind = "election-counted"
    row.hash = digest(
        "audit-event",
        row.previous,
        row.seq.to_bytes(8, "big"),
        row.at.isoformat().encode(),
        row.actor.encode(),
        row.kind.encode(),
        row.subject.encode(),
        row.commitment,
    )
    session.flush()


def drop(session: Session, table: type[AuditEvent]) -> None:
    session.execute(delete(table).where(table.seq == 3))


def drop_and_close_the_gap(session: Session, table: type[AuditEvent]) -> None:
    drop(session, table)
    for seq in range(4, EVENTS + 1):
        session.execute(update(table).where(table.seq == seq).values(seq=seq - 1))


def drop_the_first(session: Session, table: type[AuditEvent]) -> None:
    session.execute(delete(table).where(table.seq == 1))


def swap(session: Session, table: type[AuditEvent]) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        session.execute(update(table).where(table.seq == old).values(seq=new))


TAMPERING = [
    change,
    change_content,
    change_all_but_the_hash_after,
    drop,
    drop_and_close_the_gap,
    drop_the_first,
    swap,
]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("tamper", TAMPERING)
def test_tampering_is_noticed(
    site: Site, side: Side, tamper: Callable[[Session, type[AuditEvent]], None]
) -> None:
    store = site.runtime.store(side)
    with store.begin() as session:
        head = write_events(session)
        assert verify_log(session, head) == head
    with store.begin() as session:
        tamper(session, AUDIT[side])
    with store.reading() as session, pytest.raises(ChainBroken):
        verify_log(session)
    told = run(site, "verify")
    assert told.exit_code != 0
    assert f"{side}: the audit chain is broken at event" in told.output


@pytest.mark.parametrize("side", SIDES)
def test_cut_end_is_noticed_against_a_kept_head(site: Site, side: Side) -> None:
    store = site.runtime.store(side)
    with store.begin() as session:
        head = write_events(session)
    table = AUDIT[side]
    with store.begin() as session:
        session.execute(delete(table).where(table.seq >= 4))
    kept = write_head(head)
    with store.begin() as session:
        assert verify_log(session).seq == 3, "by itself a shortened chain holds"
        with pytest.raises(ChainCut):
            verify_log(session, head)
    cut = run(site, "verify", "--side", side, "--since", kept)
    assert cut.exit_code != 0
    assert "not in the chain" in cut.output
    # Nor does it help to write other events in the place of those cut off.
    with store.begin() as session:
        write_events(session)
        with pytest.raises(ChainCut):
            verify_log(session, head)


def test_command_tells_the_heads_of_both_sides(site: Site) -> None:
    heads = {}
    for side in SIDES:
        with site.runtime.store(side).begin() as session:
            heads[side] = write_head(write_events(session, 2))
    told = run(site, "verify")
    assert told.exit_code == 0
    assert told.output.splitlines() == [f"{side} {heads[side]}" for side in SIDES]
    again = run(site, "verify", "--side", "register", "--since", heads["register"])
    assert again.output == f"register {heads['register']}\n"
    for wrong in (["--since", heads["service"]], ["--side", "service", "--since", "x"]):
        assert run(site, "verify", *wrong).exit_code == 2


def test_export_can_be_reckoned_again_by_whoever_has_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.runtime.store("service").begin() as session:
        head = write_events(session)
        lines = b"".join(export_lines(session)).splitlines()
    previous = bytes(32)
    for line in map(json.loads, lines):
        content = encode_json(line["content"])
        salt = bytes.fromhex(line["salt"])
        assert digest("audit-content", salt, content).hex() == line["commitment"]
        previous = digest(
            "audit-event",
            previous,
            line["seq"].to_bytes(8, "big"),
            *(line[name].encode() for name in ("at", "actor", "kind", "subject")),
            bytes.fromhex(line["commitment"]),
        )
        assert previous.hex() == line["hash"]
    assert previous == head.hash
    written = TextIOWrapper(BytesIO())
    monkeypatch.setattr(sys, "stdout", written)
    accounts.audit_cli.group.main(
        ["export", "--side", "service"], obj=site.runtime, standalone_mode=False
    )
    assert written.buffer.getvalue().splitlines() == lines


@pytest.mark.parametrize("text", ["", "1", "1:x", "x:" + "a" * 64, "1:" + "a" * 65])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(HeadMalformed):
        read_head(text)


def test_page_shows_verifies_and_hands_out_the_log(site: Site) -> None:
    with site.runtime.store("service").begin() as session:
        head = write_events(session, PAGE_SIZE + 5)
    reader = site.browser(site.person("Rune", Role.AUDITOR))
    newest = reader.get("/konto/revisjonslogg")
    require_sound(newest)
    assert len(newest.soup.select("tbody tr")) == PAGE_SIZE
    assert "Utkastet ble endret" in newest.text
    assert "<b>æ</b>" not in newest.html
    older = reader.get("/konto/revisjonslogg?for=6")
    assert [row.td.text for row in older.soup.select("tbody tr") if row.td] == list(
        "54321"
    )
    held = reader.post(
        "/konto/revisjonslogg/kontroll", page="/konto/revisjonslogg", kept=""
    )
    require_sound(held)
    assert write_head(head) in held.text
    handed = reader.post("/konto/revisjonslogg/eksport", page="/konto/revisjonslogg")
    assert "attachment" in handed.response.headers["Content-Disposition"]
    assert [json.loads(line)["kind"] for line in handed.html.splitlines()][-1] == (
        "audit-exported"
    )


def test_page_tells_a_broken_log_and_a_cut_one(site: Site) -> None:
    with site.runtime.store("service").begin() as session:
        head = write_events(session)
    reader = site.browser(site.person("Ada", Role.ADMINISTRATOR))

    def verified(kept: str) -> str:
        shown = reader.post(
            "/konto/revisjonslogg/kontroll", page="/konto/revisjonslogg", kept=kept
        )
        require_sound(shown)
        return shown.text

    assert "Loggen holder" in verified(write_head(head))
    other = ChainHead(head.seq, bytes(32))
    assert "kuttet eller byttet" in verified(write_head(other))
    assert "64 tegn" in verified("ikke et kontrollpunkt")
    with site.runtime.store("service").begin() as session:
        change(session, AUDIT["service"])
    assert "brutt fra hendelse 3" in verified("")


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "1e9", "%00", "æ"])
def test_page_of_any_number_is_shown(site: Site, before: str) -> None:
    reader = site.browser(site.person("Rune", Role.AUDITOR))
    assert reader.get(f"/konto/revisjonslogg?for={before}").status == 200


def test_what_is_done_with_accounts_is_in_the_log_without_names(site: Site) -> None:
    ada = site.person("Ada", Role.ADMINISTRATOR)
    desk = site.browser(ada)
    desk.post(
        "/konto/brukere/ny",
        name="Gro Hemmelig",
        email="gro@krets.example",
        roles=["auditor"],
    )
    with site.runtime.store("service").reading() as session:
        (event,) = session.scalars(select(AUDIT["service"]))
        assert (event.actor, event.kind) == (ada.id, "official-invited")
        exported = b"".join(export_lines(session))
    assert b"Gro" not in exported
    assert b"krets" not in exported


def run(site: Site, *arguments: str) -> Result:
    return CliRunner().invoke(accounts.audit_cli.group, arguments, obj=site.runtime)
