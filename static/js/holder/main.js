// The key holders' page: finds the seat, and shows one screen at a time.

import { startVault } from "./ask_vault.js";
import * as ceremony from "./ceremony_screens.js";
import { openShare, stopped } from "./dispute_screens.js";
import {
  dropConnection, isSavedPage, keepConnection, takeConnection,
} from "./connection.js";
import { count, countEnough, countReady, counted } from "./count_screens.js";
import { Desk } from "./desk.js";
import { alert, element, lead, steps } from "./elements.js";
import { entrance } from "./entrance.js";
import { showHelp } from "./help.js";
import { chooseLanguage, languageButtons } from "./languages.js";
import { awaitedNow, showPeople } from "./people.js";
import { wordsFor } from "./refusal_words.js";
import { Server } from "./server.js";
import * as standing from "./standing_screens.js";
import { sign } from "./task_screens.js";
import { say } from "./texts.js";

const SCREENS = {
  "make-keys": ceremony.makeKeys,
  "wait-keys": ceremony.waitKeys,
  words: ceremony.words,
  exchange: ceremony.exchange,
  save: ceremony.save,
  "wait-signatures": ceremony.waitSignatures,
  rehearse: ceremony.rehearse,
  rehearsed: ceremony.rehearsed,
  resume: ceremony.resume,
  lost: standing.lost,
  "open-share": openShare,
  stopped,
  alarm: standing.alarm,
  cancelled: standing.cancelled,
  draft: standing.draft,
  signed: standing.signed,
  count,
  "count-enough": countEnough,
  "count-ready": countReady,
  counted,
  sign,
};
// The step of the ceremony that a stage belongs to, from 1.
const STEPS = ["keys", "words", "exchange", "file", "rehearsal"];
const STEP_OF = {
  "make-keys": 1, "wait-keys": 1, words: 2, exchange: 3, stopped: 3, "open-share": 3, save: 4,
  "wait-signatures": 4, rehearse: 5, rehearsed: 6,
};

const places = Object.fromEntries(["screen", "people", "steps", "notice", "who", "news", "help"]
  .map((name) => [name, document.getElementById(name)]));
const vault = startVault();
let desk = null;
let shown = null;
let news = null;

start();

function start() {
  chooseLanguage();
  showFrame();
  document.getElementById("save_page").hidden = isSavedPage();
  const connection = takeConnection();
  if (connection === null) {
    showEntrance(false);
  } else {
    connect(connection);
  }
  globalThis.addEventListener("hashchange", () => location.reload());
  globalThis.addEventListener("beforeunload", (event) => {
    if (desk?.isAtStake) {
      event.preventDefault();
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && desk !== null && desk.alarm === null) {
      desk.refresh();
    }
  });
}

// What stands around the screen, in the language that is spoken.
function showFrame() {
  ["skip", "footer", "save_page", "brand"].forEach((name) => {
    document.getElementById(name).textContent = say(name);
  });
  document.getElementById("languages").replaceChildren(...languageButtons(speakAnew));
}

function speakAnew() {
  showFrame();
  [shown, news] = [null, null];
  places.notice.replaceChildren();
  if (desk === null) {
    showEntrance(false);
  } else {
    show();
  }
  // The buttons were drawn anew as well: whoever pressed one stays where they were.
  document.querySelector("#languages [aria-current]").focus();
}

function connect(connection) {
  keepConnection(connection);
  desk = new Desk(new Server(connection), vault, show);
  return desk.refresh();
}

function showEntrance(isRefused) {
  desk = null;
  put("entrance", entrance(connect, isRefused));
  [places.people, places.steps, places.who, places.notice, places.help]
    .forEach((place) => place.replaceChildren());
}

function show() {
  if (desk === null) {
    return;
  }
  if (desk.refusal !== null) {
    dropConnection();
    showEntrance(true);
    return;
  }
  showNotice();
  if (desk.state === null) {
    showStateless();
    return;
  }
  const { stage } = desk;
  if (stage === "sign" && desk.sealed === null) {
    desk.readSealed().then(show, () => {});
    return;
  }
  showWho();
  showSteps(stage);
  put(stage, (SCREENS[stage] ?? standing.idle)(desk));
  places.people.replaceChildren(...[showPeople(desk.state)].filter((part) => part !== null));
  showHelpOnce();
  tellNews();
}

// Before anything that was told has held good.
function showStateless() {
  if (desk.alarm === null) {
    put("waiting", { title: say("page_title"), body: [lead(say("working"))] });
  } else {
    put("alarm", standing.alarm(desk));
  }
}

// A screen stays as it is while its stage and what it shows do: nothing typed is lost.
function put(stage, { title, body, changing = "" }) {
  const key = `${stage} ${changing}`;
  if (key === shown) {
    return;
  }
  const isOther = shown === null || shown.split(" ")[0] !== stage;
  const heading = element("h1", { tabindex: "-1" }, title);
  places.screen.replaceChildren(heading, ...body.filter((part) => part !== null));
  document.title = `${title} – Urne`;
  // Who cannot see that the screen has changed hears its heading.
  if (shown !== null && isOther) {
    heading.focus();
  }
  shown = key;
}

function showWho() {
  const { election, holders, practice, seat } = { ...desk.state, ...desk.state.election };
  places.who.replaceChildren(
    element("p", { class: "kicker" }, election.title),
    element("p", { class: "small subtle" },
      say("you", { index: seat.index, count: holders.length, name: seat.name })),
    ...(practice ? [alert("warning", "", say("practice"))] : []),
  );
}

// Drawn anew only when it says something else: who has opened it, reads on.
function showHelpOnce() {
  const help = showHelp(desk.state);
  if (help?.textContent !== (places.help.textContent || undefined)) {
    places.help.replaceChildren(...(help === null ? [] : [help]));
  }
}

function showSteps(stage) {
  const labels = STEPS.map((step) => say(`step_${step}`));
  places.steps.replaceChildren(...(stage in STEP_OF ? [steps(labels, STEP_OF[stage])] : []));
}

function showNotice() {
  const { trouble } = desk;
  const parts = [];
  if (trouble !== null) {
    parts.push(trouble.name === "Unreachable"
      ? alert("warning", say("offline_title"), say("offline")) : alert("warning", "", wordsFor(trouble)));
  }
  if (places.notice.childElementCount !== parts.length) {
    places.notice.replaceChildren(...parts);
  }
}

function tellNews() {
  const awaited = awaitedNow(desk.state);
  const told = awaited === null
    ? "" : say("news", { what: awaited.what, done: awaited.done.size, all: desk.state.holders.length });
  if (news !== null && told !== news) {
    places.news.textContent = told;
  }
  news = told;
}
