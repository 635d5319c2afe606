// What a respondent's device believes of the log of surveys: nothing that is not proven.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { drawCode } from "../../static/js/crypto/codes.js";
import { encodeHex, encodeJson } from "../../static/js/crypto/encoding.js";
import { fileDigest } from "../../static/js/crypto/hashing.js";
import { inclusionProof, leafHash, rootOf } from "../../static/js/crypto/merkle.js";
import { cosignNote, encodeCheckpoint, encodeNote } from "../../static/js/crypto/notes.js";
import { publicKey } from "../../static/js/crypto/signing.js";
import { Desk } from "../../static/js/survey/desk.js";

const file = new URL("../surveys/vectors/manifests.json", import.meta.url);
const { manifest: known } = JSON.parse(readFileSync(file, "utf-8"));
const seed = new Uint8Array(32).fill(7);
const key = encodeHex(publicKey(seed));

const asking = (title) => encodeJson({
  format: "urne-survey/1",
  languages: ["nb"],
  pages: [{ code: "p1", questions: [{ code: "q1", kind: "short_text", title: { nb: title } }] }],
  title: { nb: "Kurs" },
});
const definition = asking("Hva syntes du om kurset?");
const corrected = asking("Hva syntes du om kurset ditt?");
const manifest = {
  ...known, definition: encodeHex(fileDigest(definition)), service_key: key,
};

// A desk with a survey open, and the proofs that a service gives of these leaves.
function visit(wording, more) {
  const desk = new Desk();
  const opened = desk.open({
    manifest: encodeJson(manifest), definition, wording, link: drawCode(),
  });
  const leaves = [{ manifest, type: "survey" }, ...more(opened.fingerprint)];
  const hashes = leaves.map((leaf) => leafHash(encodeJson(leaf)));
  const origin = `urne/v1/surveys/${key}`;
  const text = encodeCheckpoint({ origin, size: leaves.length, root: rootOf(hashes) });
  const checkpoint = encodeNote(cosignNote({ text, signatures: [] }, "service.urne", seed));
  const proven = (position) => ({
    leaf: leaves[position], hashes: inclusionProof(hashes, position).map(encodeHex), position,
  });
  const found = { checkpoint, ...proven(0), wording: leaves.length > 1 ? proven(1) : null };
  return { desk, found };
}

const reworded = (words, changes = {}) => (fingerprint) => [{
  digest: encodeHex(fileDigest(words)), fingerprint, number: 1, type: "wording", ...changes,
}];

test("a survey and its words that stand on the log are believed", () => {
  for (const [words, more] of [
    [definition, () => []], [corrected, reworded(corrected)], [definition, reworded(corrected)],
  ]) {
    const { desk, found } = visit(words, more);
    desk.checkLogged({ found });
  }
});

test("words that do not stand on the log are not shown", () => {
  for (const more of [
    () => [],
    reworded(asking("Noe annet")),
    reworded(corrected, { fingerprint: "00".repeat(32) }),
    reworded(corrected, { type: "schedule" }),
  ]) {
    const { desk, found } = visit(corrected, more);
    assert.throws(() => desk.checkLogged({ found }), { name: "BadInclusionProof" });
  }
});

test("words are proven under the checkpoint that proves the survey", () => {
  const { desk, found } = visit(corrected, () => []);
  const { found: other } = visit(corrected, reworded(corrected));
  assert.throws(() => desk.checkLogged({ found: { ...found, wording: other.wording } }),
    { name: "OutsideTree" });
});
