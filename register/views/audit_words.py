"""What the kinds of the register's events are called; others show their own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: Final[Mapping[str, LazyString]] = {
    "added-late": _l("Et medlem ble ført inn i ettertid"),
    "addition-declined": _l("En innføring i ettertid ble avslått"),
    "addition-proposed": _l("En innføring i ettertid ble foreslått"),
    "address-changed": _l("En adresse ble endret"),
    "address-declined": _l("En adresseendring ble avslått"),
    "address-proposed": _l("En adresseendring ble foreslått"),
    "approved": _l("Resultatet ble godkjent"),
    "audit-exported": _l("Revisjonsloggen ble lastet ned"),
    "cancelled": _l("Valget eller undersøkelsen ble avlyst"),
    "closed": _l("Valget eller undersøkelsen stengte"),
    "doubt-settled": _l("En usikker levering ble avgjort"),
    "letter-came-back": _l("Et brev kom i retur"),
    "letters-confirmed": _l("En bunke brev ble bekreftet skrevet ut"),
    "letters-drawn": _l("En bunke brev ble skrevet ut"),
    "letters-posted": _l("En bunke brev ble postet"),
    "link-resent": _l("En lenke ble sendt på nytt"),
    "manifest-accepted": _l("Forseglingen ble tatt imot"),
    "marked-on-paper": _l("En stemme på papir ble krysset av"),
    "member-looked-up": _l("Et medlem ble slått opp"),
    "message-came-back": _l("En melding kom i retur"),
    "mode-changed": _l("Måten å svare på ble endret"),
    "organisation-changed": _l("Navnet på forbundet ble endret"),
    "paper-mark-refused": _l("En avkryssing for papir ble avvist"),
    "phase-open": _l("Valget eller undersøkelsen åpnet"),
    "practice-shredding-ordered": _l("Makulering av en øvelse ble bestilt"),
    "resend-refused": _l("En ny sending av en lenke ble avvist"),
    "roll-errors-exported": _l("Feilene i et manntall ble lastet ned"),
    "roll-frozen": _l("Manntallet ble fryst"),
    "roll-import-undone": _l("En innlesing av manntallet ble angret"),
    "roll-imported": _l("Manntallet ble lest inn"),
    "roll-opened": _l("Manntallet ble opprettet"),
    "roll-shredded": _l("Manntallet ble makulert"),
    "schedule-accepted": _l("Tidspunktene ble tatt imot"),
    "sending-paused": _l("En utsending ble satt på pause"),
    "sending-resumed": _l("En utsending fortsatte"),
    "sending-scheduled": _l("En utsending ble tidfestet"),
    "sending-started": _l("En utsending ble startet"),
    "sending-stopped": _l("En utsending ble stanset"),
    "sending-unscheduled": _l("Tidspunktet for en utsending ble tatt bort"),
    "sending-written": _l("En utsending ble skrevet"),
    "shredding-held": _l("Makuleringen ble utsatt"),
    "trial-sent": _l("En prøve ble sendt"),
    "troubled-messages-listed": _l("Meldinger som ikke kom fram, ble vist"),
    "turnout-read": _l("Navn med kryss ble lest"),
    "turnout-sample-drawn": _l("Et utvalg ble trukket"),
    "turnout-sample-read": _l("Et utvalg ble lest"),
}
