// Papers to sign: what is signed stands above the button, in words (§3.6, §4.5, §4.8).

import { openingFaults } from "./ceremony_screens.js";
import { element, facts, lead, paragraph } from "./elements.js";
import { readBytes } from "./files.js";
import { keyFileField, ownerField, passphraseField, taskForm } from "./forms.js";
import { showPaper, showProtocol } from "./protocol_view.js";
import { wordsForFile } from "./refusal_words.js";
import { openTask } from "./stages.js";
import { say, shownTime } from "./texts.js";

const SHOWN = {
  approval: ({ protocol, digest }, manifest) => [
    ...showProtocol(protocol, manifest),
    facts([[say("sign_approval_digest"), element("code", { class: "code" }, digest)]]),
  ],
  paper: ({ document }, manifest) => showPaper(document, manifest),
  schedule: ({ opens_at: opens, closes_at: closes, reason }) => [facts([
    [say("opens_at"), shownTime(opens)],
    [say("new_closes_at"), shownTime(closes)],
    [say("reason"), reason],
  ])],
  hold: ({ until, reason }) => [facts([
    [say("until"), shownTime(until)],
    [say("reason"), reason],
  ])],
};

/**
 * @param {object} desk whose manifest has been read
 * @returns {{title: string, body: Node[], changing: string}}
 */
export function sign(desk) {
  const task = openTask(desk.state);
  const { manifest } = desk.sealed;
  const values = { title: manifest.title };
  const signed = { signed: task.signed_by.length, needed: task.needed };
  return {
    title: say(`sign_${task.kind}_title`),
    // Another's signature changes a number, not what is read and typed here.
    changing: JSON.stringify({ ...task, signed_by: null }),
    body: [
      lead(say(`sign_${task.kind}_lead`, values)),
      ...SHOWN[task.kind](task, manifest),
      paragraph(say("sign_what"), "small subtle"),
      paragraph(say("sign_progress", signed), "small subtle"),
      signForm(desk, task),
    ],
  };
}

function signForm(desk, task) {
  const file = keyFileField();
  const phrase = passphraseField(say("passphrase"), null, "current-password");
  return taskForm({
    text: say("sign_button"),
    content: [ownerField(desk.state), file.root, phrase.root, paragraph(say("passphrase_time"), "small subtle")],
    fields: [file, phrase],
    check: () => openingFaults(file, phrase),
    work: (show) => signWith(desk, task, { file, phrase }, show),
    explain: wordsForFile,
  });
}

async function signWith(desk, task, { file, phrase }, show) {
  if (task.kind === "approval") {
    await requireSameDigest(desk, task);
  }
  await desk.vault("unlock", {
    file: await readBytes(file.input.files[0]),
    index: desk.state.seat.index,
    passphrase: phrase.input.value,
    sealed: desk.sealed,
  }, (_, done) => show(say("count_stage_passphrase"), done));
  const { signature } = await desk.vault("sign", { task });
  await desk.vault("forget");
  await desk.server.post("/sign", { kind: task.kind, number: task.number, signature });
  await desk.refresh();
}

// What is signed is the digest of what is shown; the server's is only compared with it.
async function requireSameDigest(desk, { digest, protocol }) {
  if (await desk.vault("digest", { protocol }) !== digest) {
    const differs = new Error();
    differs.name = "DigestDiffers";
    throw differs;
  }
}
