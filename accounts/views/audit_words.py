"""What the kinds of events are called on the screen; others show their own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KINDS: Final[Mapping[str, LazyString]] = {
    "audit-exported": _l("Revisjonsloggen ble lastet ned"),
    "ceremony-bad-share": _l("En nøkkeldel holdt ikke kontrollen"),
    "ceremony-dealer-excluded": _l("Seremonien ble holdt uten en nøkkelholder"),
    "ceremony-share-opened": _l("En nøkkeldel ble åpnet for alle"),
    "ceremony-share-opened-wrong": _l("En feil nøkkeldel ble åpnet for alle"),
    "ceremony-started": _l("Nøkkelseremonien ble startet"),
    "committee-seated": _l("Valgkomiteen ble valgt"),
    "count-started": _l("Opptellingen ble startet"),
    "draft-changed": _l("Utkastet ble endret"),
    "election-cancelled": _l("Valget ble avlyst"),
    "election-closed": _l("Valget stengte"),
    "election-counted": _l("Valget ble talt opp"),
    "election-created": _l("Valget ble laget"),
    "election-opened": _l("Valget åpnet"),
    "holder-page-opened": _l("En nøkkelside ble åpnet"),
    "joint-agreed": _l("Et forbund godtok en felles opptelling"),
    "joint-broken": _l("En felles opptelling ble brutt"),
    "joint-concluded": _l("En felles opptelling ble lagt sammen"),
    "joint-declared": _l("En felles opptelling ble avtalt"),
    "joint-declined": _l("En felles opptelling ble avvist"),
    "joint-proposed": _l("En felles opptelling ble foreslått"),
    "manifest-sealed": _l("Valget ble forseglet"),
    "official-disabled": _l("En konto ble stengt"),
    "official-enabled": _l("En konto ble åpnet igjen"),
    "official-invited": _l("En bruker ble invitert"),
    "official-invited-again": _l("En bruker ble invitert på nytt"),
    "official-joined": _l("En bruker tok imot invitasjonen"),
    "partial-accepted": _l("En delopptelling ble levert"),
    "password-changed": _l("Et passord ble byttet"),
    "recovery-code-used": _l("En reservekode ble brukt"),
    "recovery-codes-drawn": _l("Nye reservekoder ble laget"),
    "roles-changed": _l("Roller ble endret"),
    "roll-frozen": _l("Manntallet ble fryst"),
    "roll-shredded": _l("Manntallet ble makulert"),
    "second-factor-added": _l("Totrinns innlogging ble satt opp"),
    "second-factor-removed": _l("En passnøkkel eller app ble fjernet"),
    "sessions-ended": _l("Økter ble avsluttet"),
    "signed-in": _l("En bruker logget inn"),
    "survey-results-chosen": _l("Oppdelingen av resultater ble valgt"),
    "survey-results-exported": _l("Resultater av en undersøkelse ble lastet ned"),
    "survey-results-shared": _l("Resultater av en undersøkelse ble delt"),
    "survey-results-unshared": _l("Delingen av resultater ble avsluttet"),
    "tokens-proven": _l("Stemmerettene ble kontrollert"),
}
