// The screens of the count: verify, reckon, save the file that remembers, hand in (§3.5).

import { openingFaults } from "./ceremony_screens.js";
import { alert, element, facts, lead, list, paragraph } from "./elements.js";
import { keyFileName, readBytes, reportName, saveFile } from "./files.js";
import { Field, keyFileField, ownerField, passphraseField, taskForm } from "./forms.js";
import { wordsFor, wordsForFile } from "./refusal_words.js";
import { say, shownDuration, shownNumber } from "./texts.js";

const MOST_VERIFIED_BALLOTS = 2_000;
const REPORTS_NEEDED = 2;
const ROOT_SYMBOLS = 12;
// Points of a slot (two of the ciphertext, four commitments), of a contest's sum and of
// the ballot itself; and how much longer a point takes to check than to decode.
const POINTS_PER_SLOT = 6;
const POINTS_PER_SUM = 2;
const POINTS_PER_BALLOT = 3;
const WORK_PER_POINT = 4;
const POINTS_READ_PER_SLOT = 2;

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function count(desk) {
  const { count: { ballots, partials }, threshold } = desk.state;
  const isLarge = ballots > MOST_VERIFIED_BALLOTS;
  const file = keyFileField();
  const phrase = passphraseField(say("passphrase"), null, "current-password");
  const reports = isLarge ? reportsField() : null;
  const form = taskForm({
    text: say("count_button"),
    content: [ownerField(desk.state), file.root, phrase.root, reports?.root ?? null,
      paragraph(say("passphrase_time"), "small subtle")],
    fields: [file, phrase, ...(isLarge ? [reports] : [])],
    check: () => [...openingFaults(file, phrase), ...reportFaults(reports)],
    work: (show) => countBoard(desk, { file, phrase, reports }, show),
    explain: wordsForFile,
  });
  const time = element("span", {}, say("count_time_wait"));
  estimate(desk, isLarge).then((text) => time.replaceChildren(text), () => {});
  return {
    title: say("count_title"),
    body: [
      lead(say("count_lead")),
      facts([
        [say("count_ballots"), shownNumber(ballots)],
        [say("count_time"), time],
        [say("count_needed"), say("count_needed_of", { done: partials.length, all: threshold })],
      ]),
      isLarge ? alert("info", "", say("count_many")) : null,
      form,
      isLarge ? reportForm(desk, { file, phrase }) : null,
    ],
  };
}

function reportsField() {
  return new Field(say("count_reports"), {
    type: "file", accept: ".json", multiple: true,
  }, say("count_reports_hint"));
}

function reportFaults(reports) {
  const isMissing = reports !== null && reports.input.files.length < REPORTS_NEEDED;
  return isMissing ? [[reports, say("count_reports_missing")]] : [];
}

function reportForm(desk, { file, phrase }) {
  const told = element("div", { role: "status" });
  return element("div", { class: "stack" }, told, taskForm({
    text: say("report_button"),
    content: [],
    fields: [file, phrase],
    check: () => openingFaults(file, phrase),
    work: async (show) => {
      const record = await openAndFetch(desk, { file, phrase }, show);
      const { report } = await desk.vault("report", record, shower(show));
      const name = reportName(desk.state.seat.name, desk.state.election.slug);
      saveFile(report, name);
      told.replaceChildren(alert("success", "", say("report_done", { name })));
    },
    explain: wordsForFile,
    isQuiet: true,
  }));
}

async function countBoard(desk, { file, phrase, reports }, show) {
  const record = await openAndFetch(desk, { file, phrase }, show);
  const given = reports === null ? [] : [...reports.input.files];
  const counted = await desk.vault("count", {
    ...record, reports: await Promise.all(given.map(readBytes)),
  }, shower(show));
  const ballots = record.leaves.filter(({ type }) => type === "ballot").length;
  desk.own.counted = {
    ...counted, ballots, isSent: false, root: record.tally.checkpoint.root,
    isSame: counted.file.join() === record.bytes.join(),
  };
  await desk.vault("forget");
  await desk.refresh();
}

