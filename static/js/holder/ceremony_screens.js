// The screens of the ceremony, from keys to the rehearsed file (docs/protocol.md §3.1).

import { settled } from "./dispute_screens.js";
import {
  actions, alert, button, element, facts, lead, list, paragraph, wordGrid,
} from "./elements.js";
import { keyFileName, readBytes, saveFile } from "./files.js";
import { Field, keyFileField, ownerField, passphraseField, taskForm } from "./forms.js";
import { faultOf } from "./passphrases.js";
import { wordsFor, wordsForFile } from "./refusal_words.js";
import { doneIn, isComplete, isMine } from "./stages.js";
import { say } from "./texts.js";

const EXCHANGE = ["commit", "reveal", "shares", "signature"];

/** @param {object} desk @returns {{title: string, body: Node[], changing: string}} */
export function makeKeys(desk) {
  const { election, holders, threshold } = desk.state;
  const first = passphraseField(say("passphrase"), say("passphrase_hint"), "new-password");
  const again = passphraseField(say("passphrase_again"), null, "new-password");
  const reveal = new Field(say("passphrase_show"), { type: "checkbox" });
  reveal.input.addEventListener("change", () => {
    [first, again].forEach(({ input }) => {
      input.type = reveal.input.checked ? "text" : "password";
    });
  });
  const form = taskForm({
    text: say("make_button"),
    content: [ownerField(desk.state), suggestion(desk, [first, again]), first.root, again.root, reveal.root,
      paragraph(say("make_time"), "subtle small")],
    fields: [first, again],
    check: () => passphraseFaults(first, again),
    work: async (show) => {
      const { ceremony, seat } = desk.state;
      const details = {
        seat: { ceremony: ceremony.ceremony, index: seat.index, name: seat.name },
        passphrase: first.input.value,
      };
      const told = (_, done) => show(say("make_progress"), done);
      desk.take(ceremony.ceremony, await desk.vault("begin", details, told));
      await desk.refresh();
    },
    explain: wordsFor,
  });
  const values = { title: election.title, threshold, count: holders.length };
  return {
    title: say("make_title"),
    changing: desk.state.ceremony.ceremony,
    body: [lead(say("make_lead", values)), paragraph(say("make_passphrase")), form],
  };
}

function suggestion(desk, fields) {
  const place = element("div", { class: "stack", "data-space": "sm", role: "status" });
  const show = async () => {
    const words = await desk.vault("suggest");
    place.replaceChildren(
      paragraph(say("suggested")),
      element("p", { class: "suggestion" }, words),
      button(say("use_suggestion"), () => {
        fields.forEach(({ input }) => {
          input.value = words;
        });
      }, "secondary"),
    );
  };
  return element("div", { class: "stack", "data-space": "sm" },
    actions(button(say("suggest"), show, "secondary")), place);
}

function passphraseFaults(first, again) {
  const fault = faultOf(first.input.value, again.input.value);
  if (fault === null) {
    return [];
  }
  return [[fault === "passphrase_differs" ? again : first, say(fault)]];
}

