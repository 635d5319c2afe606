// Where a holder stands, and what the tab does by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { failedDealer } from "../../static/js/holder/disputes.js";
import { automaticStep, isAtStake, stageOf } from "../../static/js/holder/stages.js";
import { faultOf } from "../../static/js/holder/passphrases.js";
import { readKey, readLink } from "../../static/js/holder/connection.js";
import { say, shownDuration } from "../../static/js/holder/texts.js";

const NOBODY = {
  commits: [], holders: [], reveals: [], shares: [], rehearsals: [], signatures: [],
  threshold: 2,
};
const PARTLESS = {
  hasPart: false, isConfirmed: false, hasWords: false, hasDraft: false, wantsDraft: false,
  isSaved: false, isVerified: false, counted: null, savedAs: null,
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
    disputes: [], seat: { index: 1 }, signatures, tasks: [], threshold: 2, ...more,
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
  // Reloaded after signing, before the file was saved: it is saved first.
  assert.equal(stageOf(state(SIGNED), { ...PARTLESS, hasDraft: true }), "resume");
  // Whose file was handed out is asked for it, and may say that it was not saved.
  const saved = { ...PARTLESS, hasDraft: true, savedAs: "n.urnekey" };
  assert.equal(stageOf(state(SIGNED), saved), "rehearse");
  assert.equal(stageOf(state(SIGNED), { ...saved, wantsDraft: true }), "resume");
});

test("every stage of a reloaded tab leads to what came before it, or on", () => {
  const own = [{ index: 1 }];
  const draft = { ...PARTLESS, hasDraft: true };
  const saved = { ...draft, savedAs: "n.urnekey" };
  const signed = { ...SHARES, signatures: own };
  const cases = [
    ["resume", state(), draft], // keys drawn, not posted
    ["resume", state({ holders: own }), draft],
    ["resume", state(KEYS), draft], // the words are shown
    ["resume", state({ ...KEYS, commits: own }), draft],
    ["resume", state({ ...COMMITS, reveals: own }), draft],
    ["resume", state({ ...REVEALS, shares: [{ dealer: 1 }] }), draft],
    ["resume", state(SHARES), draft],
    ["resume", state(signed), draft], // signed, not saved
    ["wait-signatures", state(signed), saved],
    ["rehearse", state(SIGNED), saved],
    ["rehearsed", state({ ...SIGNED, rehearsals: own }), PARTLESS],
    // With the file on another machine, nothing of the tab is needed.
    ["wait-signatures", state(signed), PARTLESS],
    ["rehearse", state(SIGNED), PARTLESS],
  ];
  for (const [expected, told, known] of cases) {
    assert.equal(stageOf(told, known), expected);
  }
});

function dispute(by, dealer, right = null) {
  const opening = right === null ? null : { dealer, recipient: by };
  return { by, dealer, opening, right };
}

test("a complaint stops everybody until its dealer has answered", () => {
  const stopped = { disputes: [dispute(2, 3)] };
  for (const own of [PARTLESS, CONFIRMED]) {
    assert.equal(stageOf(state(SHARES, stopped), own), "stopped");
    assert.equal(automaticStep(state(SHARES, stopped), own), null);
  }
});

test("the dealer is asked to answer, if this tab can", () => {
  const asked = state(SHARES, { disputes: [dispute(2, 1)] });
  assert.equal(stageOf(asked, CONFIRMED), "open-share");
  assert.equal(stageOf(asked, { ...PARTLESS, hasDraft: true }), "resume");
  assert.equal(stageOf(asked, PARTLESS), "stopped");
  assert.equal(automaticStep(asked, CONFIRMED), null);
  // Also a dealer who has signed and saved, as long as the tab has the keys.
  const signed = state({ ...SHARES, signatures: [{ index: 1 }] }, { disputes: [dispute(2, 1)] });
  assert.equal(stageOf(signed, { ...CONFIRMED, isSaved: true }), "open-share");
});

test("a right answer lets everything go on", () => {
  const answered = state(SHARES, { disputes: [dispute(1, 3, true)] });
  assert.equal(automaticStep(answered, CONFIRMED), "signature");
  assert.equal(stageOf(answered, CONFIRMED), "exchange");
});

test("a wrong answer, or too many complaints, end the ceremony", () => {
  const wrong = { disputes: [dispute(2, 1, true), dispute(3, 2, false)] };
  assert.equal(failedDealer(state(SHARES, wrong)), 2);
  assert.equal(stageOf(state(SHARES, wrong), CONFIRMED), "stopped");
  assert.equal(automaticStep(state(SHARES, wrong), CONFIRMED), null);
  const crowded = { disputes: [dispute(2, 1, true), dispute(3, 1)] };
  assert.equal(failedDealer(state(SHARES, crowded)), 1);
  assert.equal(stageOf(state(SHARES, crowded), CONFIRMED), "stopped");
});

test("how many are too many stands in what the words were read for, and each counts once", () => {
  const two = { disputes: [dispute(2, 1, true), dispute(3, 1, true)] };
  const three = { ...SHARES, threshold: 3 };
  assert.equal(failedDealer(state(three, two)), null);
  // Beside it the server may say what it likes.
  assert.equal(failedDealer(state(three, { ...two, threshold: 2 })), null);
  const twice = { disputes: [dispute(2, 1, true), dispute(2, 1, true)] };
  assert.equal(failedDealer(state(SHARES, twice)), null);
});

test("the keys are at stake in a tab until all have signed, the own file saved or not", () => {
  const own = { ...SHARES, signatures: [{ index: 1 }] };
  const saved = { ...CONFIRMED, isSaved: true, savedAs: "n.urnekey" };
  const cases = [
    [false, state(), PARTLESS],
    [true, state({ holders: [{ index: 1 }] }), PART],
    [true, state(own), CONFIRMED],
    [true, state(own), saved],
    [true, state({ ...SHARES, signatures: everybody.slice(1) }), saved],
    [true, state(SIGNED), CONFIRMED],
    [false, state(SIGNED), saved],
    [false, state({ ...SIGNED, rehearsals: [{ index: 1 }] }), PARTLESS],
  ];
  for (const [expected, told, known] of cases) {
    assert.equal(isAtStake(told, known), expected);
  }
  const count = { ballots: 5, partials: [] };
  const closed = state(SIGNED, { count, election: { phase: "closed" } });
  assert.equal(isAtStake(closed, PARTLESS), false);
  assert.equal(isAtStake(closed, { ...PARTLESS, counted: {} }), true);
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
  const enough = { count: { ...count, partials: [2, 3] } };
  assert.equal(stageOf(at("closed", enough), PARTLESS), "count-enough");
  assert.equal(stageOf(at("closed", enough), { ...PARTLESS, counted: {} }), "count-enough");
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
