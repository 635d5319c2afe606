// All that the key holders' page says. One table a language; bokmål is the source.
//
// A text may be an object by plural form, chosen by the value `n`. `{name}` is replaced.

const NB = {
  page_title: "Nøkkelsiden",
  skip: "Hopp til innholdet",
  footer: "Urne: hemmelige valg og anonyme undersøkelser for fagforeninger",
  save_page: "Lagre denne siden som fil",
  you: "Du er nøkkelholder {index} av {count}: {name}",
  practice: "Dette er en øvelse. Den avgjør ingenting.",
  offline_title: "Får ikke kontakt med serveren",
  offline: "Ingenting er tapt. Siden prøver igjen av seg selv. Ikke lukk fanen.",
  working: "Arbeider …",
  done_mark: "(gjort)",
  yes_done: "Gjort",
  awaited: "Ventes på",
  your_turn: "Din tur",
  way: "Fremdrift",
  yourself: "deg",
  of: "{done} av {all}",
  milliseconds: "under et sekund",
  seconds: { one: "omtrent {n} sekund", other: "omtrent {n} sekunder" },
  minutes: { one: "omtrent {n} minutt", other: "omtrent {n} minutter" },

  entrance_title: "Åpne nøkkelsiden",
  entrance_lead: "Her arbeider du med din nøkkeldel i en avstemning. Du trenger lenken du fikk da du trykket «Åpne nøkkelsiden» på valgets side.",
  entrance_file: "Du har åpnet siden fra en fil. Da henter den ingen programkode fra serveren, bare meldinger.",
  entrance_link: "Lenken til nøkkelsiden",
  entrance_link_hint: "Begynner med https:// og har /nokkel/ i seg. Lim inn hele lenken, så følger tilgangsnøkkelen med.",
  entrance_key: "Tilgangsnøkkel",
  entrance_key_hint: "26 tegn, det som står etter # i lenken.",
  entrance_open: "Åpne",
  entrance_link_wrong: "Lenken må ha formen https://tjener/nokkel/ og så 32 tegn. Kopier den på nytt fra valgets side.",
  entrance_key_wrong: "Tilgangsnøkkelen har 26 bokstaver og tall. Se etter at alle er med.",
  entrance_refused: "Tilgangsnøkkelen gjelder ikke lenger. Åpne nøkkelsiden på nytt fra valgets side, eller lim inn den nye lenken her.",

  step_keys: "Nøkler",
  step_words: "Ord",
  step_exchange: "Utveksling",
  step_file: "Nøkkelfil",
  step_rehearsal: "Prøve",

  passphrase: "Passordfrase",
  passphrase_hint: "Minst 16 tegn. Best er seks eller flere tilfeldige ord. Bruk den ikke andre steder.",
  passphrase_again: "Passordfrasen en gang til",
  passphrase_open_hint: "Den du valgte da du lagde nøklene.",
  passphrase_short: "Passordfrasen må ha minst 16 tegn.",
  passphrase_simple: "Passordfrasen må ha flere ulike tegn.",
  passphrase_differs: "De to passordfrasene er ikke like. Skriv dem på nytt.",
  passphrase_missing: "Skriv passordfrasen.",
  passphrase_show: "Vis passordfrasen",
  suggest: "Foreslå sju tilfeldige ord",
  suggested: "Forslag. Skriv det ned på papir før du går videre:",
  use_suggestion: "Bruk forslaget",
  keyfile: "Nøkkelfila",
  keyfile_hint: "Navnet slutter på .urnekey.",
  keyfile_missing: "Velg nøkkelfila.",
  passphrase_time: "Fila åpnes med vilje langsomt, så passordfrasen ikke kan gjettes. Det tar noen sekunder.",

  make_title: "Lag nøklene dine",
  make_lead: "Stemmene i «{title}» kan bare telles når {threshold} av {count} nøkkelholdere gjør det sammen. Nå lager nettleseren din sin del.",
  make_passphrase: "Først velger du en passordfrase. Den låser nøkkelfila du får til slutt. Mister du den, kan ingen åpne fila for deg.",
  make_time: "Det tar noen sekunder. Etterpå må fanen stå åpen til du har lagret nøkkelfila.",
  make_button: "Lag nøklene",
  make_progress: "Lager nøkler",

  wait_keys_title: "Nøklene dine er klare",
  wait_keys_lead: "Når alle har lagt inn sine, viser siden 16 ord som dere leser for hverandre. Avtal gjerne en telefon- eller videosamtale nå.",
  keep_open: "La fanen stå åpen. Lukker du den, må seremonien kanskje begynne på nytt.",

  words_title: "Les ordene for hverandre",
  words_lead: "Ring de andre, eller møtes på video eller ansikt til ansikt, men ikke gjennom denne tjenesten. La én lese ordene høyt, i rekkefølge.",
  words_why: "Like ord betyr at alle har fått de samme nøklene, og at ingen har byttet ut noen på veien. Er ett eneste ord annerledes: stopp, og si fra til arrangøren.",
  words_label: "De 16 ordene",
  words_who: "Nøkkelholdere: {names}. Det trengs {threshold} for å telle.",
  words_check: "Alle leste de samme ordene",
  words_missing: "Kryss av når alle har lest de samme ordene. Er de ulike, skal du ikke gå videre.",
  words_button: "Gå videre",
  words_differ: "Ordene er ikke like",
  words_differ_title: "Stopp her",
  words_differ_text: "Gå ikke videre, og ikke lukk fanen. Les ordene en gang til, for det kan være hørt feil. Er de fortsatt ulike, har noen byttet ut en nøkkel, eller en av dere ser på en annen avstemning. Si fra til arrangøren og revisor: seremonien må begynne på nytt.",
  words_back: "Vis ordene igjen",

  exchange_title: "Nettleserne utveksler nøkkeldeler",
  exchange_lead: "Dette går av seg selv når alle er med. Hver nettleser kontrollerer alt den får fra de andre.",
  exchange_commit: "Binde seg til sin del",
  exchange_reveal: "Vise det offentlige",
  exchange_shares: "Sende forseglede deler",
  exchange_signature: "Kontrollere og signere",
  exchange_checking: "Åpner delene dine og kontrollerer alle meldinger …",

  save_title: "Lagre nøkkelfila",
  save_lead: "Alt er kontrollert, og din del av nøkkelen er klar. Den finnes bare i denne fanen. Lagre den nå.",
  save_button: "Last ned nøkkelfila",
  save_progress: "Låser nøkkelfila",
  save_where: "Hvor du bør ha den",
  save_where_1: "På en minnepenn eller i en mappe som bare du har tilgang til. Ikke send den i e-post.",
  save_where_2: "Passordfrasen for seg, gjerne på papir et annet sted.",
  save_where_3: "Helst en kopi til: blir for mange nøkkelfiler borte, kan stemmene aldri telles.",
  saved_name: "Fila heter {name}.",

  wait_signatures_title: "Nøkkelfila er lagret",
  wait_signatures_lead: "Når alle har kontrollert sitt, prøver du fila. Finn den gjerne fram mens du venter.",
  save_again: "Last ned en gang til",

  rehearse_title: "Prøv nøkkelfila",
  rehearse_lead: "Velg fila du nettopp lagret, og skriv passordfrasen. Slik vet alle at nøkkelfilene virker, før noen stemmer.",
  rehearse_button: "Prøv nøkkelfila",
  rehearse_progress: "Åpner nøkkelfila",
  rehearse_nothing: "Har du ikke lagret noen fil, og er fanen der du lagde nøklene lukket? Da må arrangøren starte en ny seremoni.",
  rehearse_resume: "Jeg har ikke lagret fila ennå",

  rehearsed_title: "Nøkkelfila virker",
  rehearsed_lead: "Du er ferdig med seremonien. Du kan lukke siden.",
  rehearsed_wait: "De andre må også prøve sine før avstemningen kan forsegles.",
  rehearsed_all_title: "Seremonien er ferdig",
  rehearsed_all: "Alle har prøvd nøkkelfila si, og siden har kontrollert at det stemmer. Du kan lukke siden.",
  rehearsed_checking: "Kontrollerer at alle nøkkelfilene hører sammen …",
  rehearsed_keep: "Ta godt vare på nøkkelfila og passordfrasen. Du trenger begge når stemmene skal telles, og når resultatet skal godkjennes.",

  resume_title: "Fortsett seremonien",
  resume_lead: "Siden er lastet på nytt. Det du hadde, ligger låst i denne fanen. Skriv passordfrasen, så går det videre der du var.",
  resume_button: "Fortsett",
  resume_progress: "Låser opp",

  lost_title: "Nøklene dine er ikke i denne fanen",
  lost_lead: "Du har begynt på seremonien i en annen fane eller nettleser. Gå dit, hvis den ennå er åpen.",
  lost_text: "Er den lukket, er nøklene borte, og det er slik det skal være: de finnes ikke noe annet sted. Be arrangøren starte seremonien på nytt. Ingen stemmer er berørt, for avstemningen er ikke åpnet.",

  stopped_title: "Seremonien er stanset",
  stopped_lead: "{by} fikk en nøkkeldel fra {dealer} som ikke stemmer med det {dealer} har bundet seg til.",
  stopped_own: "Nettleseren din fant en nøkkeldel fra {dealer} som ikke stemmer med det {dealer} har bundet seg til, og sa fra til alle.",
  stopped_text: "Det kan være en feil i en nettleser, eller noen som vil ødelegge. Ingen nøkkel fra denne seremonien blir brukt. Arrangøren må starte en ny, og dere bør finne ut hva som skjedde hos {dealer} først.",

  alarm_title: "Stopp: noe er ikke som det skal",
  alarm_text: "Siden gjør ikke mer. Ikke lukk den, men ta vare på det som står her, og si fra til de andre nøkkelholderne, arrangøren og revisor, på telefon.",
  alarm_name: "Navnet på feilen",

  idle_title: "Ingenting å gjøre nå",
  idle_ready: "Avstemningen er forseglet og åpner {opens}. Ta godt vare på nøkkelfila og passordfrasen.",
  idle_open: "Avstemningen er åpen til {closes}. Ingen kan telle før den er lukket. Ta godt vare på nøkkelfila og passordfrasen.",
  idle_closed: "Avstemningen er lukket. Opptellingen kan begynne når registeret har levert de siste tallene og arrangøren starter den.",
  idle_signed: "Du har signert. Nå ventes det på de andre.",
  idle_approved: "Protokollen er godkjent. Nøkkelfila trengs ikke mer når klagefristen er ute, med mindre dere blir bedt om å signere noe.",
  cancelled_title: "Avstemningen er avlyst",
  cancelled: "Nøkkelfila åpner ingenting og kan slettes.",
  draft_title: "Seremonien er ikke begynt",
  draft: "Arrangøren har ikke startet nøkkelseremonien ennå. Siden følger med av seg selv.",

  count_title: "Tell opp stemmene",
  count_lead: "Nettleseren din henter hele oppslagstavla, kontrollerer den selv, regner ut summene på nytt og åpner bare dem. Enkeltstemmer blir aldri åpnet.",
  count_ballots: "Stemmesedler",
  count_time: "Tid på denne maskinen",
  count_time_wait: "Måler …",
  count_needed: "Delopptellinger",
  count_needed_of: "{done} av {all} levert",
  count_button: "Kontroller og regn ut",
  count_stage_passphrase: "Åpner nøkkelfila",
  count_stage_fetch: "Henter oppslagstavla",
  count_stage_ballots: "Kontrollerer stemmesedlene",
  count_stage_sums: "Regner ut delopptellingen",
  count_reports: "Kontrollrapporter",
  count_reports_hint: "To filer, signert av to ulike nøkkelholdere. Navnet slutter på .rapport.json.",
  count_many: "Det er flere enn 2 000 stemmesedler. Da trengs to signerte kontrollrapporter over den samme oppslagstavla i stedet for at hver nettleser venter.",
  count_reports_missing: "Velg to kontrollrapporter.",
  report_button: "Kontroller alt her og lag en rapport",
  report_done: "Rapporten er lagret som {name}. Send den til de andre nøkkelholderne.",
  count_ready_title: "Regnestykket stemmer",
  count_ready_lead: "Summene serveren viser, er de samme som nettleseren din har regnet ut.",
  count_ready_verified: "Kontrollert",
  count_ready_verified_text: { one: "{n} stemmeseddel under rot {root}", other: "{n} stemmesedler under rot {root}" },
  count_ready_units: "Summer som åpnes",
  count_unit: { one: "{n} stemmeseddel: {groups}", other: "{n} stemmesedler: {groups}" },
  count_ready_unopened: "Åpnes ikke",
  count_ready_unopened_text: "{groups}: for få stemmesedler til å åpnes",
  count_ready_none: "Ingen: det er for få stemmesedler.",
  count_ready_file: "Nøkkelfila skal huske at den har telt denne avstemningen, så ingen kan lure den til å telle en annen gang. Lagre den nye fila over den gamle, så sendes delopptellingen.",
  count_ready_button: "Lagre nøkkelfila og send",
  count_ready_send: "Send delopptellingen",
  count_ready_same: "Nøkkelfila husker alt denne opptellingen.",
  counted_title: "Delopptellingen er levert",
  counted_lead: "Resultatet kommer når {threshold} har levert. Bruk heretter den nye nøkkelfila, og slett den gamle.",

  sign_button: "Signer",
  sign_what: "Du signerer med nøkkelfila di. Signaturen blir offentlig sammen med det som står her.",
  sign_approval_title: "Godkjenn protokollen",
  sign_approval_lead: "Les tallene. Med signaturen sier du at du godkjenner dette som resultatet av «{title}».",
  sign_approval_digest: "Protokollens kontrollsum",
  sign_progress: "{signed} av {needed} har signert.",
  sign_paper_title: "Signer papirresultatet",
  sign_paper_lead: "To nøkkelholdere må gå god for tallene fra papirstemmene før opptellingen. Sammenlign med telleskjemaet.",
  sign_schedule_title: "Flytt stengetiden",
  sign_schedule_lead: "To nøkkelholdere kan la avstemningen stå åpen lenger, aldri kortere. Alle vil se det, med begrunnelsen.",
  sign_hold_title: "Utsett makuleringen",
  sign_hold_lead: "To nøkkelholdere kan utsette makuleringen av manntallet mens en klage er til behandling, i høyst 30 dager.",
  signed_done: "Signaturen er levert.",
  opens_at: "Åpner",
  new_closes_at: "Ny stengetid",
  reason: "Begrunnelse",
  until: "Utsatt til",

  turnout: "Valgdeltakelse",
  turnout_voted: "Har stemt",
  turnout_entitled: "Stemmeberettigede",
  turnout_share: "Oppslutning",
  blank: "Blank",
  column_choice: "Alternativ",
  column_digital: "Digitalt",
  column_paper: "På papir",
  column_total: "I alt",
  decision_adopted: "«{choice}» er vedtatt.",
  decision_not: "«{choice}» er ikke vedtatt.",
  decision_tie: "«{choice}» er ikke vedtatt: det ble nøyaktig likt med kravet.",
  decision_binding: "Resultatet er bindende.",
  decision_advisory: "Resultatet er rådgivende.",
  decision_rule: "Regel: {text}",
  decision_none: "Avgjøres ikke av noen regel i avstemningen.",
  decision_unknown: "Kan ikke avgjøres: stemmesedlene som ikke er åpnet, kunne ha endret utfallet.",
  unopened: { one: "{groups}: {n} stemmeseddel er ikke åpnet, for så få ville røpe hva noen har stemt.", other: "{groups}: {n} stemmesedler er ikke åpnet, for så få ville røpe hva noen har stemt." },
  discrepancies: "Avvik",
  discrepancies_none: "Ingen avvik.",
  uncounted_ballots: { one: "{group}: {n} stemmeseddel utenfor en hel rekke, teller ikke med", other: "{group}: {n} stemmesedler utenfor en hel rekke, teller ikke med" },
  unopened_envelopes: { one: "{group}: {n} konvolutt ikke åpnet, fra medlem som alt var krysset av", other: "{group}: {n} konvolutter ikke åpnet, fra medlemmer som alt var krysset av" },
  paper_marks_above_envelopes: "{group}: {n} flere avkryssinger på papir enn åpnede konvolutter",
  envelopes_above_paper_marks: "{group}: {n} flere åpnede konvolutter enn avkryssinger på papir",
  additions: "Innført i manntallet etter åpning",
  accepted_risks: "Risikoer driften har godtatt",
  period: "Åpnet og lukket",
  group: "Velgergruppe",
  column_marks: "Avkryssinger",
  column_entitled: "I manntallet",
  column_envelopes: "Åpnede konvolutter",
  column_rejected: "Forkastet",
  column_unopened: "Ikke åpnet",
  column_votes: "Stemmer",
  groups_caption: "Tall per velgergruppe",
  contest_caption: "Stemmer",
  envelopes_caption: "Konvolutter per velgergruppe",
  style_for: "Gjelder: {groups}",

  people_title: "Hvem har gjort hva",
  people_keys: "Har lagt inn nøkler",
  people_commit: "Har bundet seg til sin del",
  people_reveal: "Har vist det offentlige",
  people_shares: "Har sendt forseglede deler",
  people_signature: "Har kontrollert og signert",
  people_rehearsal: "Har prøvd nøkkelfila",
  people_words: "Har lest ordene og bundet seg",
  people_partial: "Har levert delopptelling",
  people_approval: "Har godkjent protokollen",
  people_paper: "Har signert papirresultatet",
  people_schedule: "Har signert ny stengetid",
  people_hold: "Har signert utsettelsen",
  news: "{done} av {all}: {what}",

  WrongPassphrase: "Passordfrasen passer ikke til fila. Se etter store og små bokstaver og mellomrom, og prøv igjen.",
  WrongPassphraseDraft: "Passordfrasen passer ikke. Se etter store og små bokstaver og mellomrom, og prøv igjen.",
  NotAKeyFile: "Fila er ikke en nøkkelfil, eller den er blitt endret. Velg fila som slutter på .urnekey.",
  OtherKeyFile: "Nøkkelfila hører til en annen avstemning, en tidligere seremoni eller en annen nøkkelholder. Velg den for denne avstemningen.",
  UnsupportedParameters: "Nøkkelfila er låst på en måte denne siden ikke godtar.",
  Unreachable: "Får ikke kontakt med serveren. Prøv igjen om litt.",
  OtherTally: "Nøkkelfila har alt telt denne avstemningen, med et annet resultat. Den teller ikke en gang til. Si fra til de andre nøkkelholderne og revisor.",
  TallyDiffers: "Summene serveren viser, er ikke de samme som nettleseren din har regnet ut. Ingenting er åpnet. Si fra til de andre nøkkelholderne og revisor.",
  UnitTooSmall: "En av summene gjelder for få stemmesedler til å kunne åpnes uten å røpe noen. Ingenting er åpnet.",
  ReportsMissing: "Det trengs to kontrollrapporter, signert av to ulike nøkkelholdere.",
  ReportRefused: "En av kontrollrapportene gjelder en annen oppslagstavle, eller er ikke signert av en nøkkelholder.",
  CheckpointRefused: "Oppslagstavla er ikke den som er signert. Ingenting er åpnet. Si fra til de andre nøkkelholderne og revisor.",
  BoardRefused: "Oppslagstavla har ikke det den skal ha, i riktig rekkefølge. Ingenting er åpnet. Si fra til revisor.",
  BallotRefused: "En stemmeseddel på oppslagstavla er ikke gyldig. Ingenting er åpnet. Si fra til revisor.",
  ProofRefused: "Et bevis holder ikke. Si fra til de andre nøkkelholderne og revisor.",
  BadSignature: "En signatur holder ikke. Si fra til de andre nøkkelholderne og revisor.",
  OwnKeysReplaced: "Serveren viser andre nøkler i ditt navn enn dem nettleseren din lagde.",
  KeysChanged: "Nøklene er andre enn dem dere leste ordene for.",
  CommitmentMismatch: "En nøkkelholder viste noe annet enn det vedkommende hadde bundet seg til.",
  OtherCeremony: "Avstemningen viser til en annen seremoni enn nøkkelfila er fra. Si fra til de andre nøkkelholderne og revisor.",
  OtherProtocol: "Protokollen hører til en annen avstemning.",
  DigestDiffers: "Kontrollsummen serveren viser, er ikke protokollens. Signer ikke, og si fra til revisor.",
  general: "Noe gikk galt ({name}). Last siden på nytt og prøv igjen. Går det ikke, si fra til arrangøren.",
};