/** @returns {{title: string, body: Node[]}} */
export function waitKeys() {
  return {
    title: say("wait_keys_title"),
    body: [lead(say("wait_keys_lead")), alert("warning", "", say("keep_open"))],
  };
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function words(desk) {
  const { words: shown, names, threshold } = desk.own.words;
  const body = element("div", { class: "stack" });
  const box = new Field(say("words_check"), { type: "checkbox" });
  const stop = button(say("words_differ"), () => showDifference(body, form), "secondary");
  const form = taskForm({
    text: say("words_button"),
    content: [
      wordGrid(shown),
      paragraph(say("words_who", { names: names.join(", "), threshold }), "small subtle"),
      box.root,
    ],
    fields: [box],
    check: () => (box.input.checked ? [] : [[box, say("words_missing")]]),
    work: () => confirm(desk, shown),
    explain: wordsFor,
    more: [stop],
  });
  body.append(form);
  return {
    title: say("words_title"),
    changing: shown.join(" "),
    body: [lead(say("words_lead")), paragraph(say("words_why")), body],
  };
}

async function confirm(desk, shown) {
  const { ceremony: document } = desk.state;
  const { entry } = desk.own;
  try {
    const { draft } = await desk.vault("confirm", { document, words: shown });
    desk.take(document.ceremony, { entry, draft, isConfirmed: true });
  } catch (error) {
    if (desk.isCurrent(document.ceremony)) {
      desk.sound(error);
      return;
    }
  }
  await desk.refresh();
}

function showDifference(body, form) {
  const warning = alert("danger", say("words_differ_title"), say("words_differ_text"),
    actions(button(say("words_back"), () => body.replaceChildren(form), "secondary")));
  warning.tabIndex = -1;
  body.replaceChildren(warning);
  warning.focus();
}

/** @param {object} desk @returns {{title: string, body: Node[], changing: string}} */
export function exchange(desk) {
  const { state } = desk;
  const rows = EXCHANGE.map((round) => {
    const done = doneIn(state, round).size;
    const all = state.holders.length;
    return [say(`exchange_${round}`), say("of", { done, all })];
  });
  const isChecking = isComplete(state, "shares") && !isMine(state, "signature");
  return {
    title: say("exchange_title"),
    changing: JSON.stringify([rows, isChecking, state.disputes.length]),
    body: [
      lead(say("exchange_lead")),
      ...settled(state),
      facts(rows),
      isChecking ? paragraph(say("exchange_checking")) : null,
      alert("warning", "", say("keep_open")),
    ],
  };
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function save(desk) {
  const form = taskForm({
    text: say("save_button"),
    content: [
      element("h2", {}, say("save_where")),
      list([say("save_where_1"), say("save_where_2"), say("save_where_3")]),
    ],
    fields: [],
    check: () => [],
    work: (show) => saveKeyFile(desk, show),
    explain: wordsFor,
  });
  return { title: say("save_title"), body: [lead(say("save_lead")), form] };
}

async function saveKeyFile(desk, show) {
  const { election, seat } = desk.state;
  const told = (_, done) => show(say("save_progress"), done);
  const { file } = await desk.vault("keyFile", desk.dealt, told);
  const name = keyFileName(seat.name, election.slug);
  saveFile(file, name);
  desk.noteSaved(name);
  await desk.refresh();
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function waitSignatures(desk) {
  if (desk.own.savedAs === null) {
    return {
      title: say("wait_file_title"),
      body: [lead(say("wait_file_lead")), paragraph(say("rehearse_nothing"), "small subtle")],
    };
  }
  return {
    title: say("wait_signatures_title"),
    body: [lead(say("wait_signatures_lead")), savedName(desk), keepOpen(desk), ...otherWays(desk)],
  };
}

// Until all have signed, somebody may complain of a share that is dealt from here.
function keepOpen({ own }) {
  return own.hasPart || own.hasDraft ? alert("warning", "", say("keep_open_signed")) : null;
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function rehearse(desk) {
  const file = keyFileField();
  const phrase = passphraseField(say("passphrase"), say("passphrase_open_hint"), "current-password");
  const form = taskForm({
    text: say("rehearse_button"),
    content: [ownerField(desk.state), file.root, phrase.root],
    fields: [file, phrase],
    check: () => openingFaults(file, phrase),
    work: (show) => rehearseFile(desk, file, phrase, show),
    explain: wordsForFile,
  });
  return {
    title: say("rehearse_title"),
    body: [lead(say("rehearse_lead")), savedName(desk), form, ...otherWays(desk)],
  };
}

async function rehearseFile(desk, file, phrase, show) {
  const { ceremony: document, seat, signatures } = desk.state;
  const { entry } = await desk.vault("rehearse", {
    ceremony: { document, signatures },
    file: await readBytes(file.input.files[0]),
    index: seat.index,
    passphrase: phrase.input.value,
  }, (_, done) => show(say("rehearse_progress"), done));
  await desk.server.post("/rehearsal", entry);
  await desk.leaveCeremony();
  await desk.refresh();
}

function otherWays(desk) {
  if (desk.own.hasPart) {
    return saveAgain(desk);
  }
  if (!desk.own.hasDraft) {
    return [paragraph(say("rehearse_nothing"), "small subtle")];
  }
  return [actions(button(say("rehearse_resume"), () => {
    desk.own.wantsDraft = true;
    desk.refresh();
  }, "tertiary"))];
}

function saveAgain(desk) {
  return desk.own.hasPart ? [taskForm({
    text: say("save_again"),
    content: [],
    fields: [],
    check: () => [],
    work: (show) => saveKeyFile(desk, show),
    explain: wordsFor,
    isQuiet: true,
  })] : [];
}

function savedName(desk) {
  return desk.own.savedAs === null
    ? null : paragraph(say("saved_name", { name: desk.own.savedAs }), "small subtle");
}

/** @param {object} desk @returns {{title: string, body: Node[], changing: string}} */
export function rehearsed(desk) {
  const isWhole = isComplete(desk.state, "rehearsal");
  const isVerified = isWhole && desk.own.isVerified;
  const told = isVerified ? say("rehearsed_all")
    : say(isWhole ? "rehearsed_checking" : "rehearsed_wait");
  return {
    title: say(isVerified ? "rehearsed_all_title" : "rehearsed_title"),
    changing: String([isWhole, isVerified]),
    body: [
      lead(isVerified ? told : say("rehearsed_lead")),
      isVerified ? null : paragraph(told),
      alert("info", "", say("rehearsed_keep")),
    ],
  };
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function resume(desk) {
  const phrase = passphraseField(say("passphrase"), say("passphrase_open_hint"), "current-password");
  const form = taskForm({
    text: say("resume_button"),
    content: [ownerField(desk.state), phrase.root, paragraph(say("passphrase_time"), "subtle small")],
    fields: [phrase],
    check: () => (phrase.input.value ? [] : [[phrase, say("passphrase_missing")]]),
    work: async (show) => {
      const { ceremony } = desk.state.ceremony;
      const details = { draft: desk.draft, passphrase: phrase.input.value };
      const told = (_, done) => show(say("resume_progress"), done);
      desk.take(ceremony, await desk.vault("resume", details, told));
      desk.own.wantsDraft = false;
      await desk.refresh();
    },
    explain: (error) => (error.name === "WrongPassphrase"
      ? say("WrongPassphraseDraft") : wordsFor(error)),
  });
  return { title: say("resume_title"), body: [lead(say("resume_lead")), form] };
}

/** @param {Field} file @param {Field} phrase @returns {Array<[Field, string]>} what is missing */
export function openingFaults(file, phrase) {
  return [
    ...(file.input.files.length === 1 ? [] : [[file, say("keyfile_missing")]]),
    ...(phrase.input.value ? [] : [[phrase, say("passphrase_missing")]]),
  ];
}
