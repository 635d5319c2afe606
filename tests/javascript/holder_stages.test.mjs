// Where a holder stands, and what the tab does by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { automaticStep, stageOf } from "../../static/js/holder/stages.js";
import { faultOf } from "../../static/js/holder/passphrases.js";
import { readKey, readLink } from "../../static/js/holder/connection.js";
import { say, shownDuration } from "../../static/js/holder/texts.js";

const NOBODY = {
  commits: [], holders: [], reveals: [], shares: [], rehearsals: [], signatures: [],
};
const PARTLESS = {
  hasPart: false, isConfirmed: false, hasWords: false, hasDraft: false, wantsDraft: false,
  isSaved: false, isVerified: false, counted: null,
};
const PART = { ...PARTLESS, hasPart: true, hasDraft: true };
const CONFIRMED = { ...PART, hasWords: true, isConfirmed: true };
const everybody = [{ index: 1 }, { index: 2 }, { index: 3 }];
const dealt = everybody.map(({ index }) => ({ dealer: index }));

// The state of holder 1 of 3, with who has posted what.
function state(posted = {}, more = {}) {
  const { rehearsals, signatures, ...ceremony } = { ...NOBODY, ...posted };
  return {
    ceremony, count: null, election: { phase: "keys" }, holders: ["A", "B", "C"], rehearsals,
    seat: { index: 1 }, signatures, stopped: null, tasks: [], ...more,
  };
}

const KEYS = { holders: everybody };
const COMMITS = { ...KEYS, commits: everybody };
const REVEALS = { ...COMMITS, reveals: everybody };
const SHARES = { ...REVEALS, shares: dealt };
const SIGNED = { ...SHARES, signatures: everybody };

test("each stage of the ceremony follows from what has been posted", () => {
  const own = [{ index: 1 }];
  const cases = [
    ["make-keys", state(), PARTLESS],
    ["make-keys", state({ holders: [{ index: 2 }] }), PARTLESS],
    ["wait-keys", state({ holders: own }), PART],
    ["wait-keys", state(KEYS), PART],
    ["words", state(KEYS), { ...PART, hasWords: true }],
    ["exchange", state(KEYS), CONFIRMED],
    ["exchange", state(SHARES), CONFIRMED],
    ["save", state({ ...SHARES, signatures: own }), CONFIRMED],
    ["wait-signatures", state({ ...SHARES, signatures: own }), { ...CONFIRMED, isSaved: true }],
    ["rehearse", state(SIGNED), { ...CONFIRMED, isSaved: true }],
    ["rehearsed", state({ ...SIGNED, rehearsals: own }), PARTLESS],
  ];
  for (const [expected, told, known] of cases) {
    assert.equal(stageOf(told, known), expected);
  }
});

test("a tab without the keys says so, or unlocks its draft", () => {
  const own = { holders: [{ index: 1 }] };
  assert.equal(stageOf(state(own), PARTLESS), "lost");
  assert.equal(stageOf(state(own), { ...PARTLESS, hasDraft: true }), "resume");
  // Drawn and locked, and the tab reloaded before they were posted.
  assert.equal(stageOf(state(), { ...PARTLESS, hasDraft: true }), "resume");
  // Whose file may be saved already is asked for it first.
  assert.equal(stageOf(state(SIGNED), { ...PARTLESS, hasDraft: true }), "rehearse");
  assert.equal(stageOf(state(SIGNED), { ...PARTLESS, hasDraft: true, wantsDraft: true }), "resume");
});

test("a bad share stops everybody, whatever was posted", () => {
  const stopped = { stopped: { by: 2, dealer: 3 } };
  for (const own of [PARTLESS, CONFIRMED]) {
    assert.equal(stageOf(state(SHARES, stopped), own), "stopped");
    assert.equal(automaticStep(state(SHARES, stopped), own), null);
  }
});