const LANGUAGES = { nb: NB };
let language = "nb";

/**
 * @param {string} wanted a language's code; one that is not here leaves it as it is
 * @returns {string} the language that is spoken
 */
export function speak(wanted) {
  if (Object.hasOwn(LANGUAGES, wanted)) {
    language = wanted;
  }
  return language;
}

/**
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const found = LANGUAGES[language][key] ?? NB[key];
  if (found === undefined) {
    throw new RangeError(`no text ${key}`);
  }
  const form = typeof found === "string" ? found : found[pluralOf(values.n)];
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

/** @param {string} key @returns {boolean} */
export function hasText(key) {
  return Object.hasOwn(NB, key);
}

/** @param {number} number @returns {string} as the language writes it */
export function shownNumber(number) {
  return new Intl.NumberFormat(language).format(number);
}

/** @param {number} part @param {number} whole @returns {string} */
export function shownShare(part, whole) {
  const options = { style: "percent", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, options).format(whole === 0 ? 0 : part / whole);
}

/** @param {string} moment of §1.5 @returns {string} in Norwegian time */
export function shownTime(moment) {
  const options = { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Oslo" };
  return new Intl.DateTimeFormat(language, options).format(new Date(moment));
}

/** @param {number} milliseconds @returns {string} rounded as one says it */
export function shownDuration(milliseconds) {
  if (milliseconds < 1_000) {
    return say("milliseconds");
  }
  const seconds = milliseconds / 1_000;
  return seconds < 90
    ? say("seconds", { n: seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 10) * 10 })
    : say("minutes", { n: Math.ceil(seconds / 60) });
}

function shown(value) {
  return typeof value === "number" ? shownNumber(value) : String(value);
}

function pluralOf(number) {
  return new Intl.PluralRules(language).select(number) === "one" ? "one" : "other";
}
