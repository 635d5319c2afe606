"""The shredding certificate as people read it (docs/protocol.md §4.12)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.encoding import JsonValue, decode_json
from infra.i18n import show_moment, show_number
from voting.documents import Item, read_document, read_object
from voting.presenting.translated import _, ngettext

FORMAT = "urne/v1/certificate"
_FILES_AND_BYTES: Final = re.compile(r"([0-9]{1,15}) files, ([0-9]{1,18}) bytes")
_FILES: Final = re.compile(r"([0-9]{1,15}) files?")
_ROWS: Final = re.compile(r"([0-9]{1,15}) rows?")
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d{1,6})?(Z|[+]\d\d:\d\d)"
)
_FIELDS = (
    "checks",
    "counts",
    "election",
    "fingerprint",
    "not_seen",
    "protocol",
    "reason",
    "shredded_at",
    "signature",
    "void_in_backups_at",
)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that was looked for afterwards."""

    name: str
    passed: bool
    what: str


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """What was shredded, what was checked, and what cannot be seen."""

    reason: str
    shredded_at: datetime
    void_in_backups_at: datetime
    counts: tuple[tuple[str, int], ...]
    checks: tuple[CheckRow, ...]
    not_seen: tuple[str, ...]
    protocol: str
    """Digest of the protocol that this is an annex to, in hex; empty without one."""
    signature: str
    """The register's, in hex."""

    @property
    def passed(self) -> bool:
        """Tell whether every check found nothing."""
        return all(check.passed for check in self.checks)


def read_certificate(encoded: bytes | None) -> CertificatePage | None:
    """Return the page of a certificate; None while there is none.

    Raises:
        NonCanonicalEncoding, DocumentRefused: it is no certificate.

    """
    if encoded is None:
        return None
    fields = read_document(decode_json(encoded), FORMAT, _FIELDS)
    counts = fields.of("counts")
    names = tuple(counts) if isinstance(counts, dict) else ()
    read = read_object(counts, names, path="counts")
    return CertificatePage(
        reason=_reason(fields.text("reason")),
        shredded_at=fields.time("shredded_at"),
        void_in_backups_at=fields.time("void_in_backups_at"),
        counts=tuple((_table(name), read.integer(name, 0)) for name in sorted(names)),
        checks=tuple(_check(each) for each in fields.array("checks")),
        not_seen=tuple(_unseen(str(each.value)) for each in fields.array("not_seen")),
        protocol=_text_or_empty(fields.of("protocol")),
        signature=fields.text("signature"),
    )


def _check(item: Item) -> CheckRow:
    fields = item.fields("name", "passed", "what")
    return CheckRow(
        _checked(fields.text("name")),
        fields.flag("passed"),
        _looked_at(fields.text("what")),
    )


def _text_or_empty(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _looked_at(what: str) -> str:
    """Return in words what a check looked at; what is no known form stays as it is."""
    if what == "none were kept":
        return _("Ingenting var lagt til side å lete etter.")
    if found := _FILES_AND_BYTES.fullmatch(what):
        files, size = int(found[1]), int(found[2])
        return _(
            "%(files)s, til sammen %(size)s byte",
            files=_files(files),
            size=show_number(size),
        )
    if found := _FILES.fullmatch(what):
        return _files(int(found[1]))
    if found := _ROWS.fullmatch(what):
        rows = int(found[1])
        return ngettext("%(n)s rad", "%(n)s rader", rows, n=show_number(rows))
    if _INSTANT.fullmatch(what):
        return show_moment(datetime.fromisoformat(what))
    return what


def _files(number: int) -> str:
    return ngettext("%(n)s fil", "%(n)s filer", number, n=show_number(number))


def _reason(name: str) -> str:
    known = {
        "approved": _("Resultatet er godkjent, og fristen er ute."),
        "last-date": _("Manntallets siste dato er nådd."),
        "never-approved": _("Resultatet ble aldri godkjent, og siste dato er nådd."),
    }
    return known.get(name, name)


def _table(name: str) -> str:
    known = {
        "audit_contents": _("innhold i revisjonsloggen"),
        "mark_intake": _("avkryssinger i mottak"),
        "marks": _("avkryssinger"),
        "corrections": _("rettelser"),
        "messages": _("meldinger"),
        "roll_readings": _("filer som ble lest"),
        "shelved_entries": _("innførsler ved siden av manntallet"),
        "roll_entries": _("innførsler i manntallet"),
        "sendings": _("utsendinger"),
        "voting_codes": _("stemmekoder"),
    }
    return known.get(name, name)


def _checked(name: str) -> str:
    known = {
        "all files read": _("Alle filer lot seg lese"),
        "begun": _("Makuleringen begynte"),
        "canaries": _("Det var noe å lete etter"),
        "key destroyed": _("Nøkkelen er ødelagt"),
        "no rows": _("Ingen rader er igjen"),
    }
    if name in known:
        return known[name]
    kind = name.removeprefix("no ")
    kinds = {
        "address": _("adresser"),
        "ciphertext": _("krypterte felt"),
        "data key": _("datanøkkelen"),
        "digest": _("oppslagsnøkler"),
        "login key": _("nøkler fra stemmekodene"),
        "name": _("navn"),
        "salt": _("salt"),
    }
    return _("Lette etter, og fant ikke: %(kind)s", kind=kinds.get(kind, kind))


def _unseen(name: str) -> str:
    known = {
        "database-host": _("databasetjeneren, som må gjennomsøkes for seg"),
        "hosting-snapshots": _("øyeblikksbilder som driftsleverandøren har tatt"),
        "mail-providers": _("e-post som alt er levert"),
        "storage-remnants": _("rester på lagringsbrikker"),
    }
    return known.get(name, name)
