"""How refusals, states and findings are told to officials.

Importing this module registers the refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from accounts.passes import PassRefused
from accounts.roles import Role
from infra.keystore import KeyDestroyed
from infra.problems import register_problem
from register.columns import NO_HEADINGS
from register.contacts import ForeignLetters, MalformedAddress
from register.issuers import NoVerifierKey
from register.mail_templates import (
    BodyMalformed,
    LoneBrace,
    MissingField,
    RepeatedLink,
    SubjectMalformed,
    TemplateRefused,
    UnknownField,
)
from register.practice import NotForPractice, NotOverYet
from register.refusals import AlreadyUsed, ElectionNotOpen, VotesOnPaper
from register.resends import NoAddress, NotInDoubt, ReasonNeeded
from register.roll import EntryNotFound, RollEmpty, RollFrozen, UnknownRoll
from register.roll_findings import Notice, RowError
from register.roll_import import NothingToUndo
from register.roll_phases import (
    MessageState,
    RollPhase,
    SendingKind,
    SendingState,
)
from register.roll_readings import ReadingNotReady
from register.roll_tables import ReadingState
from register.roll_uploads import UploadGone
from register.roll_wording import (
    FIELD_NAMES,
    PROBLEMS,
    REFUSALS,
    REMARKS,
    UNPOINTED,
    Sentence,
)
from register.rollfile_refusals import (
    BrokenQuoting,
    MissingColumns,
    RollFileRefused,
    RollHasErrors,
    TooLarge,
    TooManyGroups,
)
from register.sending import (
    NothingToSend,
    RecipientsChanged,
    SendingInProgress,
    UnknownSending,
    WrongSendingState,
)
from register.sending_rules import ChoosingFailed
from register.views import correction_words
from register.views.sending_words import SENTENCES
from register.voting_codes import AlreadyMarked

Told = tuple[str, str]
"""What is wrong, and what to do about it."""

_CONFLICT: Final = 409

_SENTENCES: Final[Mapping[type[Exception], tuple[int, LazyString]]] = {
    UnknownRoll: (
        404,
        _(
            "Registeret har ikke noe manntall for dette valget. Er valget nettopp"
            " laget, så last siden på nytt om et øyeblikk."
        ),
    ),
    UnknownSending: (404, _("Utsendingen finnes ikke.")),
    KeyDestroyed: (410, _("Manntallet er makulert.")),
    RollFrozen: (
        _CONFLICT,
        _("Manntallet er frosset. Ingen kan føres inn eller strykes på denne måten."),
    ),
    RollEmpty: (_CONFLICT, _("Manntallet er tomt. Last opp en fil først.")),
    NoVerifierKey: (
        _CONFLICT,
        _(
            "Tjenesten har ikke meldt fra om nøkkelen som stemmerettene kontrolleres"
            " med. Prøv igjen om et minutt."
        ),
    ),
    NothingToUndo: (
        _CONFLICT,
        _("Det er ingen import å angre. Noen har kanskje angret den alt."),
    ),
    ReadingNotReady: (
        _CONFLICT,
        _("Filen er ikke ferdig lest, eller den er alt bekreftet. Vent litt."),
    ),
    UploadGone: (
        _CONFLICT,
        _("Filen er ikke lenger hos oss. Last den opp på nytt."),
    ),
    EntryNotFound: (404, _("Ingen i manntallet har dette medlemsnummeret.")),
    ReasonNeeded: (422, _("Skriv en begrunnelse på 5 til 500 tegn.")),
    NotForPractice: (
        _CONFLICT,
        _("Bare manntallet til et øvingsvalg kan makuleres før tiden."),
    ),
    NotOverYet: (
        _CONFLICT,
        _("Øvelsen er ikke over, eller den er alt makulert. Last siden på nytt."),
    ),
    NoAddress: (
        _CONFLICT,
        _("Medlemmet har ingen e-postadresse. Skriv en for å sende lenken."),
    ),
    ForeignLetters: (
        422,
        _("E-postadressen har andre bokstaver enn a–z foran krøllalfaen."),
    ),
    MalformedAddress: (422, _("Dette er ikke én gyldig e-postadresse.")),
    NotInDoubt: (
        _CONFLICT,
        _("Meldingen er ikke lenger usikker. Noen har kanskje avgjort den."),
    ),
    AlreadyMarked: (
        _CONFLICT,
        _(
            "Stemmeretten er brukt, og da hjelper ingen ny lenke. Medlemmet kan"
            " fullføre med lenken som ble brukt. Er den borte, kan ingen hjelpe uten"
            " å bryte hemmeligholdet."
        ),
    ),
    AlreadyUsed: (
        _CONFLICT,
        _("Stemmeretten er brukt digitalt. Konvolutten skal ligge uåpnet."),
    ),
    VotesOnPaper: (_CONFLICT, _("Medlemmet er alt krysset av på papir.")),
    NothingToSend: (_CONFLICT, _("Ingen ville fått e-posten. Ingenting er sendt.")),
    ChoosingFailed: (
        500,
        _(
            "Mottakerne kunne ikke velges ut: noe feilet i systemet. Ingenting er"
            " sendt, og utsendingen er fortsatt et utkast. Prøv igjen, og si fra til"
            " den som drifter tjenesten hvis det skjer på nytt."
        ),
    ),
    RecipientsChanged: (
        _CONFLICT,
        _("Antallet mottakere stemmer ikke. Se på tallet og bekreft på nytt."),
    ),
    SendingInProgress: (
        _CONFLICT,
        _("En annen utsending er ikke ferdig. Fullfør eller stopp den først."),
    ),
    WrongSendingState: (
        _CONFLICT,
        _("Utsendingen er kommet lenger, så dette kan ikke gjøres nå."),
    ),
}

_NOT_OPEN: Final = _(
    "Dette kan ikke gjøres nå: E-post sendes fra valget er forseglet til fristen er"
    " ute, påminnelser først når det har åpnet, og papirkryss settes fra åpningen til"
    " urnen er lukket."
)

_TOLD_TO_VOTERS: Final = frozenset({AlreadyUsed, VotesOnPaper})
"""Have a sentence of their own for voters; these are for officials."""

_ALL_SENTENCES: Final = {**_SENTENCES, **SENTENCES, **correction_words.SENTENCES}

for _refusal, (_status, _sentence) in _ALL_SENTENCES.items():
    if _refusal not in _TOLD_TO_VOTERS:
        register_problem(_refusal, _status, _sentence)
register_problem(PassRefused, 403, _("Du må logge inn på nytt."))

KINDS: Final[Mapping[SendingKind, LazyString]] = {
    SendingKind.INVITATION: _("Innbydelse"),
    SendingKind.REMINDER: _("Påminnelse"),
    SendingKind.RESEND: _("Ny lenke"),
    SendingKind.LATE: _("Innbydelse til sent innført"),
    SendingKind.NOTICE: _("Melding etter avslutning"),
}

SENDING_STATES: Final[Mapping[SendingState, tuple[LazyString, str]]] = {
    SendingState.DRAFT: (_("Kladd"), "neutral"),
    SendingState.SCHEDULED: (_("Planlagt"), "info"),
    SendingState.RUNNING: (_("Sendes"), "info"),
    SendingState.PAUSED: (_("Satt på pause"), "warning"),
    SendingState.STOPPED: (_("Stoppet"), "warning"),
    SendingState.DONE: (_("Ferdig"), "success"),
}

MESSAGE_STATES: Final[Mapping[MessageState, tuple[LazyString, str]]] = {
    MessageState.QUEUED: (_("I kø"), "neutral"),
    MessageState.SENDING: (_("Sendes"), "info"),
    MessageState.SENT: (_("Sendt"), "success"),
    MessageState.DELIVERED: (_("Levert"), "success"),
    MessageState.BOUNCED: (_("Kom i retur"), "danger"),
    MessageState.UNCERTAIN: (_("Usikker"), "warning"),
    MessageState.REFUSED: (_("Avvist"), "danger"),
    MessageState.REPLACED: (_("Usikker, ny er sendt"), "neutral"),
    MessageState.WITHDRAWN: (_("Ikke sendt"), "neutral"),
}

READING_STATES: Final[Mapping[ReadingState, LazyString]] = {
    ReadingState.WAITING: _("Filen venter på å bli lest"),
    ReadingState.CHECKING: _("Filen blir kontrollert"),
    ReadingState.COMPARING: _("Filen blir sammenlignet med manntallet"),
    ReadingState.READY: _("Filen er lest"),
    ReadingState.IMPORTING: _("Manntallet blir oppdatert"),
    ReadingState.DONE: _("Manntallet er oppdatert"),
}

PHASES: Final[Mapping[RollPhase, tuple[LazyString, str]]] = {
    RollPhase.DRAFT: (_("Kladd"), "neutral"),
    RollPhase.FROZEN: (_("Frosset"), "info"),
    RollPhase.SEALED: (_("Forseglet"), "info"),
    RollPhase.OPEN: (_("Åpent for stemmer"), "success"),
    RollPhase.CLOSED: (_("Lukket"), "warning"),
    RollPhase.APPROVED: (_("Godkjent"), "success"),
    RollPhase.CANCELLED: (_("Avlyst"), "danger"),
    RollPhase.SHREDDED: (_("Makulert"), "neutral"),
}

MARKS: Final[Mapping[str, tuple[LazyString, str]]] = {
    "none": (_("Stemmeretten er ikke brukt"), "neutral"),
    "digital": (_("Stemmeretten er brukt digitalt"), "success"),
    "paper": (_("Krysset av på papir"), "success"),
}

ROLES: Final[Mapping[Role, LazyString]] = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.ORGANISER: _("Arrangør"),
    Role.COMMITTEE: _("Valgkomité"),
    Role.AUDITOR: _("Revisor"),
    Role.DISTRICT_CONTACT: _("Kretskontakt"),
    Role.SURVEY_DESIGNER: _("Undersøkelsesansvarlig"),
}


def told_refusals() -> tuple[type[Exception], ...]:
    """Return the refusals that a page tells in a sentence of its own."""
    return (*_ALL_SENTENCES, ElectionNotOpen, TemplateRefused)


def sentence_of(refused: Exception) -> str:
    """Return a refusal's sentence for officials."""
    if isinstance(refused, ElectionNotOpen):
        return str(_NOT_OPEN)
    for kind in type(refused).__mro__:
        if kind in _ALL_SENTENCES:
            return str(_ALL_SENTENCES[kind][1])
    if isinstance(refused, TemplateRefused):
        return template_sentence(refused)
    raise refused