test("rounds follow one another by themselves, but for the words", () => {
  const cases = [
    ["keys", state(), PART],
    [null, state({ holders: [{ index: 1 }] }), PART],
    ["words", state(KEYS), PART],
    [null, state(KEYS), { ...PART, hasWords: true }],
    ["commit", state(KEYS), CONFIRMED],
    [null, state({ ...KEYS, commits: [{ index: 1 }] }), CONFIRMED],
    ["reveal", state(COMMITS), CONFIRMED],
    ["shares", state(REVEALS), CONFIRMED],
    ["signature", state(SHARES), CONFIRMED],
    [null, state({ ...SHARES, signatures: [{ index: 1 }] }), CONFIRMED],
    [null, state(COMMITS), PARTLESS],
    ["verify", state({ ...SIGNED, rehearsals: everybody }), PARTLESS],
    [null, state({ ...SIGNED, rehearsals: everybody }), { ...PARTLESS, isVerified: true }],
  ];
  for (const [expected, told, known] of cases) {
    assert.equal(automaticStep(told, known), expected);
  }
});

test("after the sealing there is one thing to do at a time", () => {
  const at = (phase, more) => state(SIGNED, { election: { phase }, ...more });
  const paper = { kind: "paper", signed_by: [2] };
  const count = { ballots: 5, partials: [2] };
  assert.equal(stageOf(at("open"), PARTLESS), "idle-open");
  assert.equal(stageOf(at("closed", { tasks: [paper] }), PARTLESS), "sign");
  assert.equal(stageOf(at("closed", { tasks: [{ ...paper, signed_by: [1] }] }), PARTLESS), "signed");
  assert.equal(stageOf(at("closed", { count, tasks: [paper] }), PARTLESS), "count");
  const handedIn = { count: { ...count, partials: [1] } };
  assert.equal(stageOf(at("closed", handedIn), PARTLESS), "counted");
  assert.equal(stageOf(at("closed", { count }), { ...PARTLESS, counted: {} }), "count-ready");
  assert.equal(stageOf(at("cancelled", { tasks: [paper] }), PARTLESS), "cancelled");
});

test("a passphrase is long, of many letters, and typed alike twice", () => {
  assert.equal(faultOf("femten tegn her", "femten tegn her"), "passphrase_short");
  assert.equal(faultOf("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa"), "passphrase_simple");
  assert.equal(faultOf("sju ville svaner", "sju ville svanar"), "passphrase_differs");
  assert.equal(faultOf("sju ville svaner", "sju ville svaner"), null);
});

test("a link is read in its parts, and nothing else is taken for one", () => {
  const id = "0123456789abcdef0123456789abcdef";
  const key = "0123456789ABCDEFGHJKMNPQRS";
  const link = `https://valg.example:8443/nokkel/${id}`;
  const read = { server: "https://valg.example:8443", election: id, key };
  assert.deepEqual(readLink(`  ${link}#${key} `), read);
  assert.deepEqual(readLink(`${link}#`), { ...read, key: "" });
  assert.equal(readKey("0123-4567-89ab-cdef-ghjk-mnpq-rs"), key);
  for (const wrong of ["", link.slice(0, -1), `javascript:${link}`, `${link}?x=1`,
    `https://valg.example/${id}`, "file:///nokkel"]) {
    assert.equal(readLink(wrong), null);
  }
  assert.equal(readKey(key.slice(1)), null);
  assert.equal(readKey(`${key.slice(1)}Ø`), null);
});

test("numbers and durations are said as in Norwegian", () => {
  assert.equal(say("of", { done: 1, all: 12345 }), "1 av 12\u00a0345");
  assert.equal(say("count_unit", { n: 1, groups: "Nord" }), "1 stemmeseddel: Nord");
  assert.equal(say("count_unit", { n: 21, groups: "Nord" }), "21 stemmesedler: Nord");
  assert.equal(shownDuration(400), "under et sekund");
  assert.equal(shownDuration(4_200), "omtrent 5 sekunder");
  assert.equal(shownDuration(61_000), "omtrent 70 sekunder");
  assert.equal(shownDuration(200_000), "omtrent 4 minutter");
  assert.throws(() => say("nothing of the kind"), RangeError);
});