async function openAndFetch(desk, { file, phrase }, show) {
  const bytes = await readBytes(file.input.files[0]);
  const told = shower(show);
  const { seat } = desk.state;
  const { checkpoint, evidence, size, tally, ...sealed } = await desk.server.count();
  const { ceremony, manifest } = sealed;
  desk.sealed = { ceremony, manifest };
  await desk.vault("unlock", {
    file: bytes, index: seat.index, passphrase: phrase.input.value, sealed: desk.sealed,
  }, told);
  show(say("count_stage_fetch"), 0);
  const leaves = await desk.server.leaves(size, (done) => show(say("count_stage_fetch"), done));
  return { bytes, checkpoint, evidence, leaves, tally };
}

function shower(show) {
  return (stage, done) => show(say(`count_stage_${stage}`), done);
}

async function estimate(desk, isLarge) {
  const { manifest } = await desk.readSealed();
  const { millisecondsPerPoint } = await desk.vault("speed");
  const points = Math.max(...manifest.styles.map((style) => pointsOf(manifest, style, isLarge)));
  const work = points * desk.state.count.ballots * millisecondsPerPoint;
  return shownDuration(work * (isLarge ? 1 : WORK_PER_POINT));
}

function pointsOf(manifest, { contests }, isLarge) {
  const slots = (at) => manifest.contests[at].choices.length + Number(manifest.contests[at].blank);
  const sums = (at) => manifest.contests[at].max - manifest.contests[at].min + 1;
  return isLarge
    ? contests.reduce((sum, at) => sum + POINTS_READ_PER_SLOT * slots(at), POINTS_PER_BALLOT)
    : contests.reduce((sum, at) => sum + POINTS_PER_SLOT * slots(at) + POINTS_PER_SUM * sums(at),
      POINTS_PER_BALLOT);
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function countReady(desk) {
  const { ballots, isSame, root, units } = desk.own.counted;
  const { groups } = desk.sealed.manifest;
  const verified = { n: ballots, root: `${root.slice(0, ROOT_SYMBOLS)}…` };
  const form = taskForm({
    text: say(isSame ? "count_ready_send" : "count_ready_button"),
    content: [paragraph(say(isSame ? "count_ready_same" : "count_ready_file"))],
    fields: [],
    check: () => [],
    work: () => handIn(desk),
    explain: wordsFor,
  });
  return {
    title: say("count_ready_title"),
    body: [
      lead(say("count_ready_lead")),
      facts([
        [say("count_ready_verified"), say("count_ready_verified_text", verified)],
        [say("count_ready_units"), units.length === 0
          ? say("count_ready_none") : list(units.map((unit) => say("count_unit", {
            n: unit.ballots, groups: unit.groups.map((at) => groups[at].label).join(", "),
          })))],
        ...unopenedRows(units, groups),
      ]),
      form,
    ],
  };
}

function unopenedRows(units, groups) {
  const isOpened = (index) => units.some((unit) => unit.groups.includes(index));
  const left = groups.filter(({ index }) => !isOpened(index)).map(({ label }) => label).join(", ");
  return left === "" ? [] : [
    [say("count_ready_unopened"), say("count_ready_unopened_text", { groups: left })],
  ];
}

async function handIn(desk) {
  const { file, isSame, partial } = desk.own.counted;
  const { election, seat } = desk.state;
  // Saved before it is sent: a file that forgot could be made to count another board.
  if (!isSame) {
    saveFile(file, keyFileName(seat.name, election.slug));
  }
  await desk.server.post("/partial", partial);
  desk.own.counted = null;
  await desk.refresh();
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function countEnough(desk) {
  const { threshold } = desk.state;
  return {
    title: say("count_enough_title"),
    body: [lead(say("count_enough_lead", { threshold })), paragraph(say("count_enough_text"))],
  };
}

/** @param {object} desk @returns {{title: string, body: Node[]}} */
export function counted(desk) {
  const { threshold } = desk.state;
  return { title: say("counted_title"), body: [lead(say("counted_lead", { threshold }))] };
}