def template_sentence(refused: TemplateRefused) -> str:
    """Say what is wrong with a text for a mail."""
    if isinstance(refused, MissingField):
        words = gettext("Teksten må ha feltet {%(field)s}.", field=refused.field)
    elif isinstance(refused, UnknownField):
        words = gettext("Feltet {%(field)s} kan ikke stå her.", field=refused.field)
    elif isinstance(refused, RepeatedLink):
        words = gettext("Feltet {lenke} kan bare stå én gang.")
    elif isinstance(refused, LoneBrace):
        words = gettext("En krøllparentes står alene. Felt skrives slik: {frist}.")
    elif isinstance(refused, SubjectMalformed):
        words = gettext("Emnet må være én linje på 1 til 150 tegn.")
    else:
        assert isinstance(refused, BodyMalformed)  # noqa: S101 - the last of its kind
        words = gettext("Teksten må ha 1 til 6000 vanlige tegn.")
    return str(words)


def file_sentence(refused: RollFileRefused) -> Told:
    """Say why a roll file cannot be read, and what to do."""
    kinds = (kind for kind in type(refused).__mro__ if kind in REFUSALS)
    sentence = REFUSALS[next(kinds)]
    parameters: dict[str, object] = {}
    if isinstance(refused, TooLarge | TooManyGroups):
        parameters["limit"] = refused.limit
    elif isinstance(refused, BrokenQuoting):
        parameters["line"] = refused.line
    elif isinstance(refused, RollHasErrors):
        parameters["count"] = refused.count
    elif isinstance(refused, MissingColumns):
        if refused.line == NO_HEADINGS:
            sentence = UNPOINTED
        missing = (gettext(FIELD_NAMES[each]) for each in refused.missing)
        parameters.update(line=refused.line, missing=", ".join(missing))
    return _tell(sentence, parameters)


def error_sentence(error: RowError) -> Told:
    """Say what is wrong with a row, and what to do."""
    return _tell(PROBLEMS[error.problem], error.parameters)


def notice_sentence(notice: Notice) -> Told:
    """Say what there is to notice, and what to do."""
    return _tell(REMARKS[notice.remark], notice.parameters)


def _tell(sentence: Sentence, parameters: Mapping[str, object]) -> Told:
    wrong = str(gettext(sentence.wrong))
    return wrong % parameters if parameters else wrong, str(gettext(sentence.remedy))
