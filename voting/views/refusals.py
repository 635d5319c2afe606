"""How refusals are told to officials: what was wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from infra.problems import register_problem
from infra.slugs import SlugMalformed, SlugTaken
from infra.token_verifier import VerifierUnavailable
from voting.archive import ArchiveDamaged, ArchiveNotPacked
from voting.ceremony import CeremonyIncomplete
from voting.ceremony_exclusion import (
    DealerMayStay,
    DealerMustLeave,
    LeftOutBefore,
)
from voting.counting_room import NotClosed
from voting.documents import DocumentRefused
from voting.draft_editing import NoSuchContest
from voting.drafts import DraftIncomplete
from voting.elections import (
    DatesOutOfOrder,
    NotADraft,
    PracticeFixed,
    SeatTwice,
    ThresholdFixed,
    TitleMalformed,
)
from voting.joint import JointRefused
from voting.joint_counts import (
    AlreadyDeclared,
    AlreadyJoint,
    NotSealedYet,
    UnknownJoint,
)
from voting.joint_publication import ShownJoined, WaitsForJoint
from voting.objections import NotBeforeCommittee, ObjectionEmpty, TooManyObjections
from voting.paper import MoreRejectedThanOpened, OtherGroups, VotesDoNotAddUp
from voting.phases import ForbiddenTransition
from voting.presenting.joint_progress import joint_reason
from voting.printing.printed import NotPrinted
from voting.proposal_making import (
    CountAlreadyStarted,
    HoldTooLong,
    ReasonMissing,
    WrongPhase,
)
from voting.proposals import UnknownProposal
from voting.publication import (
    CountBegun,
    InThePast,
    LaterThanAgreed,
    NotPublished,
    TooLate,
)
from voting.reconciliation import CountStopped
from voting.record_export import RecordBeingWritten, RecordNotReady
from voting.schedule import NotLater
from voting.sealed import UnknownElection
from voting.seats import NotSeated, SeatsNotNeededYet
from voting.tallying import EvidenceMissing, MarksMissing, PaperMissing

CONFLICT: Final = 409

SENTENCES: Final[Mapping[type[Exception], LazyString]] = {
    ArchiveDamaged: _(
        "Arkivpakken er skadet på disken og blir ikke gitt ut. Driften må se på det."
    ),
    ArchiveNotPacked: _("Arkivpakken er ikke pakket ennå. Prøv igjen om litt."),
    CeremonyIncomplete: _(
        "Nøkkelseremonien er ikke ferdig. Alle i komiteen må ha øvd først."
    ),
    CountBegun: _(
        "Opptellingen er startet. Da kan tiden for kunngjøringen ikke endres."
    ),
    CountAlreadyStarted: _(
        "Opptellingen er startet. Da kan papirresultatet ikke endres."
    ),
    CountStopped: _(
        "Opptellingen kan ikke starte: det er flere stemmer enn avkryssinger."
        " Se avvikene nedenfor, og ta kontakt med revisor."
    ),
    DatesOutOfOrder: _("Valget må stenge etter at det har åpnet."),
    DealerMayStay: _(
        "Det er ingen grunn til å holde seremonien uten denne nøkkelholderen nå."
    ),
    DealerMustLeave: _(
        "En nøkkelholder har åpnet en feil nøkkeldel. Seremonien kan bare begynne på"
        " nytt uten den nøkkelholderen."
    ),
    DocumentRefused: _("Noe i utkastet kan ikke stå slik. Gå gjennom det på nytt."),
    EvidenceMissing: _(
        "Stemmerettene er ikke kontrollert ennå. Det skjer av seg selv; prøv igjen om"
        " et minutt."
    ),
    ForbiddenTransition: _("Valget er kommet lenger. Last siden på nytt."),
    InThePast: _("Tiden er alt passert. Velg en senere tid."),
    LaterThanAgreed: _(
        "Den felles opptellingen er avtalt med tiden som står. De andre forbundene"
        " venter på den, så den kan bare settes tidligere."
    ),
    TooLate: _("Resultatet må bli kjent senest 90 dager etter at valget stenger."),
    LeftOutBefore: _(
        "En av dem du valgte, er satt ut av komiteen i dette valget: en seremoni kunne"
        " ikke gå videre med den nøkkelholderen. Da kan ingen komme inn igjen i samme"
        " valg."
    ),
    NotBeforeCommittee: _(
        "Innsigelser kan føres fra protokollen er ferdig til den er godkjent."
    ),
    NotPrinted: _("Dokumentet finnes ikke ennå. Prøv igjen om litt."),
    NotPublished: _("Resultatet er ikke kunngjort ennå."),
    ObjectionEmpty: _("En innsigelse har fra 1 til 4 000 tegn."),
    TooManyObjections: _("Det er ført så mange innsigelser som det er plass til."),
    HoldTooLong: _("Makuleringen kan utsettes høyst 30 dager om gangen, fra nå."),
    AlreadyDeclared: _("Den felles opptellingen er avtalt. Da kan ingen trekke seg."),
    AlreadyJoint: _(
        "Dette valget er med i en annen felles opptelling. Trekk det ut av den først."
    ),
    JointRefused: _("Avstemningene kan ikke telles sammen."),
    NotSealedYet: _("Dere kan godta når deres eget valg er forseglet."),
    ShownJoined: _("Resultatet vises bare sammen med de andre forbundenes."),
    UnknownJoint: _("Det er ingen slik felles opptelling."),
    WaitsForJoint: _("Resultatet kommer sammen med de andre forbundenes."),
    MarksMissing: _(
        "Registeret har ikke gitt sine siste tall ennå. Det skjer av seg selv; prøv"
        " igjen om et minutt."
    ),
    MoreRejectedThanOpened: _(
        "En gruppe har flere forkastede stemmesedler enn åpnede konvolutter."
    ),
    NoSuchContest: _("Saken finnes ikke lenger. Last siden på nytt."),
    NotADraft: _("Valget er forseglet eller avlyst. Da kan dette ikke endres."),
    NotClosed: _("Valget er ikke stengt, eller det er alt talt opp."),
    NotLater: _("Den nye fristen må være senere enn den som gjelder."),
    NotSeated: _("Du sitter ikke i valgkomiteen for dette valget."),
    OtherGroups: _("Papirresultatet må ha tall for alle grupper og alternativer."),
    PaperMissing: _(
        "Noen medlemmer har stemt på papir. Papirresultatet må føres inn og skrives"
        " under av to i komiteen før opptellingen kan starte."
    ),
    PracticeFixed: _(
        "Et øvingsvalg kan ikke gjøres om til et vanlig valg, og heller ikke omvendt."
        " Lag en kopi."
    ),
    ReasonMissing: _("Skriv hvorfor."),
    RecordBeingWritten: _(
        "Valgprotokollen skrives nå. Det går av seg selv; prøv igjen om litt."
    ),
    RecordNotReady: _("Protokollen er ikke godkjent ennå."),
    SeatTwice: _("To i komiteen har samme navn. Gi dem navn som kan skilles."),
    SeatsNotNeededYet: _("Nøkkelsiden kan åpnes når seremonien er startet."),
    SlugMalformed: _("Kortnavnet må ha 3 til 60 av a–z, 0–9 og bindestrek."),
    SlugTaken: _("Et annet valg har dette kortnavnet. Velg et annet."),
    ThresholdFixed: _(
        "Nøkkelen lages nå for et annet antall. Start seremonien på nytt."
    ),
    TitleMalformed: _("Tittelen må ha 1 til 200 synlige tegn."),
    UnknownElection: _("Valget finnes ikke."),
    UnknownProposal: _("Forslaget er alt avgjort eller trukket. Last siden på nytt."),
    VerifierUnavailable: _("Kontrollen svarer ikke. Prøv igjen om et minutt."),
    VotesDoNotAddUp: _(
        "Stemmene på papir går ikke opp med antallet stemmesedler. Se over tallene."
    ),
    WrongPhase: _("Det er ikke tid for dette nå. Last siden på nytt."),
}

INCOMPLETE: Final[Mapping[str, LazyString]] = {
    "approvals": _("Antallet som skal skrive under, passer ikke til komiteen."),
    "closes-in-the-past": _("Tiden for stenging er passert. Velg en senere tid."),
    "closes-too-soon": _("Det er for kort tid mellom åpning og stenging."),
    "committee-size": _("Komiteen må ha fra 3 til 9 medlemmer."),
    "contest-without-group": _(
        "En sak har ingen velgergruppe i manntallet. Rett hvem som stemmer i den."
    ),
    "group-without-contest": _(
        "En velgergruppe i manntallet har ingen sak å stemme i. Rett hvem som stemmer"
        " i sakene."
    ),
    "no-contests": _("Det er ingen saker på stemmeseddelen."),
    "published-too-late": _(
        "Tiden for kunngjøringen er mer enn 90 dager etter stenging. Sett den"
        " tidligere."
    ),
    "roll-not-frozen": _("Manntallet er ikke frosset."),
    "threshold": _("Antallet som må til for å telle, passer ikke til komiteen."),
}

REFUSALS: Final[tuple[type[Exception], ...]] = (*SENTENCES, DraftIncomplete)
"""All that `refusals_told` tells."""

_TOLD_TO_VOTERS: Final = {
    CeremonyIncomplete,
    DocumentRefused,
    NotClosed,
    UnknownElection,
    UnknownProposal,
    VerifierUnavailable,
}
"""Registered with the pages of voters and holders, in words for them."""
_NOT_FOUND: Final = {
    ShownJoined,
    UnknownJoint,
    WaitsForJoint,
    ArchiveNotPacked,
    NoSuchContest,
    NotPrinted,
    NotPublished,
    RecordNotReady,
}
_NOT_YET: Final = {ArchiveDamaged, RecordBeingWritten}
_FORBIDDEN: Final = {NotSeated}


def sentence_of(refused: Exception) -> str:
    """Return the sentence for a refusal; the text of the exception is never shown."""
    if isinstance(refused, JointRefused):
        return joint_reason(refused)
    if isinstance(refused, DraftIncomplete):
        return str(INCOMPLETE.get(refused.code, _("Utkastet er ikke ferdig.")))
    for kind in type(refused).__mro__:
        if kind in SENTENCES:
            return str(SENTENCES[kind])
    return str(_("Det gikk ikke. Last siden på nytt og prøv igjen."))


def register() -> None:
    """Tell infra.problems; for the pages that do not tell a refusal themselves."""
    for kind, sentence in SENTENCES.items():
        if kind in _TOLD_TO_VOTERS:
            continue
        status = CONFLICT
        if kind in _NOT_FOUND:
            status = 404
        elif kind in _FORBIDDEN:
            status = 403
        elif kind in _NOT_YET:
            status = 503
        register_problem(kind, status, sentence)
    register_problem(DraftIncomplete, CONFLICT, _("Utkastet er ikke ferdig."))
